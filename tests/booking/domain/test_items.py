from uuid import UUID

import pytest

from booking.domain.errors import (
    NothingChosen,
    NotOnline,
    NotWalkIn,
    OfferingUnknown,
    QuantityOutOfRange,
)
from booking.domain.items import (
    Item,
    choose_items,
    require_online,
    require_walk_in,
    total_minutes,
)
from tests import factories


@pytest.mark.parametrize(
    "write",
    [str, lambda pk: pk, lambda pk: str(pk).upper(), lambda pk: pk.hex, lambda pk: f"{{{pk}}}"],
)
def test_an_offering_is_found_however_its_id_is_written(office, offering, write):
    assert choose_items(office, [(write(offering.pk), 2)]) == [Item(offering, 2)]


def test_the_same_offering_twice_adds_up(office, offering):
    chosen = [(str(offering.pk), 1), (str(offering.pk).upper(), 2)]
    assert choose_items(office, chosen) == [Item(offering, 3)]


def test_the_order_of_choosing_is_kept(office, offering):
    other = factories.OfferingFactory(office=office)
    chosen = choose_items(office, [(other.pk, 1), (offering.pk, 1)])
    assert [item.offering for item in chosen] == [other, offering]


@pytest.mark.parametrize("wrong", ["", "x", "1", "\x00", "ü", str(UUID(int=4)), UUID(int=4)])
def test_what_is_not_offered_here_is_unknown(office, offering, wrong):
    with pytest.raises(OfferingUnknown):
        choose_items(office, [(offering.pk, 1), (wrong, 1)])


def test_another_offices_offering_is_unknown_here(office):
    with pytest.raises(OfferingUnknown):
        choose_items(office, [(factories.OfferingFactory().pk, 1)])


@pytest.mark.parametrize("quantity", [-1, 0, 5, 10**9])
def test_only_as_many_persons_as_the_offering_allows(office, offering, quantity):
    with pytest.raises(QuantityOutOfRange):
        choose_items(office, [(offering.pk, quantity)])


def test_something_must_be_chosen(office):
    with pytest.raises(NothingChosen):
        choose_items(office, [])


def test_online_and_walk_in_are_asked_of_every_item(office, offering):
    neither = factories.OfferingFactory(office=office, online=False, walk_in=False)
    require_online([Item(offering, 1)])
    require_walk_in([Item(offering, 1)])
    with pytest.raises(NotOnline):
        require_online([Item(offering, 1), Item(neither, 1)])
    with pytest.raises(NotWalkIn):
        require_walk_in([Item(offering, 1), Item(neither, 1)])


def test_minutes_are_counted_for_each_person(office, offering):
    longer = factories.OfferingFactory(office=office, minutes=25)
    assert total_minutes([Item(offering, 2), Item(longer, 1)]) == 45
