"""A note of a clerk: for the people at the desk, and gone with the personal data."""

from datetime import timedelta

import pytest

from booking.domain import visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import draw_ticket
from booking.domain.errors import NoteTooLong, WrongState
from booking.domain.items import Item
from booking.domain.notes import LONGEST, set_note
from booking.domain.retention import delete_expired_personal_data
from booking.models import Queue, Visit, VisitEvent
from tests import factories
from tests.conftest import TUESDAY


@pytest.fixture
def visit(office, offering):
    return draw_ticket(office=office, items=[Item(offering, 1)], actor=CITIZEN)


def note_of(visit):
    return Visit.objects.get(pk=visit.pk).note


def test_a_note_changes_the_queue_and_is_in_no_log(visit):
    version = Queue.objects.get().version
    set_note(visit.pk, note="  Fetches the photo\0 ")
    assert note_of(visit) == "Fetches the photo"
    assert Queue.objects.get().version == version + 1
    assert [event.kind for event in VisitEvent.objects.all()] == ["drawn"]


def test_a_note_goes_with_an_empty_one(visit):
    set_note(visit.pk, note="Fetches the photo")
    set_note(visit.pk, note="")
    assert note_of(visit) == ""


def test_a_note_that_is_too_long_is_refused_whole(visit):
    set_note(visit.pk, note="x" * LONGEST)
    with pytest.raises(NoteTooLong):
        set_note(visit.pk, note="y" * (LONGEST + 1))
    assert note_of(visit) == "x" * LONGEST


def test_who_has_gone_is_noted_nothing_of(visit, clerk):
    visits.leave(visit.pk, actor=Actor(staff=clerk))
    with pytest.raises(WrongState):
        set_note(visit.pk, note="Fetches the photo")


def test_a_note_is_gone_with_the_personal_data_of_its_day(visit, set_time):
    set_note(visit.pk, note="Fetches the photo")
    elsewhere = factories.OfficeFactory(authority__retention_days=30)
    kept = Visit.objects.create(
        office=elsewhere, day=visit.day, letter="A", serial=1,
        arrived_at=TUESDAY, due_at=TUESDAY, note="Kept for longer",
    )  # fmt: skip
    keeps_for = timedelta(days=visit.office.authority.retention_days)
    set_time(TUESDAY + keeps_for)
    delete_expired_personal_data()
    assert note_of(visit) == "Fetches the photo"
    set_time(TUESDAY.replace(hour=0, minute=0) + keeps_for + timedelta(days=1))
    delete_expired_personal_data()
    assert (note_of(visit), note_of(kept)) == ("", "Kept for longer")
