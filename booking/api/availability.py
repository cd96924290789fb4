"""Which times are free."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import AfterValidator

from booking import clock
from booking.domain.availability import free_starts
from booking.domain.items import choose_items, require_online, total_minutes

from .reference import answers
from .requests import Day, get_office
from .schemas import AvailabilityOut, DayOut

router = Router(tags=["Appointments"])

DAYS_AT_MOST = 62


def _check_choice(value: str) -> str:
    _id, colon, quantity = value.partition(":")
    if colon and not (quantity.isascii() and quantity.isdigit() and len(quantity) < 5):
        raise ValueError("an id, or an id and a quantity such as <id>:2")
    return value


Choice = Annotated[str, AfterValidator(_check_choice)]


@router.get(
    "/offices/{uuid:office_id}/availability",
    response=AvailabilityOut,
    summary="Free times",
    openapi_extra=answers(
        "not_found",
        "invalid_request",
        "nothing_chosen",
        "unknown_offering",
        "not_online",
        "quantity_out_of_range",
    ),
)
def get_availability(
    request: HttpRequest,
    office_id: UUID,
    offering: Annotated[
        list[Choice],
        Query(default_factory=list, max_length=20, description="`<id>` or `<id>:<quantity>`."),
    ],
    from_: Annotated[
        Day | None, Query(alias="from", description="First day, local; today if absent.")
    ] = None,
    days: Annotated[int, Query(ge=1, le=DAYS_AT_MOST, description="How many days.")] = 14,
) -> AvailabilityOut:
    """The times at which everything chosen can be done in one go.

    Times are local to the office. On the day the clocks go back an hour exists twice; a
    time of it, sent back as `start`, means the first.
    """
    office = get_office(office_id)
    items = choose_items(office, [_id_and_quantity(choice) for choice in offering])
    require_online(items)
    first_day = from_ or clock.today(office.zone)
    free = free_starts(office, items, first_day=first_day, days=days)
    every_day = [first_day + timedelta(days=ahead) for ahead in range(days)]
    return AvailabilityOut(
        office=str(office.pk),
        minutes=total_minutes(items),
        days=[
            DayOut(date=day, starts=[f"{start:%H:%M}" for start in free.get(day, [])])
            for day in every_day
        ],
    )


def _id_and_quantity(choice: str) -> tuple[str, int]:
    offering_id, _colon, quantity = choice.partition(":")
    return offering_id, int(quantity or 1)
