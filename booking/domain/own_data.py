"""A citizen's rights by the own link: to have all that is kept, and to have it deleted.

What is kept is what the models declare, see :mod:`booking.models.personal`; so the export cannot
know less than the privacy notice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import Model

from booking import clock
from booking.models import Appointment, OutboxMail, User, Visit
from booking.models.personal import OF_LIBRARIES, Kept, Whose

from .cancelling import cancel_appointment
from .errors import UnderWay
from .offer_ends import withdraw_wishes_of
from .retention import BLANK
from .seating import lock_appointment
from .subscriptions import end_idle_subscriptions

OF_A_MESSAGE = ("kind", "channel", "state", "created_at", "sent_at")


@dataclass(frozen=True)
class Entry:
    """One line of the record of processing: what, of which model and fields."""

    model: type[Model]
    fields: tuple[str, ...]
    kept: Kept

    @property
    def where(self) -> str:
        return str(self.model._meta.verbose_name)


def record_of_processing(whose: Whose) -> list[Entry]:
    """All that is kept of citizens or of staff, as the models declare it."""
    entries = []
    models = apps.get_models(include_auto_created=True)
    # Whoever reads it looks for the own name first.
    for model in sorted(models, key=lambda model: model not in (Appointment, User)):
        by_kept: dict[Kept, list[str]] = {}
        for field, kept in declared(model).items():
            by_kept.setdefault(kept, []).append(field)
        entries += [
            Entry(model, tuple(fields), kept)
            for kept, fields in by_kept.items()
            if kept.whose is whose
        ]
    return entries


def declared(model: type[Model]) -> dict[str, Kept]:
    """What a model keeps of persons, by field."""
    return getattr(model, "personal_data", None) or OF_LIBRARIES.get(model._meta.label, {})


def export(appointment: Appointment) -> dict[str, object]:
    """All that is kept of a citizen with this appointment, as plain values for JSON."""
    visit = Visit.objects.filter(appointment=appointment).first()
    office = appointment.office
    subscription = appointment.subscription
    return {
        "authority": office.authority.name,
        "office": office.name,
        "appointment": {
            **_fields(appointment),
            **_values(appointment, ("end", "state", "booked_at", "cancelled_at", "blanked_at")),
        },
        "services": [
            {"service": str(row.offering), "quantity": row.quantity}
            for row in appointment.items.select_related("offering__service")
        ],
        "messages": [
            {
                **_fields(mail),
                **_values(mail, OF_A_MESSAGE),
            }
            for mail in appointment.mails.all()
        ],
        "visit": visit and {"number": visit.number, **_fields(visit), "events": _events(visit)},
        "calendar_subscription": subscription and _fields(subscription),
        "wishes": [_fields(wish) for wish in appointment.wishes.all()],
    }


def _fields(row: Model) -> dict[str, object]:
    return _values(row, (name for name, one in declared(type(row)).items() if _is_citizens(one)))


def _is_citizens(kept: Kept) -> bool:
    return kept.whose is Whose.CITIZEN


def _values(row: Model, names: Iterable[str]) -> dict[str, object]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | time) else value


def _events(visit: Visit) -> list[dict[str, object]]:
    """What happened and when; by whom is the staff's."""
    return [{"what": one.kind, "at": one.at.isoformat()} for one in visit.events.all()]


@transaction.atomic
def forget_now(appointment_id: UUID) -> Appointment:
    """Blank an appointment at once, and cancel it if it is still to come; nobody is written to.

    Twice changes nothing. Raises ``NotFound``, or ``UnderWay`` while somebody waits for it.
    """
    appointment = lock_appointment(appointment_id)
    if appointment.blanked_at is not None:
        return appointment
    visit = Visit.objects.filter(appointment=appointment).first()
    if appointment.is_live and appointment.start > clock.now() and visit is None:
        appointment = cancel_appointment(appointment_id)
    elif _is_under_way(appointment, visit):
        raise UnderWay
    OutboxMail.objects.filter(appointment=appointment, state__in=OutboxMail.UNSENT).delete()
    Visit.objects.filter(appointment=appointment).exclude(note="").update(note="")
    withdraw_wishes_of(appointment)
    for field, nothing in BLANK.items():
        setattr(appointment, field, nothing)
    appointment.blanked_at = clock.now()
    appointment.save(update_fields=[*BLANK, "blanked_at"])
    end_idle_subscriptions()
    return appointment


def _is_under_way(appointment: Appointment, visit: Visit | None) -> bool:
    if visit is not None:
        zone = appointment.office.zone
        return visit.state in Visit.OPEN and visit.day == clock.today(zone)
    return appointment.state == Appointment.State.BOOKED and appointment.end > clock.now()


def citizens_entries() -> Iterator[Entry]:
    """For the privacy notice: the same said twice is shown once."""
    said = set()
    for entry in record_of_processing(Whose.CITIZEN):
        if str(entry.kept.what) not in said:
            said.add(str(entry.kept.what))
            yield entry
