"""How a visit looks to staff: number and matter, never a name."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from booking.models import Visit, VisitItem
from booking.prepared import PreparedQuery, ask

from .schemas import NamedItemOut, VisitAppointmentOut, VisitOut

JOINED = ("office", "counter", "appointment")


def with_everything(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """The visits with all that an answer needs, in two queries."""
    items = VisitItem.objects.select_related("offering__service")
    return visits.select_related(*JOINED).prefetch_related(Prefetch("items", items))


def visit_answer(visit_id: UUID) -> VisitOut:
    """The visit as it stands now."""
    (visit,), items = ask(_visit.statement(visit_id), _items.statement(visit_id))
    return visit_out(visit, items)


_visit = PreparedQuery(
    lambda visit_id: Visit.objects.filter(pk=visit_id).select_related(*JOINED), UUID
)
_items = PreparedQuery(
    lambda visit_id: VisitItem.objects.filter(visit=visit_id).select_related("offering__service"),
    UUID,
)


def visit_out(visit: Visit, items: Iterable[VisitItem]) -> VisitOut:
    zone = visit.office.zone
    appointment = visit.appointment
    return VisitOut(
        id=str(visit.pk),
        number=visit.number,
        state=visit.state,
        counter=visit.counter.label if visit.counter else None,
        offerings=[
            NamedItemOut(
                id=str(item.offering_id),
                quantity=item.quantity,
                name=item.offering.service.name,
            )
            for item in items
        ],
        arrived_at=visit.arrived_at.astimezone(zone),
        due_at=visit.due_at.astimezone(zone),
        appointment=VisitAppointmentOut(
            id=str(appointment.pk), start=appointment.start.astimezone(zone)
        )
        if appointment
        else None,
    )
