"""In a rush, before a time is held: the device works a moment, or a mail is to be answered."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from booking.domain.errors import ProofNeeded, WithoutProofFull
from booking.domain.items import Item
from booking.models import Office

from .flow import flow_of
from .selection import times_path
from .steps import booking_steps

# RFC 6585: the request is right, and lacks something.
STATUS = 428


def proof_page(
    request: HttpRequest,
    office: Office,
    items: Sequence[Item],
    start: datetime,
    needed: ProofNeeded,
    full: WithoutProofFull | None = None,
) -> HttpResponse:
    """Goes on by itself with JavaScript; a button goes on without. Nothing is held yet."""
    context = {
        "authority": office.authority,
        "office": office,
        "items": items,
        "start": start.astimezone(office.zone),
        "flow": flow_of(request),
        "challenge": json.dumps(needed.challenge),
        "full": full,
        "steps": booking_steps(office, items),
        "times_path": times_path(office, items),
    }
    return render(request, "citizen/proof.html", context, status=STATUS)
