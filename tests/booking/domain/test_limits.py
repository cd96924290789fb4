"""Limits per mail address, device, network and service: who meets one, and who never does."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import LimitReached
from booking.domain.holding import hold_appointment, move_hold
from booking.domain.items import Item
from booking.domain.limits import NOBODY, Asker, mailbox
from booking.domain.moving import move_appointment
from booking.domain.retention import delete_expired_personal_data
from booking.models import Appointment, Office
from tests import factories
from tests.conftest import BERLIN, TUESDAY

NEXT = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
HOME = Asker(device="the family's browser", network="198.51.100.0/22")


@pytest.fixture
def town(office, offering):
    """Books and holds at the office of the fixtures, a free time after the other."""

    class Town:
        taken = 0

        def limit(self, **limits) -> None:
            Office.objects.filter(pk=office.pk).update(**limits)
            office.refresh_from_db()

        def hold(self, asker: Asker = NOBODY, **options) -> Appointment:
            start = NEXT + timedelta(minutes=10 * (self.taken // 2))
            held = hold_appointment(
                office=office, items=[Item(offering, 1)], start=start, asker=asker, **options
            )
            self.taken += 1
            return held

        def book(self, email: str = "erika@example.org", **options) -> Appointment:
            return confirm_appointment(
                self.hold(**options).pk, name="Erika Mustermann", email=email
            )

    return Town()


def test_without_a_limit_nothing_is_noted_of_who_books(town):
    booked = town.book(asker=HOME)
    assert (booked.email_key, booked.device_key, booked.network_key) == ("", "", "")


def test_what_is_noted_tells_neither_address_nor_network(town):
    town.limit(email_limit=5, device_limit=5, network_limit=20)
    booked = town.book(asker=HOME)
    noted = [booked.email_key, booked.device_key, booked.network_key]
    assert [len(key) for key in noted] == [32, 32, 32]
    assert len(set(noted)) == 3
    assert "erika" not in "".join(noted)


def test_two_offices_note_the_same_address_differently(town, offering):
    town.limit(email_limit=5)
    elsewhere = factories.OfficeFactory(email_limit=5)
    factories.make_hours(elsewhere)
    items = [Item(factories.OfferingFactory(office=elsewhere), 1)]
    held = hold_appointment(office=elsewhere, items=items, start=NEXT)
    there = confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")
    assert there.email_key != town.book().email_key


def test_one_more_than_the_limit_of_an_address_is_refused_and_keeps_its_hold(town):
    town.limit(email_limit=2)
    town.book()
    town.book("ERIKA+kita@Example.org")
    held = town.hold()
    with pytest.raises(LimitReached) as refused:
        confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")
    assert (refused.value.whose, refused.value.at_most, refused.value.days) == ("email", 2, 30)
    assert "höchstens" in refused.value.message or "erlaubt" in refused.value.message
    confirm_appointment(held.pk, name="Max Mustermann", email="max@example.org")


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Erika@Example.org", "erika@example.org"),
        ("erika+1@example.org", "erika@example.org"),
        ("+erika@example.org", "+erika@example.org"),
    ],
)
def test_a_mailbox_is_one_however_it_is_written(typed, same):
    assert mailbox(typed) == same


def test_holds_count_for_the_device_until_they_lapse(town, set_time):
    town.limit(device_limit=2)
    town.hold(HOME)
    town.hold(HOME)
    with pytest.raises(LimitReached) as refused:
        town.hold(HOME)
    assert refused.value.whose == "device"
    town.hold(Asker(device="another browser", network=HOME.network))
    set_time(TUESDAY + timedelta(minutes=16))
    town.hold(HOME)


def test_holds_that_lapsed_cannot_be_confirmed_beyond_the_limit(town, set_time):
    town.limit(device_limit=1)
    first = town.hold(HOME)
    set_time(TUESDAY + timedelta(minutes=16))
    second = town.hold(HOME)
    confirm_appointment(second.pk, name="Erika Mustermann", email="erika@example.org")
    with pytest.raises(LimitReached):
        confirm_appointment(first.pk, name="Erika Mustermann", email="erika@example.org")


def test_a_lapsed_hold_cannot_be_moved_beyond_the_limit(town, offering, set_time):
    town.limit(device_limit=1)
    first = town.hold(HOME)
    set_time(TUESDAY + timedelta(minutes=16))
    town.book(asker=HOME)
    with pytest.raises(LimitReached):
        move_hold(first.pk, items=[Item(offering, 1)], start=NEXT + timedelta(hours=2))


def test_the_network_counts_one_day_whatever_the_device(town, set_time):
    town.limit(network_limit=3)
    for number in range(3):
        town.book(f"{number}@example.org", asker=Asker(f"device {number}", HOME.network))
    with pytest.raises(LimitReached) as refused:
        town.hold(Asker("device 4", HOME.network))
    assert (refused.value.whose, refused.value.days) == ("network", 1)
    town.hold(Asker("device 4", "203.0.112.0/22"))
    set_time(TUESDAY + timedelta(days=1))
    town.hold(Asker("device 4", HOME.network))


def test_a_family_of_four_children_is_not_hindered(town):
    town.limit(email_limit=5, device_limit=5, network_limit=20)
    for parent in ("mother", "mother", "father", "mother"):
        town.book(f"{parent}@example.org", asker=HOME)
    assert Appointment.objects.filter(state="booked").count() == 4


def test_cancelling_gives_the_number_back_and_forgets_whose_it_was(town):
    town.limit(email_limit=1, device_limit=1)
    first = cancel_appointment(town.book(asker=HOME).pk)
    assert (first.email_key, first.device_key) == ("", "")
    town.book(asker=HOME)


def test_moving_is_not_one_more(town):
    town.limit(email_limit=1, device_limit=1)
    booked = town.book(asker=HOME)
    move_appointment(booked.pk, start=NEXT + timedelta(hours=1))


def test_a_service_can_have_a_limit_of_its_own(town, office, offering):
    offering.limit, offering.limit_days = 1, 90
    offering.save()
    town.book(asker=HOME)
    with pytest.raises(LimitReached) as refused:
        town.hold(HOME)
    assert (refused.value.whose, refused.value.days) == ("device", 90)
    with pytest.raises(LimitReached) as refused:
        town.book(asker=Asker("another browser", HOME.network))
    assert (refused.value.whose, refused.value.for_service) == ("email", True)
    other = [Item(factories.OfferingFactory(office=office), 1)]
    held = hold_appointment(office=office, items=other, start=NEXT + timedelta(hours=3), asker=HOME)
    confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")


def test_the_office_itself_has_no_limit(town):
    town.limit(email_limit=1, device_limit=1, network_limit=1)
    town.book()
    by_phone = town.hold(by_staff=True)
    booked = confirm_appointment(
        by_phone.pk, name="Erika Mustermann", email="erika@example.org", by_staff=True
    )
    assert booked.email_key == ""


def test_the_retention_blanks_the_keys_too(town, set_time):
    town.limit(email_limit=5, device_limit=5, network_limit=20)
    booked = town.book(asker=HOME)
    set_time(NEXT + timedelta(days=4))
    delete_expired_personal_data()
    booked.refresh_from_db()
    assert (booked.email_key, booked.device_key, booked.network_key) == ("", "", "")


def test_counting_costs_the_same_however_many_have_booked(town):
    town.limit(email_limit=50, device_limit=50, network_limit=50)

    def queries() -> int:
        held = town.hold(HOME)
        with CaptureQueriesContext(connection) as captured:
            confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")
        return len(captured)

    few = queries()
    for _number in range(6):
        town.book(asker=HOME)
    assert queries() == few
