"""All appointments of a mail address in one calendar: ask for it, look at it, end it."""

import hashlib
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from booking.documents.calendar import subscribed_calendar
from booking.domain.appointments import items_of
from booking.domain.errors import Refused
from booking.domain.links import subscription_link
from booking.domain.subscriptions import (
    end_subscription,
    mail_subscription,
    subscribed_appointments,
)
from booking.models import Appointment, CalendarSubscription
from booking.security import is_link_secret
from booking.throttle import count_attempt

from .context import appointment_context
from .secret import kept_secret, secret_page, to_appointment, with_form, wrong_secret

# Anybody may type anybody's address into a booking; no mailbox shall be filled with that.
MAILS_PER_HOUR = 3
SubscriptionView = Callable[[HttpRequest, CalendarSubscription], HttpResponse]


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def subscribe(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """What a subscription is; sent, its address is on its way to the mail address."""
    if appointment.state != Appointment.State.BOOKED or not appointment.email:
        return to_appointment(appointment)
    refused = None
    if request.method == "POST":
        try:
            count_attempt("subscribe", str(appointment.pk), limit=MAILS_PER_HOUR, seconds=3600)
            mail_subscription(appointment.pk)
        except Refused as error:
            refused = error
        else:
            return redirect(f"{request.path}?sent=1")
    context = appointment_context(appointment, items_of(appointment))
    context |= {"refused": refused, "sent": "sent" in request.GET}
    status = 409 if refused else 200
    return with_form(render(request, "citizen/subscribe.html", context, status=status))


def _secret_calendar(view: SubscriptionView) -> Callable[..., HttpResponse]:
    """Below the secret link of a subscription: 404 without the secret."""

    @wraps(view)
    def page(request: HttpRequest, subscription_id: UUID, key: str) -> HttpResponse:
        if not is_link_secret("calendar", subscription_id, key):
            return wrong_secret(request)
        subscriptions = CalendarSubscription.objects.select_related("authority")
        return kept_secret(view(request, get_object_or_404(subscriptions, pk=subscription_id)))

    return page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_secret_calendar
def subscription(request: HttpRequest, subscription: CalendarSubscription) -> HttpResponse:
    """The address to subscribe to, what it shows now, and the button that ends it."""
    context = {"authority": subscription.authority}
    if request.method == "POST":
        end_subscription(subscription)
        return render(request, "citizen/subscription_ended.html", context)
    address = subscription_link(subscription, "subscription_ics")
    context |= {
        "feed": address,
        "webcal": urlsplit(address)._replace(scheme="webcal").geturl(),
        "rows": [
            (one, one.start.astimezone(one.office.zone))
            for one in subscribed_appointments(subscription)
        ],
    }
    return with_form(render(request, "citizen/subscription.html", context))


@require_safe
@_secret_calendar
def subscription_ics(request: HttpRequest, subscription: CalendarSubscription) -> HttpResponse:
    """The calendar. A program that has this very one is told so and gets nothing."""
    name = _("Appointments – %(town)s") % {"town": subscription.authority.name}
    entries = subscribed_calendar(name, subscribed_appointments(subscription))
    etag = f'"{hashlib.sha256(entries.encode()).hexdigest()}"'
    response = HttpResponse(entries, content_type="text/calendar; charset=utf-8")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag=etag, response=response)
