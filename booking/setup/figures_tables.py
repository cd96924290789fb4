"""The tables of an office's figures: one form for the page, for CSV and for ODS."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from booking.domain.figures import Figures, Spread, unended
from booking.models import Offering
from booking.models.slot import Weekday

Cell = str | int | float | date | None


@dataclass(frozen=True)
class Table:
    """``slug`` names the file; the first cell of a row says what the row is about."""

    slug: str
    title: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]

    @property
    def shown(self) -> list[list[str]]:
        """The rows as read by people."""
        return [[shown(cell) for cell in row] for row in self.rows]


def shown(cell: Cell) -> str:
    """One digit after the point; whole numbers without."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, date):
        return date_format(cell, pgettext("date format", "D j M Y"))
    return number_format(cell, 0 if isinstance(cell, int) else 1, force_grouping=True)


def hour_text(hour: int) -> str:
    return f"{hour:02}–{hour + 1:02}"


def percent(share: float | None) -> float | None:
    return None if share is None else share * 100


def tables(found: Figures, before: Figures | None, offerings: Iterable[Offering]) -> list[Table]:
    """All tables of a period, ``before`` being the one it is compared with."""
    return [
        _overview(found, before),
        _arrivals(found),
        _by_hour(found),
        _by_weekday(found),
        _by_weekday_and_hour(found),
        _services(found, offerings),
        _counters(found),
        _forecast(found),
    ]


def _overview(found: Figures, before: Figures | None) -> Table:
    columns = [dict(_overview_rows(one)) for one in (found, before) if one is not None]
    header = (_("Figure"), _("This period"), _("Before"))
    rows = [(name, *(column[name] for column in columns)) for name in columns[0]]
    return Table("overview", _("Overview"), header[: 1 + len(columns)], rows)


def _overview_rows(found: Figures) -> list[tuple[str, Cell]]:
    arrivals, appointments = found.arrivals, found.appointments
    walk_ins = found.waits_by_kind.get("walk_in", Spread())
    booked = found.waits_by_kind.get("appointment", Spread())
    return [
        (_("Days with visitors"), found.days),
        (_("Arrivals"), arrivals.total),
        (_("… without appointment"), arrivals.walk_ins),
        (_("… with appointment"), arrivals.appointments),
        (_("… sent by another office"), arrivals.brought),
        (_("Without appointment, %"), percent(arrivals.walk_in_share)),
        (_("Wait: half waited at most, minutes"), found.waits.median),
        (_("Wait: nine of ten waited at most, minutes"), found.waits.ninetieth),
        (_("… without appointment: half"), walk_ins.median),
        (_("… without appointment: nine of ten"), walk_ins.ninetieth),
        (_("… with appointment: half"), booked.median),
        (_("… with appointment: nine of ten"), booked.ninetieth),
        (_("Served"), found.outcomes.get("done", 0)),
        (_("Called, did not come"), found.outcomes.get("missed", 0)),
        (_("Left before the end"), found.outcomes.get("left", 0)),
        (_("Sent to another office"), found.outcomes.get("sent_on", 0)),
        (_("Not ended"), unended(found)),
        (_("Appointments that were kept"), appointments.kept),
        (_("Appointments nobody came to"), appointments.missed),
        (_("Nobody came, %"), percent(appointments.missed_share)),
        (_("Appointments that were cancelled"), appointments.cancelled),
    ]


def _arrivals(found: Figures) -> Table:
    header = (_("Day"), _("Without appointment"), _("With appointment"),
              _("From another office"), _("Arrivals"))  # fmt: skip
    rows = [
        (day, *one, one.total) for day, one in sorted(found.arrivals_by_day.items()) if one.total
    ]
    return Table("arrivals", _("Arrivals by day"), header, rows)


def _wait_header(what: str) -> tuple[str, ...]:
    return (what, _("Arrivals"), _("Half up to, min"), _("Nine of ten up to, min"))


def _by_hour(found: Figures) -> Table:
    rows = [
        (hour_text(hour), arrivals.total, *found.waits_by_hour.get(hour, Spread())[1:])
        for hour, arrivals in found.arrivals_by_hour.items()
    ]
    return Table("hours", _("Waits by hour of arrival"), _wait_header(_("Hour")), rows)


def _by_weekday(found: Figures) -> Table:
    arrivals: dict[int, int] = {}
    for day, one in found.arrivals_by_day.items():
        arrivals[day.weekday()] = arrivals.get(day.weekday(), 0) + one.total
    rows = [
        (str(Weekday(day).label), total, *found.waits_by_weekday.get(day, Spread())[1:])
        for day, total in sorted(arrivals.items())
        if total
    ]
    return Table("weekdays", _("Waits by weekday"), _wait_header(_("Weekday")), rows)


def _by_weekday_and_hour(found: Figures) -> Table:
    header = (_("Weekday"), _("Hour"), _("Called"), *_wait_header("")[2:])
    rows = [
        (str(Weekday(day).label), hour_text(hour), *one)
        for (day, hour), one in found.waits_by_weekday_and_hour.items()
    ]
    return Table("weekdays-and-hours", _("Waits by weekday and hour"), header, rows)


def _services(found: Figures, offerings: Iterable[Offering]) -> Table:
    header = (_("Service"), _("Visits"), _("Persons"), _("Half up to"),
              _("Nine of ten up to"), _("Planned"))  # fmt: skip
    named: dict[UUID | None, tuple[str, int | None]] = {
        one.pk: (str(one), one.minutes) for one in offerings
    }
    named[None] = (_("Several services at once"), None)
    rows = [
        (named[key][0], one.visits, one.persons, one.minutes.median, one.minutes.ninetieth,
         named[key][1])
        for key, one in found.services.items()
        if key in named
    ]  # fmt: skip
    rows.sort(key=lambda row: -row[1])
    return Table("services", _("Time at the counter by service, minutes per person"), header, rows)


def _counters(found: Figures) -> Table:
    header = (_("Hour"), _("Days"), _("Counters open"), _("In use"), _("Needed"), _("Waiting"))
    rows = [(hour_text(hour), *on_average) for hour, on_average in found.counters_by_hour.items()]
    return Table("counters", _("Counters against demand, on average"), header, rows)


def _forecast(found: Figures) -> Table:
    forecast = found.forecast
    rows: list[tuple[str, Cell]] = []
    if forecast.count:
        rows = [
            (_("Waits compared with what was told"), forecast.count),
            (_("Error of the told median on average, minutes"), forecast.mean_error),
            (_("Longer (+) or shorter (−) than told on average, minutes"), forecast.bias),
            (_("Within the told range, % (80 is the aim)"), percent(forecast.within)),
        ]
    return Table("forecast", _("Told and true waits"), (_("Figure"), _("This period")), rows)
