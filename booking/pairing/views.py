"""Pairing kiosks and displays: the device shows a code, the lead types it in."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking.client import client_of
from booking.domain import devices
from booking.domain.errors import NotPermitted, Refused
from booking.domain.permissions import IN_SETUP, offices_of
from booking.models import Device
from booking.security import PAIRING_DIGITS
from booking.throttle import count_attempt

from .device import remember, token_of
from .form import PairingForm


@never_cache
@require_http_methods(["GET", "POST"])
def pairing_view(request: HttpRequest, kind: str) -> HttpResponse:
    """What an unpaired device shows: how to begin, then the code until the lead confirms it."""
    if request.method == "POST":
        return _begin(request, kind)
    token = token_of(request, kind)
    device = devices.pairing_of_token(token, kind=kind) if token else None
    state = _state(device)
    if state == "paired":
        return redirect(kind)
    return _show(request, kind, state, device)


def _begin(request: HttpRequest, kind: str) -> HttpResponse:
    token = token_of(request, kind)
    device = devices.pairing_of_token(token, kind=kind) if token else None
    if _state(device) in ("paired", "waiting"):  # pressed twice
        return redirect(f"{kind}_pairing")
    try:
        # Per client, so that a stranger keeps nobody from pairing, and for all of them together.
        count_attempt("pairing", client_of(request), limit=30)
        count_attempt("pairing", "everybody", limit=300)
    except Refused as refused:
        return _show(request, kind, "none", None, refused, status=429)
    _device, token = devices.request_pairing(kind)
    response = redirect(f"{kind}_pairing")
    remember(response, kind, token)
    return response


def _state(device: Device | None) -> str:
    if device is None:
        return "none"
    if device.revoked_at is not None:
        return "revoked"
    if device.paired_at is not None:
        return "paired"
    return "waiting" if devices.is_pairing_open(device) else "expired"


def _show(
    request: HttpRequest,
    kind: str,
    state: str,
    device: Device | None,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    code = device.pairing_code if device and state == "waiting" else ""
    context = {
        "state": state,
        "code_left": code[: PAIRING_DIGITS // 2],
        "code_right": code[PAIRING_DIGITS // 2 :],
        "staff_address": settings.PUBLIC_URL + reverse("pair_device"),
        "refused": refused,
    }
    return render(request, f"pairing/{kind}.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def pair_device(request: HttpRequest) -> HttpResponse:
    """Where the lead types in the code that a device shows."""
    offices = offices_of(request.user, IN_SETUP).select_related("authority")
    if not offices:
        context = {"refused": NotPermitted()}
        return render(request, "pairing/staff.html", context, status=403)
    form = PairingForm(request.POST or None, offices=offices)
    if form.is_valid() and (device := _confirm(request, form)):
        messages.success(
            request,
            _("%(device)s is paired with %(office)s. It starts by itself within a few seconds.")
            % {"device": capfirst(str(device)), "office": device.office},
        )
        return redirect("pair_device")
    return render(request, "pairing/staff.html", {"form": form})


def _confirm(request: HttpRequest, form: PairingForm) -> Device | None:
    try:
        count_attempt("pairing-code", str(request.user.pk), limit=10)
        return devices.confirm_pairing(**form.cleaned_data)
    except Refused as refused:
        form.refuse_code(refused.message)
        return None
