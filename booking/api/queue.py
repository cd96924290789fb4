"""Who is waiting, called and being served at an office."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from booking.domain.permissions import require_colleague
from booking.models import Visit

from .auth import BearerToken, staff_of
from .reference import answers
from .requests import get_office
from .schemas import QueueOut
from .visit_answers import visit_out, with_everything

router = Router(tags=["Queue"], auth=BearerToken())


@router.get(
    "/offices/{uuid:office_id}/queue",
    response=QueueOut,
    summary="The queue",
    openapi_extra=answers("unauthorized", "not_permitted", "not_found"),
)
def get_queue(request: HttpRequest, office_id: UUID) -> QueueOut:
    """For the staff of the office. Parked visits are not in the queue."""
    office = get_office(office_id)
    require_colleague(staff_of(request), office)
    groups: dict[str, list] = {
        state: [] for state in (Visit.State.WAITING, Visit.State.CALLED, Visit.State.SERVING)
    }
    for visit in with_everything(Visit.objects.filter(office=office, state__in=list(groups))):
        groups[visit.state].append(visit_out(visit, visit.items.all()))
    return QueueOut(**groups)
