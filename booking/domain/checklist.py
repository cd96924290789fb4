"""What has to be ticked before booking: the list of what to bring, where an office asks for it."""

from collections.abc import Iterable, Sequence

from booking.models import Offering

from .errors import ChecklistOpen
from .items import Item


def documents_to_tick(items: Sequence[Item]) -> list[str]:
    """Each document once, in the order of the services; in the active language."""
    return _documents(item.offering for item in items)


def require_ticked(offerings: Iterable[Offering]) -> None:
    """Raise ``ChecklistOpen`` where something has to be ticked for these."""
    if _documents(offerings):
        raise ChecklistOpen


def _documents(offerings: Iterable[Offering]) -> list[str]:
    asking = (offering for offering in offerings if offering.checklist_required)
    every = (document for offering in asking for document in offering.service.document_list)
    return list(dict.fromkeys(every))
