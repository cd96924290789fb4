"""How a visit looks to staff: number and matter, never a name."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from booking.models import Visit, VisitItem

from .schemas import NamedItemOut, VisitAppointmentOut, VisitOut


def with_everything(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """The visits with all that an answer needs, in two queries."""
    items = VisitItem.objects.select_related("offering__service")
    return visits.select_related("office", "counter", "appointment").prefetch_related(
        Prefetch("items", items)
    )


def visit_answer(visit_id: UUID) -> VisitOut:
    """The visit as it stands now."""
    return visit_out(with_everything(Visit.objects.all()).get(pk=visit_id))


def visit_out(visit: Visit) -> VisitOut:
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
            for item in visit.items.all()
        ],
        arrived_at=visit.arrived_at.astimezone(zone),
        due_at=visit.due_at.astimezone(zone),
        appointment=VisitAppointmentOut(
            id=str(appointment.pk), start=appointment.start.astimezone(zone)
        )
        if appointment
        else None,
    )
