"""What a clerk notes about a visit. It vanishes with the personal data and is in no log."""

from uuid import UUID

from django.db import transaction

from booking.models import Visit

from .announcements import announce
from .errors import NoteTooLong, WrongState

LONGEST = Visit._meta.get_field("note").max_length


@transaction.atomic
def set_note(visit_id: UUID, *, note: str) -> Visit:
    """Write, change or (empty) remove the note while the person is here.

    Raises ``WrongState`` or ``NoteTooLong``.
    """
    visit = Visit.objects.select_for_update().get(pk=visit_id)
    if visit.state not in Visit.OPEN:
        raise WrongState(visit)
    # PostgreSQL stores no text with a NUL.
    text = note.replace("\0", "").strip()
    if len(text) > LONGEST:
        raise NoteTooLong(LONGEST)
    visit.note = text
    visit.save(update_fields=["note"])
    announce(visit.office_id)
    return visit
