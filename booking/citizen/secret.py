"""The secret link: who has it sees the appointment, and nobody learns of it from us."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from booking.domain.errors import TooManyAttempts
from booking.guess_limit import RETRY_AFTER_SECONDS, count_wrong_secret
from booking.models import Appointment
from booking.security import appointment_secret, is_appointment_secret

SecretView = Callable[..., HttpResponse]


def appointment_path(appointment: Appointment) -> str:
    """The path of the secret link, in the active language."""
    return reverse("appointment", args=[appointment.pk, appointment_secret(appointment.pk)])


def to_appointment(appointment: Appointment, query: str = "") -> HttpResponse:
    return redirect(appointment_path(appointment) + query)


def secret_page(view: SecretView) -> Callable[..., HttpResponse]:
    """A page below the secret link: 404 without the secret, kept by no cache or index.

    ``no-referrer`` would make browsers send ``Origin: null`` with a form, which the
    protection against forged requests refuses; so a page with a form says
    ``strict-origin`` instead (see ``with_form``), which reveals no path either.
    """

    @never_cache
    @wraps(view)
    def page(request: HttpRequest, appointment_id: UUID, secret: str, **more: str) -> HttpResponse:
        if not is_appointment_secret(appointment_id, secret):
            return wrong_secret(request)
        appointment = get_object_or_404(
            Appointment.objects.select_related("office__authority", "visit"), pk=appointment_id
        )
        return kept_secret(view(request, appointment, **more))

    return page


def kept_secret(response: HttpResponse) -> HttpResponse:
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def wrong_secret(request: HttpRequest) -> HttpResponse:
    """The same page for everybody; whoever tries many secrets is told to stop."""
    try:
        count_wrong_secret(request)
    except TooManyAttempts:
        response = render(request, "404.html", status=429)
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    raise Http404


def with_form(response: HttpResponse) -> HttpResponse:
    """Marks an answer below the secret link that holds a form."""
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
