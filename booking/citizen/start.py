"""Before the booking: the towns, a town with its offices and services, its privacy notice."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from booking import clock
from booking.domain.office_hours import current_span, next_opening
from booking.domain.own_data import citizens_entries
from booking.domain.wait_range import told_range
from booking.domain.waits import OfficeWaits, forecasts_for
from booking.models import Authority, Office, Service
from booking.wait_words import wait_text

from .choose import in_town
from .deep_links import deep_link
from .search import find_services, fold


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The only town, or a list of them."""
    authorities = list(Authority.objects.all())
    if len(authorities) == 1:
        return redirect("start", authorities[0].slug)
    return render(request, "citizen/home.html", {"authorities": authorities})


@require_safe
def start(request: HttpRequest, authority: str) -> HttpResponse:
    """A town: its offices and whether they are open, its services, and a search."""
    town = get_object_or_404(Authority, slug=authority)
    if (there := deep_link(town, request.GET)) is not None:
        return redirect(there)
    query = " ".join(request.GET.get("q", "").split())[:100]
    services = list(
        Service.objects.filter(authority=town, offerings__isnull=False)
        .distinct()
        .prefetch_related("offerings__office")
    )
    services.sort(key=_by_name)
    for service in services:
        service.at = in_town(service)
    context = {
        "authority": town,
        "query": query,
        "services": services,
        "found": find_services(services, query) if query else services,
    }
    if not query:
        offices = town.offices.select_related("authority").prefetch_related("opening_hours")
        offices = sorted(offices, key=_by_name)
        waits = forecasts_for([office.pk for office in offices])
        context["situations"] = list(town.situations.filter(services__in=services).distinct())
        context["offices"] = [
            _opening(office) | {"wait": _wait(waits.get(office.pk))} for office in offices
        ]
    return render(request, "citizen/start.html", context)


@require_safe
def privacy(request: HttpRequest, authority: str) -> HttpResponse:
    """What is kept of a citizen, why and how long."""
    town = get_object_or_404(Authority, slug=authority)
    kept = [
        {
            "what": entry.kept.what,
            "why": entry.kept.why,
            "until": entry.kept.until.text(town.retention_days),
        }
        for entry in citizens_entries()
    ]
    return render(request, "citizen/privacy.html", {"authority": town, "kept": kept})


def _by_name(named: Office | Service) -> str:
    """As it is read: the database knows no German name where a translation is missing."""
    return fold(named.name)


def _opening(office: Office) -> dict[str, object]:
    """An office, until when it is open now, or when it opens next."""
    span = current_span(office)
    opens = None if span else next_opening(office)
    return {
        "office": office,
        "open_until": span[1] if span else None,
        "opens": opens,
        "opens_in_days": (opens.date() - clock.today(office.zone)).days if opens else None,
    }


def _wait(waits: OfficeWaits | None) -> str:
    """How long one would wait with a ticket now; empty where nobody can say, or none is issued."""
    ticket = waits.ticket if waits else None
    return wait_text(ticket) if told_range(ticket) else ""
