"""What the office can do for somebody who stands at the kiosk now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from booking import clock
from booking.domain.arrivals import require_tickets, tickets_left
from booking.domain.errors import DayFull, OfficeClosed, Refused, TicketsEnded
from booking.domain.office_hours import Span, current_span, next_opening, spans_of_day
from booking.domain.waiting import waiting_visits
from booking.local_time import date_text
from booking.models import Office

# Keeps day and month on one line.
NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class OfficeState:
    """``opens`` is local time, and only known while no ticket can be drawn; ``tickets_left``
    only where the tickets of a day are limited.
    """

    tickets_refused: Refused | None
    check_in_offered: bool
    is_open: bool
    opens: datetime | None
    waiting: int
    hours_today: str
    tickets_left: int | None

    @property
    def is_full(self) -> bool:
        """Whether all tickets of the day have gone."""
        return isinstance(self.tickets_refused, DayFull)

    @property
    def has_ended(self) -> bool:
        """Whether the front desk gives out no more tickets today."""
        return isinstance(self.tickets_refused, TicketsEnded)

    @property
    def opens_in_words(self) -> str:
        return moment_in_words(self.opens) if self.opens else ""


def state_of(office: Office) -> OfficeState:
    """The state at this moment."""
    refused = _refusal(office)
    spans = spans_of_day(office, clock.today(office.zone))
    return OfficeState(
        tickets_refused=refused,
        check_in_offered=_is_check_in_offered(office, spans),
        is_open=current_span(office) is not None,
        opens=next_opening(office) if isinstance(refused, OfficeClosed) else None,
        waiting=waiting_visits(office).count(),
        hours_today=_hours_in_words(spans),
        tickets_left=tickets_left(office),
    )


def _hours_in_words(spans: Sequence[Span]) -> str:
    """ "08:00–12:00, 14:00–18:00"; empty where the office is closed all day."""
    return ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in spans)


def _refusal(office: Office) -> Refused | None:
    try:
        require_tickets(office)
    except Refused as refused:
        return refused
    return None


def _is_check_in_offered(office: Office, spans: Sequence[Span]) -> bool:
    """Whether appointments of today can check in: from before the first until after the last."""
    before = timedelta(minutes=office.check_in_opens_minutes)
    after = timedelta(minutes=office.check_in_closes_minutes)
    now = clock.now()
    return any(opens - before <= now <= closes + after for opens, closes in spans)


def moment_in_words(moment: datetime) -> str:
    """A local moment as somebody at the counter would say it: today, tomorrow, on Thursday."""
    today = clock.now().astimezone(moment.tzinfo).date()
    # Translators: a day without its year, in Django's date format.
    day = date_text(moment, pgettext("date format", "l j F"))
    values = {"day": NO_BREAK.join(day.rsplit(" ", 1)), "time": f"{moment:%H:%M}"}
    if moment.date() == today:
        return _("today at %(time)s") % values
    if moment.date() == today + timedelta(days=1):
        return _("tomorrow at %(time)s") % values
    return _("on %(day)s at %(time)s") % values
