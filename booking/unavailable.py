"""When the database does not answer, everybody is told to try again in a moment: 503, not 500.

It is being started again, has no connection left, waits for a lock or has no space to write
to: none of this is the visitor's fault or a fault in the program, and it passes. The API
answers with a problem document (``booking.api.problems``), pages with the ones made here.
"""

import sys
from http import HTTPStatus

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils.cache import add_never_cache_headers

# What Django makes of a database that cannot work now: also of an empty pool, a timeout, a
# full disk. Wrong statements and values are other errors.
OUTAGES = (OperationalError, InterfaceError)
RETRY_AFTER_SECONDS = 5
# Surfaces with a page of their own; their addresses are named after them.
SURFACES = ("kiosk", "display", "desk", "reception")


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's ``handler500``, called while the error is being handled: 503 for an outage."""
    outage = isinstance(sys.exception(), OUTAGES)
    status = HTTPStatus.SERVICE_UNAVAILABLE if outage else HTTPStatus.INTERNAL_SERVER_ERROR
    context = {
        "outage": outage,
        "status": int(status),
        "asked": request.method in ("GET", "HEAD"),
        "kept": _kept(request) if outage else [],
        "path": request.get_full_path(),
        "main_language": settings.LANGUAGE_CODE,
    }
    # Without the request: no context processor may ask the database again.
    page = get_template(_template(request, outage)).render(context)
    response = HttpResponse(page, status=status)
    if outage:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    add_never_cache_headers(response)
    return response


def _template(request: HttpRequest, outage: bool) -> str:
    address = request.resolver_match.url_name if request.resolver_match else None
    surface = (address or "").partition("_")[0]
    if surface in SURFACES:
        return f"{surface}/failure.html"
    return "503.html" if outage else "500.html"


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, to be sent once more; nothing where a password is among it."""
    if any("password" in name for name in request.POST):
        return []
    return [(name, value) for name, values in request.POST.lists() for value in values]
