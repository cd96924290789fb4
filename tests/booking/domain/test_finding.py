"""Which offices do it, and when, side by side."""

from datetime import date, datetime, time, timedelta

import pytest

from booking.domain.availability import free_starts
from booking.domain.errors import (
    NothingChosen,
    NotOnline,
    NotTogether,
    QuantityOutOfRange,
    ServiceUnknown,
)
from booking.domain.finding import Part, Preferences, free_at, offices_for
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from tests import factories
from tests.conftest import TUESDAY


@pytest.fixture
def north(office):
    """A second office of the town, open on Tuesdays and Thursdays."""
    north = factories.OfficeFactory(
        authority=office.authority, name="Nord", step_free=True, spoken_languages=["uk"]
    )
    factories.make_hours(north, opens=time(9), closes=time(18))
    factories.make_hours(north, weekday=3, opens=time(9), closes=time(10))
    return north


@pytest.fixture
def in_the_north(north, offering):
    return factories.OfferingFactory(office=north, service=offering.service, max_quantity=2)


def names(offices) -> list[str]:
    return [one.office.name for one in offices]


def test_every_office_that_does_it_is_found_by_name(office, offering, in_the_north):
    found = offices_for(office.authority, {offering.service.slug: 2})
    assert names(found) == ["Bürgerbüro", "Nord"]
    assert [one.items for one in found] == [[Item(offering, 2)], [Item(in_the_north, 2)]]


def test_an_office_that_takes_fewer_persons_is_not_found(office, offering, in_the_north):
    assert names(offices_for(office.authority, {offering.service.slug: 3})) == ["Bürgerbüro"]


def test_only_an_office_that_does_everything_is_found(office, offering, in_the_north):
    other = factories.OfferingFactory(office=office)
    both = {offering.service.slug: 1, other.service.slug: 1}
    assert names(offices_for(office.authority, both)) == ["Bürgerbüro"]


def test_what_no_office_does_together_says_so(office, offering, north):
    elsewhere = factories.OfferingFactory(office=north)
    with pytest.raises(NotTogether):
        offices_for(office.authority, {offering.service.slug: 1, elsewhere.service.slug: 1})


def test_an_office_where_it_is_not_online_is_not_found(office, offering, in_the_north):
    in_the_north.online = False
    in_the_north.save()
    assert names(offices_for(office.authority, {offering.service.slug: 1})) == ["Bürgerbüro"]
    offering.online = False
    offering.save()
    with pytest.raises(NotOnline):
        offices_for(office.authority, {offering.service.slug: 1})


@pytest.mark.parametrize("slug", ["nonsense", "", "\x00", "a" * 51, "ä"])
def test_an_unknown_service_is_refused(office, offering, slug):
    with pytest.raises(ServiceUnknown):
        offices_for(office.authority, {offering.service.slug: 1, slug: 1})


def test_a_service_of_another_town_is_unknown(office):
    foreign = factories.OfferingFactory()
    with pytest.raises(ServiceUnknown):
        offices_for(office.authority, {foreign.service.slug: 1})


def test_nothing_chosen_and_too_many_are_refused(office, offering, in_the_north):
    with pytest.raises(NothingChosen):
        offices_for(office.authority, {})
    with pytest.raises(QuantityOutOfRange) as refused:
        offices_for(office.authority, {offering.service.slug: 5})
    assert refused.value.at_most == 4


@pytest.fixture
def both(office, offering, in_the_north):
    return offices_for(office.authority, {offering.service.slug: 1})


def test_side_by_side_says_what_each_office_says_alone(both):
    found = free_at(both)
    assert [
        free_starts(one.office, one.items, first_day=TUESDAY.date(), days=100) for one in both
    ] == [at.by_day for at in found]
    assert [at.first.hour for at in found] == [9, 9]
    assert list(found[1].by_day)[:2] == [date(2026, 11, 24), date(2026, 11, 26)]


def test_each_office_has_its_own_horizon(both):
    short = both[1].office
    short.horizon_days = 3
    short.save()
    days = [list(at.by_day) for at in free_at(both)]
    assert days[1] == [date(2026, 11, 24), date(2026, 11, 26)]
    assert len(days[0]) > 2


def test_each_office_has_its_own_time_zone(office, offering):
    west = factories.OfficeFactory(
        authority=office.authority, name="West", time_zone="Atlantic/Azores"
    )
    factories.make_hours(west, opens=time(22), closes=time(23))
    factories.OfferingFactory(office=west, service=offering.service)
    found = free_at(offices_for(office.authority, {offering.service.slug: 1}))
    assert next(starts[0].hour for starts in found[1].by_day.values()) == 22
    assert {day.weekday() for day in found[1].by_day} == {1}


def test_preferences_choose_offices_days_and_hours(both):
    def found(**preferences) -> list[tuple[str, date, int]]:
        return [
            (at.office.name, at.first.date(), at.first.hour)
            for at in free_at(both, Preferences(**preferences))
            if at.first
        ]

    assert found(step_free=True) == [("Nord", date(2026, 11, 24), 9)]
    assert found(language="uk") == [("Nord", date(2026, 11, 24), 9)]
    assert found(language="tr") == []
    assert found(offices=frozenset({both[0].office.pk})) == [("Bürgerbüro", date(2026, 11, 24), 9)]
    assert found(weekdays=frozenset({3})) == [("Nord", date(2026, 11, 26), 9)]
    assert found(part=Part.AFTERNOON) == [("Nord", date(2026, 11, 24), 12)]


def test_noon_belongs_to_the_afternoon(office):
    noon = datetime(2026, 11, 24, 12, tzinfo=office.zone)
    assert Part.of(noon) == Part.AFTERNOON
    assert Part.of(noon - timedelta(minutes=1)) == Part.MORNING


@pytest.mark.django_db(transaction=True)
def test_side_by_side_asks_as_often_for_twenty_offices_as_for_two(
    office, offering, in_the_north, django_assert_num_queries
):
    def asked(count: int) -> None:
        offices = offices_for(office.authority, {offering.service.slug: 1})
        free_at(offices)  # publishes what is missing
        with django_assert_num_queries(count):
            free_at(offices)
        hold_appointment(
            office=office,
            items=[Item(offering, 1)],
            start=free_at(offices)[0].first,
        )
        with django_assert_num_queries(7):
            free_at(offices)

    asked(1)
    for _number in range(18):
        more = factories.OfficeFactory(authority=office.authority)
        factories.make_hours(more)
        factories.OfferingFactory(office=more, service=offering.service)
    asked(1)


@pytest.mark.django_db(transaction=True)
def test_only_the_office_that_changed_is_looked_at_again(both, offering):
    first = free_at(both)
    hold_appointment(office=both[0].office, items=both[0].items, start=first[0].first)
    second = free_at(both)
    assert second[1].by_day is first[1].by_day
    assert second[0].by_day is not first[0].by_day
