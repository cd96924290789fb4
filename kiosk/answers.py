"""What the kiosk says when the domain refuses: a heading, and a clear next step for each code."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from booking import clock
from booking.domain.errors import Refused, TooEarly, TooLate, WrongDay, WrongOffice
from booking.models import Visit

from .office_state import moment_in_words


@dataclass(frozen=True)
class Answer:
    """``big`` is what matters most: a time, an address or a number. ``kind`` picks the sign."""

    heading: str
    sentence: str
    big: str = ""
    kind: str = "info"
    offers_ticket: bool = False
    offers_retry: bool = False
    offers_time: bool = False


def answer_to(refused: Refused) -> Answer:
    """The answer to a refusal; an unforeseen one is said in its own words."""
    return ANSWERS.get(refused.code, _other)(refused)


def _too_early(refused: TooEarly) -> Answer:
    return Answer(
        heading=_("You are early"),
        big=f"{refused.opens:%H:%M}",
        sentence=_("You can check in for your appointment from this time. See you later!"),
    )


def _too_late(refused: TooLate) -> Answer:
    return Answer(
        heading=_("Your appointment is over"),
        big=f"{refused.start:%H:%M}",
        sentence=_("That was the time of your appointment. Please draw a ticket instead."),
        kind="warning",
        offers_ticket=True,
    )


def _wrong_day(refused: WrongDay) -> Answer:
    past = refused.start < clock.now()
    again = _(
        "That was the day of your appointment. Please draw a ticket, or book a new one online."
    )
    return Answer(
        heading=_("Your appointment is not today"),
        big=moment_in_words(refused.start),
        sentence=again if past else _("Please come then, or draw a ticket for today."),
        kind="warning",
        offers_ticket=True,
    )


def _wrong_office(refused: WrongOffice) -> Answer:
    return Answer(
        heading=_("Your appointment is somewhere else"),
        big=refused.office.name,
        sentence=_("Please go to: %(address)s") % {"address": refused.office.address},
        kind="warning",
    )


def _cancelled(refused: Refused) -> Answer:
    return Answer(
        heading=_("This appointment was cancelled"),
        sentence=_("You can draw a ticket and be served without an appointment."),
        kind="warning",
        offers_ticket=True,
    )


def _too_many(refused: Refused) -> Answer:
    return Answer(
        heading=_("Please wait a minute"),
        sentence=_("Too many codes were tried here. Please ask our staff if you are in a hurry."),
        kind="warning",
        offers_retry=True,
    )


def _closed(refused: Refused) -> Answer:
    return Answer(
        heading=_("No tickets at this time"),
        sentence=_("Please come back during opening hours."),
        kind="warning",
        offers_time=True,
    )


def _full(refused: Refused) -> Answer:
    return Answer(
        heading=_("No more tickets today"),
        sentence=_("All tickets for today have been issued. Please book an appointment."),
        kind="warning",
        offers_time=True,
    )


def _ended(refused: Refused) -> Answer:
    return Answer(
        heading=_("No more tickets today"),
        sentence=_("Today no more tickets are issued. Please ask at the front desk."),
        kind="warning",
    )


def _needs_appointment(refused: Refused) -> Answer:
    return Answer(
        heading=_("Only with an appointment"),
        sentence=_("Please book an appointment for this service, or ask our staff."),
        kind="warning",
        offers_time=True,
        offers_ticket=True,
    )


def _start_again(refused: Refused) -> Answer:
    return Answer(
        heading=_("Please choose again"),
        sentence=refused.message,
        kind="warning",
        offers_ticket=True,
    )


def _other(refused: Refused) -> Answer:
    return Answer(heading=_("That did not work"), sentence=refused.message, kind="warning")


def number_again(visit: Visit) -> Answer:
    """The number again: whoever holds the code or the ticket may know it."""
    if visit.state not in Visit.OPEN:
        return Answer(
            heading=_("You were already called"),
            sentence=_("If you still need something, please draw a ticket or ask our staff."),
            kind="warning",
            offers_ticket=True,
        )
    if visit.state in Visit.AT_COUNTER:
        return Answer(
            heading=_("It is your turn"),
            big=visit.number,
            sentence=_("Please go to counter %(counter)s") % {"counter": visit.counter.label},
            kind="success",
        )
    return Answer(
        heading=_("You have already checked in"),
        big=visit.number,
        sentence=_("This is your number. Please wait until it is called."),
        kind="success",
    )


ANSWERS: dict[str, Callable[[Refused], Answer]] = {
    "too_early": _too_early,
    "too_late": _too_late,
    "wrong_day": _wrong_day,
    "wrong_office": _wrong_office,
    "appointment_cancelled": _cancelled,
    "too_many_attempts": _too_many,
    "office_closed": _closed,
    "tickets_ended": _ended,
    "day_full": _full,
    "not_walk_in": _needs_appointment,
    "nothing_chosen": _start_again,
    "unknown_offering": _start_again,
    "quantity_out_of_range": _start_again,
    "idempotency_key_reused": _start_again,
}
