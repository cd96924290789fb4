"""First step: what somebody comes for, at one office or wherever in the town it is done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from booking.domain.errors import Refused
from booking.domain.finding import SHORT_NAME, offices_for
from booking.models import Authority, Offering, Office, Service, Situation

from .selection import (
    chosen_items,
    chosen_quantities,
    pairs_of_services,
    times_path,
    town_times_path,
)
from .steps import booking_steps


@dataclass(frozen=True)
class Choice:
    """A service to tick. ``key`` is what the form sends; ``offices`` where it is done, if asked."""

    key: str
    service: Service
    minutes: int
    max_quantity: int
    chosen: int | None
    walk_in: bool = True
    online: bool = True
    offices: Sequence[Office] = ()

    @property
    def quantities(self) -> range:
        return range(1, self.max_quantity + 1)


@require_safe
def choose(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """One or several services with quantity; ``next`` in the address goes on to the times.

    A selection that cannot be booked is shown as it was sent, with the reason.
    """
    office = get_object_or_404(Office.objects.select_related("authority"), pk=office_id)
    quantities = chosen_quantities(request.GET)
    refused = None
    if quantities or "next" in request.GET:
        try:
            items = chosen_items(office, request.GET)
        except Refused as error:
            refused = error
        else:
            if "next" in request.GET:
                return redirect(times_path(office, items))
    offerings = list(office.offerings.select_related("service"))
    context = {
        "authority": office.authority,
        "office": office,
        "name": "offering",
        "online": [_at_office(one, quantities) for one in offerings if one.online],
        "not_online": [_at_office(one, quantities) for one in offerings if not one.online],
    }
    return _answer(request, context, refused)


@require_safe
def services(request: HttpRequest, authority: str) -> HttpResponse:
    """The same for all offices of a town; ``situation`` shows what belongs to one."""
    town = get_object_or_404(Authority, slug=authority)
    situation = _situation(town, request.GET.get("situation"))
    quantities = chosen_quantities(request.GET, "service")
    refused = None
    if quantities or "next" in request.GET:
        try:
            offices_for(town, quantities)
        except Refused as error:
            refused = error
        else:
            if "next" in request.GET:
                return redirect(town_times_path(town, pairs_of_services(quantities)))
    found = town.services.filter(offerings__isnull=False).distinct()
    if situation is not None:
        # What was chosen elsewhere stays in sight.
        found = found.filter(situations=situation) | found.filter(slug__in=_slugs(quantities))
    rows = [in_town(one, quantities) for one in found.prefetch_related("offerings__office")]
    context = {
        "authority": town,
        "situation": situation,
        "name": "service",
        "online": [one for one in rows if one.online],
        "not_online": [one for one in rows if not one.online],
    }
    return _answer(request, context, refused)


def _answer(
    request: HttpRequest, context: Mapping[str, object], refused: Refused | None
) -> HttpResponse:
    shown = {**context, "refused": refused, "steps": booking_steps()}
    return render(request, "citizen/choose.html", shown, status=422 if refused else 200)


def _situation(town: Authority, slug: str | None) -> Situation | None:
    if not slug:
        return None
    if not SHORT_NAME.fullmatch(slug):
        raise Http404
    return get_object_or_404(town.situations, slug=slug)


def _slugs(quantities: Iterable[str]) -> list[str]:
    return [slug for slug in quantities if SHORT_NAME.fullmatch(slug)]


def _at_office(offering: Offering, quantities: Mapping[str, int]) -> Choice:
    key = str(offering.pk)
    return Choice(
        key=key,
        service=offering.service,
        minutes=offering.minutes,
        max_quantity=offering.max_quantity,
        chosen=quantities.get(key),
        walk_in=offering.walk_in,
        online=offering.online,
    )


def in_town(service: Service, quantities: Mapping[str, int] | None = None) -> Choice:
    """Where it can be booked, else where it is done at all; needs its offerings with offices.

    Where offices take different times, the longest: whoever plans for it is never late.
    """
    every = list(service.offerings.all())
    offerings = [one for one in every if one.online] or every
    return Choice(
        key=service.slug,
        service=service,
        minutes=max(one.minutes for one in offerings),
        max_quantity=max(one.max_quantity for one in offerings),
        chosen=(quantities or {}).get(service.slug),
        walk_in=any(one.walk_in for one in offerings),
        online=offerings[0].online,
        offices=sorted((one.office for one in offerings), key=str),
    )
