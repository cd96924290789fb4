"""How the API says no: RFC 9457 problem details, for everything that can go wrong.

``code`` is what programs read and never changes; ``detail`` is a sentence for people in
the language of the request.
"""

import logging
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from booking.domain import errors
from booking.unavailable import OUTAGES
from booking.unavailable import RETRY_AFTER_SECONDS as OUTAGE_SECONDS

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 60

STATUS_OF = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.NotPermitted: HTTPStatus.FORBIDDEN,
    errors.TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
}


class Unauthorized(Exception):  # noqa: N818 - named after the status it becomes
    """Credentials are missing or unknown. ``challenge`` is the WWW-Authenticate header."""

    def __init__(self, challenge: str) -> None:
        self.challenge = challenge


def problem(status: int, code: str, detail: str, **extras: Any) -> JsonResponse:
    """A problem document. Its ``type`` leads to the code's line in the documentation."""
    document = {
        "type": f"{settings.PUBLIC_URL}/api/v1/docs#{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": int(status),
        "detail": detail,
        "code": code,
    }
    return JsonResponse(document | extras, status=status, content_type=MEDIA_TYPE)


def status_of(refused: type[errors.Refused]) -> HTTPStatus:
    """The HTTP status for a refusal of the domain."""
    return next(status for kind, status in STATUS_OF.items() if issubclass(refused, kind))


def add_problem_handlers(api: NinjaAPI) -> None:
    """Answer every exception of the API's operations with a problem document."""
    api.add_exception_handler(errors.Refused, _refused)
    api.add_exception_handler(Unauthorized, _unauthorized)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _malformed)
    api.add_exception_handler(SuspiciousOperation, _suspicious)
    api.add_exception_handler(Http404, lambda request, error: not_found())
    for outage in OUTAGES:
        api.add_exception_handler(outage, _unavailable)
    api.add_exception_handler(Exception, _unexpected)


def not_found() -> JsonResponse:
    refused = errors.NotFound()
    return problem(HTTPStatus.NOT_FOUND, refused.code, refused.message)


def method_not_allowed(allowed: str) -> JsonResponse:
    """``allowed`` is the Allow header: the methods there are."""
    response = problem(
        HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", _("There is no such method here.")
    )
    response["Allow"] = allowed
    return response


def _refused(request: HttpRequest, refused: errors.Refused) -> JsonResponse:
    status = status_of(type(refused))
    response = problem(status, refused.code, refused.message, **_extras(refused))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _extras(refused: errors.Refused) -> dict[str, Any]:
    match refused:
        case errors.SlotTaken():
            return {"alternatives": [_iso(start) for start in refused.alternatives]}
        case errors.ProofNeeded():
            return {"challenge": refused.challenge}
        case errors.LimitReached():
            return {
                "whose": refused.whose,
                "at_most": refused.at_most,
                "days": refused.days,
            }
        case errors.QuantityOutOfRange():
            return {"at_most": refused.at_most}
        case errors.DetailsInvalid():
            return {"fields": refused.fields}
        case errors.WrongDay() | errors.TooLate():
            return {"start": _iso(refused.start)}
        case errors.TooEarly():
            return {"opens": _iso(refused.opens)}
        case errors.WrongState():
            return {"state": refused.visit.state}
        case _:
            return {}


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _unauthorized(request: HttpRequest, error: Unauthorized) -> JsonResponse:
    response = problem(
        HTTPStatus.UNAUTHORIZED,
        "unauthorized",
        _("Please say who you are: a valid key is missing."),
    )
    response["WWW-Authenticate"] = error.challenge
    return response


def _invalid(request: HttpRequest, error: ValidationError) -> JsonResponse:
    """``errors`` names each field that does not fit; its sentences are English."""
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid_request",
        _("The request does not fit the documentation."),
        errors=[_field_error(one) for one in error.errors],
    )


def _field_error(one: dict[str, Any]) -> dict[str, str]:
    where, *path = one["loc"]
    if where == "body":  # the name our function gives to the body means nothing outside
        path = path[1:]
    return {"in": where, "field": ".".join(map(str, path)), "detail": one["msg"]}


def _malformed(request: HttpRequest, error: HttpError) -> JsonResponse:
    """The library raises these for a body that is no JSON."""
    return problem(error.status_code, "malformed_json", _("The body is not valid JSON."))


def _suspicious(request: HttpRequest, error: SuspiciousOperation) -> JsonResponse:
    if isinstance(error, RequestDataTooBig):
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return problem(status, "too_large", _("The request is too large."))
    return problem(HTTPStatus.BAD_REQUEST, "bad_request", _("The request cannot be read."))


def _unavailable(request: HttpRequest, error: Exception) -> JsonResponse:
    """The database does not answer; what was asked for may be asked for again."""
    logger.error("%s %s: the database does not answer: %r", request.method, request.path, error)
    response = problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "unavailable",
        _("Our system does not answer. Please try again in a moment."),
    )
    response["Retry-After"] = str(OUTAGE_SECONDS)
    return response


def _unexpected(request: HttpRequest, error: Exception) -> JsonResponse:
    """A fault of ours: the log has the details, the answer has none."""
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal_error",
        _("Something went wrong on our side. Please try again later."),
    )
