"""Which times are free."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import AfterValidator

from booking import clock
from booking.domain.availability import (
    REMEMBERED,
    FreeTimes,
    free_times,
    free_times_stamp,
)
from booking.domain.items import require_online, total_minutes

from .reference import answers
from .requests import Day, get_office_and_items
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
) -> HttpResponse:
    """The times at which everything chosen can be done in one go.

    Times are local to the office. On the day the clocks go back an hour exists twice; a
    time of it, sent back as `start`, means the first.
    """
    question = _Question(office_id, tuple(offering), from_, days)
    document = None
    if stamp := free_times_stamp(office_id):
        document = _remembered(question, stamp)
    if document is None or document.free.is_over():
        document = _answer(question)
    return HttpResponse(document.json, content_type="application/json")


@dataclass(frozen=True)
class _Question:
    office_id: UUID
    choices: tuple[str, ...]
    first_day: date | None
    days: int

    @property
    def chosen(self) -> list[tuple[str, int]]:
        return [_id_and_quantity(choice) for choice in self.choices]


@dataclass(frozen=True)
class _Document:
    json: bytes
    free: FreeTimes


@lru_cache(REMEMBERED)
def _remembered(question: _Question, _stamp: Hashable) -> _Document:
    """The answer, written once for everybody who asks the same while nothing changes."""
    return _answer(question)


def _answer(question: _Question) -> _Document:
    office, items = get_office_and_items(question.office_id, question.chosen)
    require_online(items)
    first_day = question.first_day or clock.today(office.zone)
    free = free_times(office, items, first_day=first_day, days=question.days)
    every_day = [first_day + timedelta(days=ahead) for ahead in range(question.days)]
    answer = AvailabilityOut(
        office=str(office.pk),
        minutes=total_minutes(items),
        days=[
            DayOut(date=day, starts=[f"{start:%H:%M}" for start in free.by_day.get(day, [])])
            for day in every_day
        ],
    )
    return _Document(answer.model_dump_json().encode(), free)


def _id_and_quantity(choice: str) -> tuple[str, int]:
    offering_id, _colon, quantity = choice.partition(":")
    return offering_id, int(quantity or 1)
