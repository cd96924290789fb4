"""What stands on a ticket, the same on paper, in the PDF and in the browser's print."""

from collections.abc import Sequence
from dataclasses import dataclass

import segno
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.domain.links import ticket_link
from booking.domain.wait_range import told_range
from booking.domain.waiting import people_ahead
from booking.domain.waits import forecast_for
from booking.models import Visit, VisitItem
from booking.wait_words import labelled_wait_text


@dataclass(frozen=True)
class Slip:
    """Words in the active language; ``link`` is the visitor's own page."""

    town: str
    office: str
    number: str
    services: list[str]
    # Who is called before, and for how long one waits: empty where nobody can say.
    ahead: str
    wait: str
    directions: str
    drawn: str
    link: str
    hint: str


def slip_of(visit: Visit) -> Slip:
    """The ticket of a visit, as things stand now."""
    arrived = visit.arrived_at.astimezone(visit.office.zone)
    items = list(visit.items.select_related("offering__service"))
    return Slip(
        town=visit.office.authority.name,
        office=visit.office.name,
        number=visit.number,
        services=[_service(item) for item in items],
        ahead=ahead_in_words(visit),
        wait=_wait_in_words(visit, items),
        directions=visit.office.directions or "",
        drawn=f"{date_format(arrived, 'SHORT_DATE_FORMAT')}  {arrived:%H:%M}",
        link=ticket_link(visit.pk),
        hint=_("Follow your number on your phone"),
    )


def _service(item: VisitItem) -> str:
    """“Identity card”, or “2 × Identity card”."""
    return str(item.offering) if item.quantity == 1 else f"{item.quantity} × {item.offering}"


def _wait_in_words(visit: Visit, items: Sequence[VisitItem]) -> str:
    waits = forecast_for(visit.office_id) if visit.state == Visit.State.WAITING else None
    wait = waits.of_visit(visit, {item.offering_id for item in items}) if waits else None
    return labelled_wait_text(wait) if told_range(wait) else ""


def ahead_in_words(visit: Visit) -> str:
    """How many are called before, or what has happened meanwhile."""
    if visit.state in Visit.AT_COUNTER:
        return _("Please go to counter %(counter)s") % {"counter": visit.counter.label}
    ahead = people_ahead(visit)
    if not ahead:
        return _("You are next")
    return ngettext("%(count)d person before you", "%(count)d people before you", ahead) % {
        "count": ahead
    }


def qr_image(link: str) -> str:
    """The QR code as a ``data:`` address for an ``img``."""
    return segno.make(link, error="m", micro=False).svg_data_uri(border=0, scale=4)
