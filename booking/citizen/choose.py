"""First step: what somebody comes for."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from booking.domain.errors import Refused
from booking.models import Office

from .selection import chosen_items, chosen_quantities, times_path
from .steps import booking_steps


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
    for offering in offerings:
        offering.chosen = quantities.get(str(offering.pk))
        offering.quantities = range(1, offering.max_quantity + 1)
    context = {
        "authority": office.authority,
        "office": office,
        "online": [offering for offering in offerings if offering.online],
        "not_online": [offering for offering in offerings if not offering.online],
        "refused": refused,
        "steps": booking_steps(),
    }
    return render(request, "citizen/choose.html", context, status=422 if refused else 200)
