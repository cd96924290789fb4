"""What requests have in common: moments, keys that make repeating safe, offices."""

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from ninja import Header
from pydantic import BeforeValidator, WithJsonSchema

from booking.domain.errors import NotFound, OutsideHours, Refused
from booking.domain.items import Item, add_up, items_among, reading_offerings
from booking.models import Office
from booking.prepared import PreparedQuery, ask
from booking.translation import texts_of

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _parse_moment(value: Any) -> datetime:
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        raise ValueError("a time such as 2026-12-01T08:00, or with an offset")
    return datetime.fromisoformat(value)


def _parse_day(value: Any) -> date:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError("a day such as 2026-12-01")
    day = date.fromisoformat(value)
    if not 2000 <= day.year <= 2200:
        raise ValueError("a day of this century or the next")
    return day


Moment = Annotated[
    datetime,
    BeforeValidator(_parse_moment),
    WithJsonSchema(
        {
            "type": "string",
            "examples": ["2026-12-01T08:00", "2026-12-01T08:00:00+01:00"],
            "description": "Local time of the office, or any time with its offset.",
        }
    ),
]
Day = Annotated[date, BeforeValidator(_parse_day)]
ProofOfWork = Annotated[
    str,
    Header(
        alias="Proof-Of-Work",
        max_length=4000,
        description="The solved `challenge` of an answer `proof_needed`, as Base64 of "
        "`{challenge, solution}`.",
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x20-\x7e]+$",
        description="Chosen by the client, best a random UUID: repeating the request with the "
        "same key makes nothing twice and gets the same answer.",
    ),
]


def start_in(zone: ZoneInfo, start: datetime) -> datetime:
    """``start`` in UTC; without an offset it is local time in ``zone``.

    An hour that happens twice means the first. Raises ``OutsideHours`` for an hour that the
    change of clocks leaves out, and for a time no calendar reaches.
    """
    try:
        moment = start.replace(tzinfo=start.tzinfo or zone).astimezone(UTC)
        local = moment.astimezone(zone)
    except OverflowError:
        raise OutsideHours from None
    if start.tzinfo is None and local.replace(tzinfo=None) != start:
        raise OutsideHours
    return moment


def scoped_key(scope: str, key: str | None) -> str | None:
    """The client's idempotency key as it is stored: no two scopes can ever share one.

    Hashed, so that a key of the API never equals one of the pages or of another client.
    """
    if key is None:
        return None
    return hashlib.sha256(f"api:{scope}:{key}".encode()).hexdigest()


def get_office_and_items(
    office_id: UUID, chosen: Iterable[tuple[str, int]]
) -> tuple[Office, list[Item]]:
    """Raises ``NotFound`` first, then what ``choose_items`` raises."""
    try:
        quantities = add_up(chosen)
    except Refused:
        get_office(office_id)
        raise
    found, offered = ask(
        _office_without_texts.statement(office_id),
        reading_offerings(office_id, quantities, with_service=False),
    )
    if not found:
        raise NotFound
    return found[0], items_among(offered, quantities)


def get_office(office_id: UUID) -> Office:
    """Raises ``NotFound``."""
    office = _office.first(office_id)
    if office is None:
        raise NotFound
    return office


_office = PreparedQuery(lambda office_id: Office.objects.filter(pk=office_id), UUID)
_office_without_texts = PreparedQuery(
    lambda office_id: Office.objects.filter(pk=office_id).defer(*texts_of(Office)), UUID
)
