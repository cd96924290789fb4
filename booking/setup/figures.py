"""The office lead's figures: a page to look at, and the same tables as files."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from booking import clock
from booking.domain.figures import Figures
from booking.domain.figures_log import figures_of
from booking.models import Office

from .figures_charts import arrivals_chart, counters_chart, heat_map, service_bars, waits_chart
from .figures_files import as_csv, as_ods
from .figures_period import KINDS, Period, PeriodForm, around, read_period
from .figures_tables import Table, percent, shown, tables
from .scope import visible

ODS = "application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True)
class Tile:
    """A figure to see first, and what it was before."""

    name: str
    value: str
    unit: str
    before: str | None


@dataclass(frozen=True)
class Answer:
    office: Office
    period: Period
    form: PeriodForm
    found: Figures
    before: Figures | None

    @property
    def tables(self) -> list[Table]:
        offerings = self.office.offerings.select_related("service")
        return tables(self.found, self.before, offerings)


@require_GET
def choose_office(request: HttpRequest) -> HttpResponse:
    """The offices whose figures somebody may see; with a single one, straight to it."""
    offices = list(visible(Office, request.user).select_related("authority"))
    if len(offices) == 1:
        return redirect("admin:figures_of", offices[0].pk)
    context = admin.site.each_context(request) | {"title": _("Figures"), "offices": offices}
    return render(request, "setup/figures/choose.html", context)


@require_GET
def figures_page(request: HttpRequest, office_id: UUID) -> HttpResponse:
    answer = _answer(request, office_id)
    office, period, found = answer.office, answer.period, answer.found
    by_slug = {table.slug: table for table in answer.tables}
    hours, weekdays = heat_map(found, office.target_wait_minutes)
    today = clock.today(office.zone)
    context = admin.site.each_context(request) | {
        "title": _("Figures"),
        "office": office,
        "period": period,
        "form": answer.form,
        "kinds": [(around(kind, today), name, around(kind, today) == period)
                  for kind, name in KINDS],
        "is_running": period.first <= today <= period.last,
        "has_later": period.last < today,
        "found": found,
        "tiles": _tiles(found, answer.before),
        "compared": period.compared,
        "tables": by_slug,
        "weekday_hours": by_slug["weekdays-and-hours"],
        "arrivals_chart": arrivals_chart(found, period.first, period.last),
        "waits_chart": waits_chart(found.waits_by_hour),
        "counters_chart": counters_chart(found),
        "bars": service_bars(by_slug["services"].rows),
        "hours": hours,
        "weekdays": weekdays,
        "target": office.target_wait_minutes,
    }  # fmt: skip
    return render(request, "setup/figures/office.html", context)


@require_GET
def figures_csv(request: HttpRequest, office_id: UUID, table: str) -> HttpResponse:
    answer = _answer(request, office_id, compare=table == "overview")
    chosen = next((one for one in answer.tables if one.slug == table), None)
    if chosen is None:
        raise Http404
    return _file(answer, as_csv(chosen), "text/csv; charset=utf-8", f"{table}.csv")


@require_GET
def figures_ods(request: HttpRequest, office_id: UUID) -> HttpResponse:
    answer = _answer(request, office_id)
    return _file(answer, as_ods(answer.tables), ODS, "figures.ods")


def _answer(request: HttpRequest, office_id: UUID, *, compare: bool = True) -> Answer:
    """What was asked for; ``compare`` reads the period before as well, at the same cost again."""
    office = get_object_or_404(visible(Office, request.user), pk=office_id)
    period, form = read_period(request.GET, clock.today(office.zone))
    found = figures_of(office, period.first, period.last)
    earlier, before = period.compared, None
    if compare and earlier is not None:
        until = period.until(clock.now(), office.zone)
        before = figures_of(office, earlier.first, earlier.last, until=until)
    return Answer(office, period, form, found, before)


def _file(answer: Answer, content: bytes, kind: str, name: str) -> HttpResponse:
    period = answer.period
    whole = f"{slugify(answer.office.name) or 'office'}-{period.first}-{period.last}-{name}"
    disposition = f'attachment; filename="{whole}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})


def _tiles(found: Figures, before: Figures | None) -> list[Tile]:
    minutes = _("min")

    def tile(name: str, unit: str, value: float | None, was: float | None) -> Tile:
        earlier = None if before is None or was is None else _with_unit(was, unit)
        return Tile(name, _whole(value), unit if value is not None else "", earlier)

    then = before or found
    tiles = [
        tile(_("Arrivals"), "", found.arrivals.total, then.arrivals.total),
        tile(_("Half waited at most"), minutes, found.waits.median, then.waits.median),
        tile(_("Nine of ten at most"), minutes, found.waits.ninetieth, then.waits.ninetieth),
        tile(
            _("Without appointment"),
            "%",
            percent(found.arrivals.walk_in_share),
            percent(then.arrivals.walk_in_share),
        ),
        tile(
            _("Appointments nobody came to"),
            "%",
            percent(found.appointments.missed_share),
            percent(then.appointments.missed_share),
        ),
    ]
    if found.forecast.count:
        was = percent(then.forecast.within)
        tiles.append(
            tile(_("Waits within the told range"), "%", percent(found.forecast.within), was)
        )
    return tiles


def _whole(value: float | None) -> str:
    return shown(None if value is None else round(value))


def _with_unit(value: float, unit: str) -> str:
    return f"{_whole(value)}\u00a0{unit}".strip()
