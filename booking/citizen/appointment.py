"""Behind the secret link: the details to fill in, the booking, or what became of it."""

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from booking import clock
from booking.domain.appointments import items_of
from booking.domain.links import ticket_link
from booking.domain.phone_check_in import may_check_in
from booking.domain.reminders import ways_of
from booking.domain.running_late import may_say_late
from booking.models import Appointment
from booking.security import appointment_secret

from .context import appointment_context
from .details import details, details_sent
from .hold import is_lapsed
from .secret import secret_page, to_appointment


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def appointment(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Held or lapsed: the form of the third step, or that a mail waits for an answer.

    Booked, cancelled: a page that says so.
    """
    if appointment.state in (Appointment.State.HELD, Appointment.State.EXPIRED):
        if request.method == "POST":
            return details_sent(request, appointment)
        if appointment.awaits_mail and not is_lapsed(appointment) and "edit" not in request.GET:
            return _asked(request, appointment)
        return details(request, appointment)
    if request.method == "POST":  # sent twice, or from a page of before
        return to_appointment(appointment)
    shown = appointment_context(appointment, items_of(appointment))
    if appointment.state == Appointment.State.CANCELLED:
        return render(request, "citizen/cancelled.html", shown)
    zone, secret = appointment.office.zone, appointment_secret(appointment.pk)
    may_late = may_say_late(appointment)
    qr = segno.make(ticket_link(appointment.pk), error="m")
    context = {
        **shown,
        "qr": qr.svg_data_uri(border=2, omitsize=True),
        "ticket_path": reverse("ticket", args=[appointment.pk]),
        "here_path": reverse("here", args=[appointment.pk, secret])
        if may_check_in(appointment)
        else "",
        "late_path": reverse("late", args=[appointment.pk, secret]) if may_late else "",
        "said_late": appointment.late_minutes and appointment.expected_at.astimezone(zone),
        "reminder_ways": ways_of(appointment),
        "checked_in": hasattr(appointment, "visit"),
        "begun": appointment.start <= clock.now(),
        # Whoever is late can still come while check-in is open.
        "over": appointment.end <= clock.now() and not may_late,
    }
    return render(request, "citizen/booked.html", context)


def _asked(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    context = {
        **appointment_context(appointment, items_of(appointment)),
        "until": appointment.expires_at.astimezone(appointment.office.zone),
    }
    return render(request, "citizen/asked.html", context)
