"""The geometry of the plots. Widths are shares of the plot, so that type stays as large on a phone.

A plot is an SVG without a view box: across it counts in per cent, down it in pixels. Everything
is text by the time a template sees it, because a German template would write 1,5 for 1.5.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil, log10

from django.utils.dateformat import format as format_date
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from booking.domain.figures import Figures, Spread
from booking.models.slot import Weekday

from .figures_tables import hour_text, shown

HEIGHT, TOP, BOTTOM = 240, 26, 30
LEFT, RIGHT = 8.0, 99.0
# More labels than that stand in each other's way; on a phone half of it.
LABELS, LABELS_ON_A_PHONE = 16, 8
# Days whose arrivals are shown one by one.
BY_DAY_UP_TO = 62
# How much of its place a column takes.
COLUMN = 0.68


@dataclass(frozen=True)
class Box:
    """A rectangle, and by which class of the style sheet it is drawn."""

    kind: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Word:
    x: str
    y: str
    text: str
    kind: str = ""


@dataclass(frozen=True)
class Line:
    x1: str
    x2: str
    y: str
    kind: str


@dataclass
class Chart:
    """``legend`` says which class means what, ``description`` what a look at it would tell."""

    slug: str
    title: str
    description: str
    legend: list[tuple[str, str]]
    unit: str
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    height: int = HEIGHT


@dataclass(frozen=True)
class Column:
    """Parts from the bottom up, each with its class; ``mark`` is a level drawn across it."""

    label: str
    parts: Sequence[tuple[str, float]]
    mark: float | None = None

    @property
    def total(self) -> float:
        return sum(value for _kind, value in self.parts)


def step_for(highest: float, steps: int = 4) -> float:
    """A round distance of grid lines: 1, 2 or 5 times a power of ten."""
    rough = max(highest, 1) / steps
    power = 10 ** (ceil(log10(rough)) - 1)
    return next(round_ * power for round_ in (1, 2, 5, 10) if round_ * power >= rough - 1e-9)


def draw(chart: Chart, columns: Sequence[Column], *, totals: bool = True) -> Chart:
    """Put the columns, their labels and a grid into a chart."""
    highest = max((max(one.total, one.mark or 0) for one in columns), default=0)
    step = step_for(highest)
    top = step * max(1, ceil(highest / step - 1e-9))
    scale = (HEIGHT - TOP - BOTTOM) / top
    ground = HEIGHT - BOTTOM
    _draw_grid(chart, step, top, scale, ground)
    band = (RIGHT - LEFT) / max(1, len(columns))
    every, on_a_phone = _every(len(columns), LABELS), _every(len(columns), LABELS_ON_A_PHONE)
    for index, one in enumerate(columns):
        left = LEFT + band * index
        middle = _share(left + band / 2)
        level = ground
        for kind, value in one.parts:
            height = value * scale
            level -= height
            if value:
                chart.boxes.append(
                    Box(kind, _share(left + band * (1 - COLUMN) / 2), _pixel(level),
                        _share(band * COLUMN), _pixel(height))
                )  # fmt: skip
        if one.mark is not None:
            y = _pixel(ground - one.mark * scale)
            chart.lines.append(Line(_share(left), _share(left + band), y, "mark"))
        if index % every == 0:
            kind = "label" if index % on_a_phone == 0 else "label label--wide"
            chart.words.append(Word(middle, _pixel(HEIGHT - 9), one.label, kind))
        if totals and len(columns) <= LABELS and one.total:
            kind = "value" if len(columns) <= LABELS_ON_A_PHONE + 3 else "value label--wide"
            chart.words.append(Word(middle, _pixel(level - 6), shown(round(one.total)), kind))
    return chart


def _draw_grid(chart: Chart, step: float, top: float, scale: float, ground: float) -> None:
    for number in range(round(top / step) + 1):
        value = number * step
        y = ground - value * scale
        chart.lines.append(
            Line(_share(LEFT), _share(100), _pixel(y), "grid" if number else "ground")
        )
        text = shown(round(value)) if step >= 1 else shown(float(value))
        chart.words.append(Word(_share(LEFT - 1), _pixel(y + 4), text, "scale"))


def _every(count: int, labels: int) -> int:
    return max(1, ceil(count / labels))


def _share(value: float) -> str:
    return f"{value:.2f}%"


def _pixel(value: float) -> str:
    return f"{value:.1f}"


def arrivals_chart(found: Figures, first: date, last: date) -> Chart:
    """By hour where it is one day, by day up to two months, else by week."""
    if first == last:
        hours = found.arrivals_by_hour.items()
        columns = [Column(f"{hour}", _parts(one)) for hour, one in hours]
        unit, most = _("People per hour"), _("Most came at %(when)s o’clock: %(count)s people.")
    elif (last - first).days < BY_DAY_UP_TO:
        columns = _arrivals_over_days(found, first, last)
        unit, most = _("People per day"), _("Most came on %(when)s: %(count)s people.")
    else:
        columns = _arrivals_over_days(found, first, last, by_week=True)
        unit = _("People per week, from Monday on")
        most = _("Most came in the week from %(when)s: %(count)s people.")
    busiest = max(columns, key=lambda one: one.total, default=Column("–", ()))
    legend = [("appointment", _("with appointment")), ("walk-in", _("without appointment"))]
    if found.arrivals.brought:
        legend.append(("brought", _("from another office")))
    chart = Chart(
        slug="arrivals-plot",
        title=_("Arrivals"),
        description=most % {"when": busiest.label, "count": round(busiest.total)},
        legend=legend,
        unit=unit,
    )
    return draw(chart, columns)


def _parts(one: Sequence[int]) -> list[tuple[str, float]]:
    walk_ins, appointments, brought = one
    return [("appointment", appointments), ("walk-in", walk_ins), ("brought", brought)]


def _arrivals_over_days(
    found: Figures, first: date, last: date, *, by_week: bool = False
) -> list[Column]:
    sums: dict[date, list[int]] = {}
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        one = found.arrivals_by_day.get(day, (0, 0, 0))
        if by_week:
            day = date.fromordinal(ordinal - day.weekday())
        elif day.weekday() > 4 and not sum(one):
            continue  # a weekend nobody works on
        sums[day] = [a + b for a, b in zip(sums.get(day, (0, 0, 0)), one, strict=True)]
    label = pgettext("date format", "j/n")
    return [Column(format_date(day, label), _parts(one)) for day, one in sums.items()]


def waits_chart(waits: dict[int, Spread]) -> Chart:
    """For each hour of arrival: half waited up to the first level, nine of ten to the second."""
    called = {hour: one for hour, one in waits.items() if one.median is not None}
    worst = max(called, key=lambda hour: called[hour].ninetieth or 0, default=None)
    description = ""
    if worst is not None:
        description = _(
            "Those who came from %(hour)s o’clock waited longest: half of them %(median)s minutes "
            "at most, nine of ten %(ninetieth)s."
        ) % {
            "hour": hour_text(worst),
            "median": shown(called[worst].median),
            "ninetieth": shown(called[worst].ninetieth),
        }
    columns = [
        Column(f"{hour}", [("half", one.median or 0),
                           ("nine", (one.ninetieth or 0) - (one.median or 0))])
        for hour, one in called.items()
    ]  # fmt: skip
    chart = Chart(
        slug="waits-plot",
        title=_("Waits by hour of arrival"),
        description=description,
        legend=[("half", _("half waited at most")), ("nine", _("nine of ten at most"))],
        unit=_("Minutes, by hour of arrival"),
    )
    return draw(chart, columns)


def counters_chart(found: Figures) -> Chart:
    """Counters needed as columns, counters open as a level across them."""
    hours = found.counters_by_hour
    short = [hour for hour, one in hours.items() if one.needed > one.open + 0.05]
    description = _("There were enough counters open in every hour.")
    if short:
        description = ngettext(
            "In one hour more counters were needed than open: %(hours)s.",
            "In %(count)s hours more counters were needed than open: %(hours)s.",
            len(short),
        ) % {"count": len(short), "hours": ", ".join(hour_text(hour) for hour in short)}
    columns = [
        Column(f"{hour}", [("needed", one.needed)], mark=one.open) for hour, one in hours.items()
    ]
    chart = Chart(
        slug="counters-plot",
        title=_("Counters against demand"),
        description=description,
        legend=[
            ("needed", _("needed for those who came in this hour")),
            ("mark", _("counters open")),
        ],
        unit=_("Counters on average, by hour"),
    )
    return draw(chart, columns, totals=False)


@dataclass(frozen=True)
class Bar:
    """One service: up to the median, from there to the ninetieth, and what was planned."""

    name: str
    half: str
    nine_at: str
    nine: str
    planned: str | None
    text: str


def service_bars(rows: Sequence[Sequence]) -> list[Bar]:
    """Of the table of services; the longest bar fills the width."""
    longest = max((max(row[4], row[5] or 0) for row in rows), default=1) or 1
    return [
        Bar(
            name=name,
            half=_share(median / longest * 100),
            nine_at=_share(median / longest * 100),
            nine=_share((ninetieth - median) / longest * 100),
            planned=None if planned is None else _share(min(99.2, planned / longest * 100)),
            text=_("%(median)s, nine of ten %(ninetieth)s min")
            % {"median": shown(float(median)), "ninetieth": shown(float(ninetieth))},
        )
        for name, _visits, _persons, median, ninetieth, planned in rows
    ]


@dataclass(frozen=True)
class HeatRow:
    weekday: str
    short: str
    cells: list[tuple[str, str]]


def heat_map(found: Figures, target: int) -> tuple[list[str], list[HeatRow]]:
    """Hours, and for each weekday the median wait with its class, by the office's target wait."""
    waits = {key: one for key, one in found.waits_by_weekday_and_hour.items() if one.count}
    if not waits:
        return [], []
    hours = range(min(hour for _day, hour in waits), max(hour for _day, hour in waits) + 1)
    rows = [
        HeatRow(
            str(Weekday(day).label),
            str(WEEKDAYS_ABBR[day]),
            [_heat(waits.get((day, hour)), target) for hour in hours],
        )
        for day in sorted({day for day, _hour in waits})
    ]
    return [str(hour) for hour in hours], rows


def _heat(one: Spread | None, target: int) -> tuple[str, str]:
    if one is None or one.median is None:
        return "", "none"
    shares = (1 / 3, 2 / 3, 1, 1.5)
    level = sum(one.median > share * target for share in shares)
    return shown(round(one.median)), str(level)
