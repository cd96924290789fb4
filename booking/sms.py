"""Sending an SMS through whatever gateway the operator has: one HTTP POST.

Every provider takes such a request; which body it wants is a setting, so none is preferred.
"""

import json
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote_plus
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings


class NotSent(Exception):  # noqa: N818 - reads as what happened
    """The gateway has certainly not sent it."""


class _NoRedirect(HTTPRedirectHandler):
    """A redirected POST would become a GET, and its answer a success that sent nothing."""

    def redirect_request(self, *args: Any, **named: Any) -> None:
        return None


def is_set_up() -> bool:
    """Whether the operator has a gateway."""
    return bool(settings.SMS_URL)


def send(number: str, text: str) -> None:
    """Hand one message to the gateway. ``number`` is as in E.164, with its plus sign.

    Raises ``NotSent`` where it was refused; anything else leaves open whether it was sent.
    """
    if not is_set_up():
        raise NotSent("no gateway")
    try:
        with build_opener(_NoRedirect).open(_request(number, text), timeout=settings.SMS_TIMEOUT):
            return
    except HTTPError as error:
        raise NotSent(HTTPStatus(error.code).phrase) from None
    except URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            raise NotSent("connection refused") from None
        raise


def _request(number: str, text: str) -> Request:
    is_json = settings.SMS_BODY.lstrip().startswith("{")
    write = json.dumps if is_json else quote_plus
    # In one pass: a text may hold what looks like a place to fill in.
    before, _number, after = settings.SMS_BODY.partition("{number}")
    body = write(number).join(part.replace("{text}", write(text)) for part in (before, after))
    kind = "application/json" if is_json else "application/x-www-form-urlencoded"
    headers = {"Content-Type": f"{kind}; charset=utf-8"}
    if settings.SMS_AUTHORIZATION:
        headers["Authorization"] = settings.SMS_AUTHORIZATION
    return Request(settings.SMS_URL, body.encode(), headers, method="POST")  # noqa: S310
