"""Arriving at an office, and everything that happens to a visit afterwards."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from booking.domain import arrivals, visits
from booking.domain.actor import Actor
from booking.domain.errors import CodeUnknown, NotFound
from booking.domain.items import Item, choose_items
from booking.domain.permissions import require_colleague, require_kiosk
from booking.domain.waiting import people_ahead
from booking.models import Office, Visit
from booking.prepared import PreparedQuery
from booking.throttle import count_attempt, require_attempts_left

from .auth import BearerToken, staff_of, token_holder
from .reference import answers
from .requests import IdempotencyKey, get_office, scoped_key
from .schemas import ArrivalIn, ArrivalOut, ItemIn, TransferIn, VisitOut
from .visit_answers import visit_answer

router = Router(tags=["Queue"], auth=BearerToken())

WRONG_CODES_PER_MINUTE = 20

ACTIONS = {
    "recall": (visits.recall, "Call again", "Call the same person to the same counter again."),
    "begin": (visits.begin, "Begin", "The person has come to the counter."),
    "finish": (visits.finish, "Finish", "The matter is done."),
    "missed": (visits.missed, "Did not come", "The person was called and did not come."),
    "park": (visits.park, "Park", "Set aside until something is fetched or ready."),
    "unpark": (visits.unpark, "Unpark", "Back to waiting, at the old place in the order."),
}


@router.post(
    "/offices/{uuid:office_id}/visits",
    response={201: ArrivalOut},
    summary="Check in or draw a ticket",
    openapi_extra=answers(
        "malformed_json",
        "unauthorized",
        "not_permitted",
        "not_found",
        "code_unknown",
        "already_checked_in",
        "appointment_cancelled",
        "wrong_office",
        "wrong_day",
        "too_early",
        "too_late",
        "office_closed",
        "tickets_ended",
        "day_full",
        "idempotency_key_reused",
        "invalid_request",
        "nothing_chosen",
        "unknown_offering",
        "not_walk_in",
        "quantity_out_of_range",
        "priority_not_permitted",
        "too_many_attempts",
    ),
)
def arrive(
    request: HttpRequest, office_id: UUID, body: ArrivalIn, idempotency_key: IdempotencyKey = None
) -> ArrivalOut:
    """For a kiosk of the office or its staff: `code` checks in, `offerings` draws a ticket."""
    office = get_office(office_id)
    actor: Actor = request.auth
    if actor.device:
        require_kiosk(actor.device, office)
    else:
        require_colleague(staff_of(request), office)
    key = scoped_key(f"visits:{token_holder(actor)}", idempotency_key)
    if body.code is not None:
        visit = _check_in(office, body, actor, key)
    else:
        visit = arrivals.draw_ticket(
            office=office,
            items=_choose(office, body.offerings or []),
            actor=actor,
            idempotency_key=key,
            priority=Visit.Priority(body.priority),
        )
    return ArrivalOut(
        id=str(visit.pk),
        number=visit.number,
        people_ahead=people_ahead(visit),
        state=visit.state,
    )


def _check_in(office: Office, body: ArrivalIn, actor: Actor, key: str | None) -> Visit:
    """Check in; whoever has sent too many wrong codes has to wait, also with a right one.

    Else guessing would go on. The id in a QR code cannot be guessed and always passes.
    """
    guessing = ("check-in", token_holder(actor))
    if not arrivals.UUID_IN_TEXT.search(body.code):
        require_attempts_left(*guessing, limit=WRONG_CODES_PER_MINUTE)
    try:
        return arrivals.check_in(
            office=office,
            code=body.code,
            actor=actor,
            idempotency_key=key,
            priority=Visit.Priority(body.priority),
        )
    except CodeUnknown:
        count_attempt(*guessing, limit=WRONG_CODES_PER_MINUTE)
        raise


@router.post(
    "/visits/{uuid:visit_id}/transfer",
    response=VisitOut,
    summary="Transfer",
    openapi_extra=answers(
        "malformed_json",
        "unauthorized",
        "not_permitted",
        "not_found",
        "wrong_state",
        "invalid_request",
        "unknown_offering",
        "quantity_out_of_range",
    ),
)
def transfer(request: HttpRequest, visit_id: UUID, body: TransferIn) -> VisitOut:
    """Send somebody on to another office of the authority, for other services, or both.

    They keep their due time, so nobody queues twice. Without services the other office has
    to offer what the visit is for.
    """
    visit = _visit_of(request, visit_id)
    office = visit.office if body.office is None else _sister_office(visit.office, body.office)
    chosen = body.offerings or ([ItemIn(id=body.offering)] if body.offering is not None else [])
    items = _choose(office, chosen) if chosen else []
    visits.transfer(visit.pk, actor=request.auth, office=office, items=items)
    return visit_answer(visit.pk)


def _action(name: str, change: Callable, summary: str, description: str) -> None:
    @router.post(
        f"/visits/{{uuid:visit_id}}/{name}",
        response=VisitOut,
        operation_id=name,
        summary=summary,
        description=description,
        url_name=name,
        openapi_extra=answers("unauthorized", "not_permitted", "not_found", "wrong_state"),
    )
    def act(request: HttpRequest, visit_id: UUID) -> VisitOut:
        visit = _visit_of(request, visit_id)
        change(visit.pk, actor=request.auth)
        return visit_answer(visit.pk)


for _name, _described in ACTIONS.items():
    _action(_name, *_described)


def _visit_of(request: HttpRequest, visit_id: UUID) -> Visit:
    """The visit, for staff of the office it is at. Raises ``NotFound`` or ``NotPermitted``."""
    staff = staff_of(request)
    visit = _visit.first(visit_id)
    if visit is None:
        raise NotFound
    require_colleague(staff, visit.office)
    return visit


_visit = PreparedQuery(
    lambda visit_id: (
        Visit.objects.filter(pk=visit_id)
        .select_related("office")
        .only("office", "office__authority")
    ),
    UUID,
)


def _sister_office(office: Office, office_id: str) -> Office:
    """An office of the same authority. Raises ``NotFound``."""
    try:
        other = get_office(UUID(office_id))
    except ValueError:
        raise NotFound from None
    if other.authority_id != office.authority_id:
        raise NotFound
    return other


def _choose(office: Office, chosen: list[ItemIn]) -> list[Item]:
    return choose_items(office, [(item.id, item.quantity) for item in chosen])
