"""How a visit looks to staff: number and matter, never a name."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from modeltranslation.settings import AVAILABLE_LANGUAGES
from modeltranslation.utils import build_localized_fieldname

from booking.models import Visit, VisitItem
from booking.prepared import PreparedQuery, ask

from .schemas import NamedItemOut, VisitAppointmentOut, VisitOut

# Offices and services have many texts in many languages: what is not told is not read.
TOLD = (
    "letter serial state arrived_at due_at office office__time_zone"
    " counter counter__label appointment appointment__start"
).split()
TOLD_OF_ITEMS = [
    *"visit offering quantity offering__service".split(),
    *(
        build_localized_fieldname("offering__service__name", language)
        for language in AVAILABLE_LANGUAGES
    ),
]


def with_everything(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """The visits with all that an answer needs, in two queries."""
    return _joined(visits).prefetch_related(Prefetch("items", _joined_items()))


def _joined(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    return visits.select_related("office", "counter", "appointment").only(*TOLD)


def _joined_items() -> QuerySet[VisitItem]:
    return VisitItem.objects.select_related("offering__service").only(*TOLD_OF_ITEMS)


def visit_answer(visit_id: UUID) -> VisitOut:
    """The visit as it stands now."""
    (visit,), items = ask(_visit.statement(visit_id), _items.statement(visit_id))
    return visit_out(visit, items)


_visit = PreparedQuery(lambda visit_id: _joined(Visit.objects.filter(pk=visit_id)), UUID)
_items = PreparedQuery(lambda visit_id: _joined_items().filter(visit=visit_id), UUID)


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
