"""What has to be ticked before booking: the list of what to bring, where an office asks for it."""

from collections.abc import Sequence
from uuid import UUID

from booking.models import AppointmentItem, Offering
from booking.prepared import PreparedQuery

from .errors import ChecklistOpen
from .items import Item


def documents_to_tick(items: Sequence[Item]) -> list[str]:
    """Each document once, in the order of the services; in the active language."""
    return _documents([item.offering for item in items if item.offering.checklist_required])


def require_ticked(appointment_id: UUID, *, ready: bool) -> None:
    """Raise ``ChecklistOpen`` where something has to be ticked for an appointment and is not."""
    if not ready and _documents([row.offering for row in _asking.all(appointment_id)]):
        raise ChecklistOpen


def _documents(offerings: Sequence[Offering]) -> list[str]:
    every = (document for offering in offerings for document in offering.service.document_list)
    return list(dict.fromkeys(every))


_asking = PreparedQuery(
    lambda appointment_id: AppointmentItem.objects.filter(
        appointment=appointment_id, offering__checklist_required=True
    ).select_related("offering__service"),
    UUID,
)
