"""The codes of the API's problems, and which operation may answer which."""

from collections import defaultdict
from http import HTTPStatus
from typing import Any

from booking.domain.errors import Refused

from .problems import status_of

# Codes of the API itself; those of the domain have the status of their class.
OWN_STATUS = {
    "malformed_json": HTTPStatus.BAD_REQUEST,
    "bad_request": HTTPStatus.BAD_REQUEST,
    "unauthorized": HTTPStatus.UNAUTHORIZED,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "invalid_request": HTTPStatus.UNPROCESSABLE_ENTITY,
    "internal_error": HTTPStatus.INTERNAL_SERVER_ERROR,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}
# What each code that an operation may answer stands for.
MEANING = {
    "malformed_json": "The body is not JSON.",
    "bad_request": "The request cannot be read.",
    "unauthorized": "Token or secret are missing, or the token is unknown or revoked.",
    "not_permitted": "The token is valid, but not for this office or this task.",
    "not_found": "There is no such address or object, or it belongs to another town, "
    "or the appointment's secret is wrong.",
    "method_not_allowed": "The address exists, the method does not; see `Allow`.",
    "too_large": "The body is too large.",
    "invalid_request": "A field is missing or has the wrong form; `errors` names each "
    "with `in`, `field` and `detail`.",
    "priority_not_permitted": "Only staff may give this `priority`, or the office does not let its "
    "kiosk ask for it.",
    "too_many_attempts": "Too many wrong codes or too many holds; wait `Retry-After` seconds.",
    "internal_error": "A fault on our side.",
    "unavailable": "The database does not answer; repeat the request after `Retry-After` seconds, "
    "with the same `Idempotency-Key` where it takes one.",
    "nothing_chosen": "No offering was named.",
    "unknown_offering": "The office has no offering with this id.",
    "unknown_service": "The town has no service with this short name.",
    "not_together": "No office does all of this in one appointment.",
    "not_online": "The offering cannot be booked, only visited.",
    "not_walk_in": "The offering needs an appointment.",
    "quantity_out_of_range": "Fewer than one person or more than `at_most`.",
    "outside_hours": "The office has no appointments at this time, or it is past, too far "
    "ahead, or an hour that the change of clocks leaves out.",
    "slot_taken": "The time is no longer free; `alternatives` are the nearest free ones, "
    "each fit to be sent as `start`.",
    "proof_needed": "Very many are booking: solve `challenge` (as the altcha libraries do) and "
    "send the payload in the header `Proof-Of-Work`.",
    "rush": "So many want a time that people wait in a room on the pages; wait `Retry-After` "
    "seconds.",
    "without_proof_full": "Too many holds at this time have shown no proof of work.",
    "asked_often": "Several mails have asked for this appointment's confirmation already.",
    "limit_reached": "One more would be too many of an e-mail address, a device or a network: "
    "`whose` says of which, the office allows `at_most` within `days` days.",
    "details_invalid": "Name, e-mail or phone are wrong; `fields` has a sentence for each.",
    "checklist_open": "The office wants the list of what to bring ticked: `documents_ready`.",
    "idempotency_key_reused": "The key was used before for a different request.",
    "wrong_state": "The appointment or visit is not in a state in which this is possible; "
    "for a visit `state` says in which it is.",
    "already_checked_in": "Somebody has checked in with this appointment.",
    "code_unknown": "No appointment has this code.",
    "appointment_cancelled": "The appointment with this code was cancelled.",
    "wrong_office": "The appointment with this code is at another office.",
    "wrong_day": "The appointment with this code is on another day; `start` says when.",
    "too_early": "Check-in opens later; `opens` says when.",
    "too_late": "Check-in is over; `start` is when the appointment was.",
    "office_closed": "No tickets are issued at this time.",
    "tickets_ended": "The front desk gives out no more tickets at the kiosk today.",
    "day_full": "All tickets of the day have been issued.",
    "counter_taken": "Somebody else sits at the counter.",
    "counter_closed": "The counter is closed; open it first.",
    "counter_busy": "Somebody is still called or served at the counter.",
}


def refusals(kind: type[Refused] = Refused) -> list[type[Refused]]:
    """Every refusal of the domain that has a code of its own."""
    found = [kind] if "code" in vars(kind) and kind is not Refused else []
    for below in kind.__subclasses__():
        found += refusals(below)
    return found


def statuses() -> dict[str, HTTPStatus]:
    """The HTTP status of every code."""
    return OWN_STATUS | {refused.code: status_of(refused) for refused in refusals()}


def answers(*codes: str) -> dict[str, Any]:
    """The part of an operation's OpenAPI description that names its problems."""
    by_status: dict[HTTPStatus, list[str]] = defaultdict(list)
    for code in codes:
        by_status[statuses()[code]].append(code)
    return {"responses": {int(status): _response(names) for status, names in by_status.items()}}


def _response(codes: list[str]) -> dict[str, Any]:
    return {
        "description": "Problem: " + ", ".join(f"`{code}`" for code in codes),
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
