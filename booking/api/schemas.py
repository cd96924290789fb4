"""The shapes of the contract: what is sent and what is answered."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import PlainSerializer, WithJsonSchema, model_validator

from .requests import Moment


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


LocalTime = Annotated[
    datetime,
    PlainSerializer(_iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class ItemIn(Schema):
    """An offering, and for how many persons."""

    id: str = Field(description="Id of an offering of the office.")
    quantity: int = Field(1, description="Persons, from 1 to the offering's `max_quantity`.")


class ItemOut(Schema):
    """An offering of an appointment, and for how many persons."""

    id: str
    quantity: int


class NamedItemOut(ItemOut):
    """An offering of a visit, for how many persons, and what it is called."""

    name: str


class AuthorityOut(Schema):
    """A town or district."""

    slug: str
    name: str
    languages: list[str] = Field(description="Codes such as `de`.")


class OfferingOut(Schema):
    """A service as one office offers it."""

    id: str
    service: str = Field(description="The service's short name, the same at every office.")
    name: str
    minutes: int = Field(description="Minutes it takes for one person.")
    max_quantity: int = Field(description="Persons at most in one appointment.")
    online: bool = Field(description="Whether an appointment can be booked.")
    walk_in: bool = Field(description="Whether a ticket can be drawn without an appointment.")
    documents: list[str] = Field(description="What to bring.")
    checklist_required: bool = Field(
        description="Whether it is booked only with `documents_ready`, once the list is ticked."
    )
    costs: str
    online_url: str = Field(description="Where it can be done without a visit, or empty.")
    representation: str = Field(description="Who may come instead.")
    children: str = Field(description="What is needed for children.")
    leika: str = Field(description="Leistungsschlüssel, 14 digits, or empty.")


class OfficeOut(Schema):
    """An office and what it offers."""

    id: str
    name: str
    address: str
    time_zone: str = Field(description="IANA name; local times of the office are in it.")
    step_free: bool = Field(description="Whether it can be reached with a wheelchair.")
    spoken_languages: list[str] = Field(description="Codes of languages beside German.")
    offerings: list[OfferingOut]


class DayOut(Schema):
    """The free times of one day."""

    date: date
    starts: list[str] = Field(description="Local times such as `08:00`, ascending.")


class AvailabilityOut(Schema):
    """Every day of the range, with its free times, which may be none."""

    office: str
    minutes: int = Field(description="Minutes that everything chosen takes together.")
    days: list[DayOut]


class HoldIn(Schema):
    """What somebody wants to come for, and when."""

    offerings: list[ItemIn] = Field(max_length=20)
    start: Moment


class HoldOut(Schema):
    """A time that is held until `expires_at`."""

    id: str
    secret: str = Field(description="Opens this appointment; send it as `X-Appointment-Secret`.")
    code: str = Field(description="Eight digits to type in at the kiosk.")
    start: LocalTime
    end: LocalTime
    state: str
    expires_at: LocalTime | None = Field(description="Null once it is no longer held.")


class DetailsIn(Schema):
    """Who comes."""

    name: str
    email: str
    phone: str | None = None
    documents_ready: bool = Field(
        False, description="Whether everything on the list of what to bring has been ticked."
    )


class AppointmentOut(Schema):
    """An appointment, for whoever has its secret."""

    id: str
    code: str | None = Field(description="Null once the personal data is deleted.")
    state: str = Field(description="`held`, `booked`, `cancelled` or `expired`.")
    start: LocalTime
    end: LocalTime
    office: str
    offerings: list[ItemOut]
    name: str
    email: str
    phone: str
    expires_at: LocalTime | None = Field(description="Until when it is held; null when it is not.")


class ArrivalIn(Schema):
    """Either the check-in code of an appointment, or what somebody without one comes for."""

    code: str | None = Field(None, max_length=200)
    offerings: list[ItemIn] | None = Field(None, max_length=20)
    priority: Literal["urgent", "assisted", "normal"] = Field(
        "normal",
        description="Staff may give any. A kiosk may say `assisted` – reduced mobility, or with "
        "small child – where the office asks for it.",
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> "ArrivalIn":
        if (self.code is None) == (self.offerings is None):
            raise ValueError("exactly one of code and offerings")
        return self


class ArrivalOut(Schema):
    """The ticket."""

    id: str
    number: str
    people_ahead: int
    state: str


class VisitAppointmentOut(Schema):
    """The appointment somebody has come for."""

    id: str
    start: LocalTime


class VisitOut(Schema):
    """Somebody at the office; nothing personal."""

    id: str
    number: str
    state: str = Field(
        description="`waiting`, `called`, `serving`, `parked`, `done`, `missed` or `left`."
    )
    counter: str | None = Field(description="Label of the counter, while called or serving.")
    offerings: list[NamedItemOut]
    arrived_at: LocalTime
    due_at: LocalTime = Field(description="The earliest is called first.")
    appointment: VisitAppointmentOut | None


class CalledOut(Schema):
    """Who has been called."""

    visit: VisitOut


class QueueOut(Schema):
    """Who is at the office."""

    waiting: list[VisitOut] = Field(description="In the order of their call.")
    called: list[VisitOut] = Field(description="In the order of their call.")
    serving: list[VisitOut] = Field(description="In the order of their call.")


class CounterOut(Schema):
    """A counter."""

    id: str
    label: str
    staff: str | None = Field(description="Login name of whoever sits there.")
    state: str = Field(description="`closed`, `open` or `paused`.")


class OpenIn(Schema):
    """How to open a counter."""

    take_over: bool = Field(False, description="Even if a colleague sits there.")


class TransferIn(Schema):
    """Where somebody goes on to: another office, other services, or both."""

    office: str | None = Field(None, description="Id of an office of the same authority.")
    offerings: list[ItemIn] | None = Field(None, max_length=20)
    offering: str | None = Field(None, description="Short for one offering, for one person.")

    @model_validator(mode="after")
    def _somewhere(self) -> "TransferIn":
        if self.office is None and self.offering is None and not self.offerings:
            raise ValueError("one of office, offerings and offering")
        if self.offering is not None and self.offerings is not None:
            raise ValueError("only one of offerings and offering")
        return self


class Problem(Schema):
    """Why the answer is no (RFC 9457). Some codes carry further members."""

    type: str = Field(description="Address of the code's documentation.")
    title: str
    status: int
    detail: str = Field(description="A sentence for people, in the language of the request.")
    code: str = Field(description="What programs read. Never changes.")
