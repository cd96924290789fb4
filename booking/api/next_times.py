"""The next free times of a town, for its website: small, open to every page, kept for a minute."""

from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Field, Query, Router, Schema

from booking.domain.errors import NotFound
from booking.domain.finding import FreeAtOffice, free_at, offices_for
from booking.models import Authority

from .availability import Choice
from .reference import answers
from .schemas import LocalTime

router = Router(tags=["Appointments"])

COUNT_AT_MOST = 20
SECONDS_KEPT = 60


class NextTimeOut(Schema):
    """A free time, and where to take it."""

    start: LocalTime
    office: str
    office_name: str
    link: str = Field(description="The page with the times of that day at that office.")


class NextTimesOut(Schema):
    """The earliest free times over all offices of the town that do everything chosen."""

    link: str = Field(description="The page with all times.")
    times: list[NextTimeOut] = Field(description="The first of each office and day, ascending.")


@router.get(
    "/authorities/{slug:slug}/times",
    response=NextTimesOut,
    summary="Next free times of a town",
    openapi_extra=answers(
        "not_found",
        "invalid_request",
        "nothing_chosen",
        "unknown_service",
        "not_online",
        "quantity_out_of_range",
        "not_together",
    ),
)
def list_next_times(
    request: HttpRequest,
    response: HttpResponse,
    slug: str,
    service: Annotated[
        list[Choice],
        Query(
            default_factory=list,
            max_length=20,
            description="The service's short name, or `<short name>:<quantity>`.",
        ),
    ],
    count: Annotated[int, Query(ge=1, le=COUNT_AT_MOST, description="How many.")] = 3,
) -> NextTimesOut:
    """For a page of the town's website: any origin may read it, and it may be a minute old."""
    authority = Authority.objects.filter(slug=slug).first()
    if authority is None:
        raise NotFound
    quantities: dict[str, int] = {}
    for choice in service:
        name, _colon, quantity = choice.partition(":")
        quantities[name] = quantities.get(name, 0) + int(quantity or 1)
    found = free_at(offices_for(authority, quantities))
    chosen = [("service", f"{name}:{quantity}") for name, quantity in quantities.items()]
    page = settings.PUBLIC_URL + reverse("town_times", args=[authority.slug])
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={SECONDS_KEPT}"
    response["Vary"] = "Accept-Language"
    return NextTimesOut(
        link=f"{page}?{urlencode(chosen)}",
        times=[
            NextTimeOut(
                start=start,
                office=str(at.office.pk),
                office_name=at.office.name,
                link=f"{page}?{_query(chosen, at, day)}#times",
            )
            for start, day, at in _first_of_each_day(found)[:count]
        ],
    )


def _first_of_each_day(found: list[FreeAtOffice]) -> list[tuple[datetime, date, FreeAtOffice]]:
    firsts = [(starts[0], day, at) for at in found for day, starts in at.by_day.items()]
    return sorted(firsts, key=lambda one: (one[0], str(one[2].office)))


def _query(chosen: list[tuple[str, str]], at: FreeAtOffice, day: date) -> str:
    return urlencode([*chosen, ("office", str(at.office.pk)), ("day", day.isoformat())])
