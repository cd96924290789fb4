"""Counters: who sits where, and calling the next person."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from booking.domain.counters import close_counter, open_counter
from booking.domain.errors import NotFound
from booking.domain.permissions import require_colleague
from booking.domain.visits import call_next
from booking.models import Counter
from booking.prepared import PreparedQuery

from .auth import BearerToken, staff_of
from .reference import answers
from .requests import get_office
from .schemas import CalledOut, CounterOut, OpenIn
from .visit_answers import visit_answer

router = Router(tags=["Counters"], auth=BearerToken())


@router.get(
    "/offices/{uuid:office_id}/counters",
    response=list[CounterOut],
    summary="Counters of an office",
    openapi_extra=answers("unauthorized", "not_permitted", "not_found"),
)
def list_counters(request: HttpRequest, office_id: UUID) -> list[CounterOut]:
    """For the staff of the office."""
    office = get_office(office_id)
    require_colleague(staff_of(request), office)
    return [_counter_out(counter) for counter in office.counters.select_related("staff")]


@router.post(
    "/counters/{uuid:counter_id}/open",
    response=CounterOut,
    summary="Open a counter",
    openapi_extra=answers(
        "malformed_json",
        "unauthorized",
        "not_permitted",
        "not_found",
        "counter_taken",
        "counter_busy",
        "invalid_request",
    ),
)
def open_(request: HttpRequest, counter_id: UUID, body: OpenIn | None = None) -> CounterOut:
    """Sit down at a counter and leave the one before. The body may be left out."""
    _require_counter(request, counter_id)
    take_over = body is not None and body.take_over
    return _counter_out(open_counter(counter_id, staff=staff_of(request), take_over=take_over))


@router.post(
    "/counters/{uuid:counter_id}/close",
    response=CounterOut,
    summary="Close a counter",
    openapi_extra=answers(
        "unauthorized", "not_permitted", "not_found", "counter_taken", "counter_busy"
    ),
)
def close(request: HttpRequest, counter_id: UUID) -> CounterOut:
    """Leave one's counter. A closed one stays closed."""
    _require_counter(request, counter_id)
    return _counter_out(close_counter(counter_id, staff=staff_of(request)))


@router.post(
    "/counters/{uuid:counter_id}/next",
    response={200: CalledOut, 204: None},
    summary="Call the next person",
    openapi_extra=answers(
        "unauthorized",
        "not_permitted",
        "not_found",
        "counter_taken",
        "counter_closed",
        "counter_busy",
    ),
)
def call_next_person(request: HttpRequest, counter_id: UUID) -> Status:
    """Call whoever is due first among those the counter can serve; 204 when nobody waits."""
    _require_counter(request, counter_id)
    visit = call_next(counter_id, staff=staff_of(request))
    if visit is None:
        return Status(204, None)
    return Status(200, CalledOut(visit=visit_answer(visit.pk)))


def _require_counter(request: HttpRequest, counter_id: UUID) -> None:
    """Raise ``NotFound`` or ``NotPermitted`` unless the asker works where the counter is."""
    staff = staff_of(request)
    counter = _counter.first(counter_id)
    if counter is None:
        raise NotFound
    require_colleague(staff, counter.office)


_counter = PreparedQuery(
    lambda counter_id: (
        Counter.objects.filter(pk=counter_id)
        .select_related("office")
        .only("office", "office__authority")
    ),
    UUID,
)


def _counter_out(counter: Counter) -> CounterOut:
    return CounterOut(
        id=str(counter.pk),
        label=counter.label,
        staff=counter.staff.username if counter.staff else None,
        state=counter.state,
    )
