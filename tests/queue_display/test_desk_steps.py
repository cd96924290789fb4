"""Undo, notes, pauses with a reason, several services and what one served, at the desk."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from booking import clock
from booking.domain import visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import draw_ticket
from booking.domain.counters import open_counter
from booking.domain.items import Item
from booking.domain.undo import undo
from booking.models import Counter, Visit
from queue_display.desk_served import served_today
from queue_display.desk_state import desk_state
from tests.factories import CounterFactory, OfferingFactory, make_staff


@pytest.fixture
def at_desk(client, clerk):
    client.force_login(clerk)
    return client


@pytest.fixture
def wait(set_time):
    return lambda **length: set_time(clock.now() + timedelta(**length))


@pytest.fixture
def serve(staffed_counter, clerk):
    """Somebody is called and has come."""

    def one():
        visit = visits.call_next(staffed_counter.pk, staff=clerk)
        return visits.begin(visit.pk, actor=Actor(staff=clerk))

    return one


def page_of(client, office):
    return client.get(reverse("desk_office", args=[office.pk])).content.decode()


def button(page, name):
    return page.split(f'id="{name}"')[1].split("</button>")[0]


# Undo ------------------------------------------------------------------------------


def test_undo_stands_on_both_screens_of_a_person_until_one_of_them_uses_it(
    at_desk, office, staffed_counter, clerk, arrive
):
    arrive()
    second_screen = Client()
    second_screen.force_login(clerk)
    at_desk.post(reverse("desk_next", args=[staffed_counter.pk]))
    for screen in (at_desk, second_screen):
        assert 'data-seconds="10"' in button(page_of(screen, office), "do-undo")
    second_screen.post(reverse("desk_undo", args=[office.pk]))
    assert Visit.objects.get().state == Visit.State.WAITING
    for screen in (at_desk, second_screen):
        assert " disabled" in button(page_of(screen, office), "do-undo")
    late = at_desk.post(reverse("desk_undo", args=[office.pk]), follow=True)
    assert "Das lässt sich nicht mehr rückgängig machen." in late.content.decode()


def test_undo_says_what_it_takes_back_and_how_long_it_can(
    office, staffed_counter, clerk, arrive, wait
):
    arrive()
    visits.call_next(staffed_counter.pk, staff=clerk)
    wait(seconds=3.5)
    offered = desk_state(office, clerk).undo
    assert (offered.seconds, offered.what) == (7, "A001 aufgerufen")
    wait(seconds=6.5)
    assert desk_state(office, clerk).undo is None


def test_a_colleague_can_undo_nothing_of_mine(office, staffed_counter, clerk, arrive):
    arrive()
    visits.call_next(staffed_counter.pk, staff=clerk)
    colleague = make_staff(office)
    open_counter(CounterFactory(office=office).pk, staff=colleague)
    assert desk_state(office, colleague).undo is None


def test_after_an_undo_the_clock_of_the_person_goes_on(office, clerk, arrive, serve, wait):
    arrive()
    visit = serve()
    wait(minutes=4)
    visits.park(visit.pk, actor=Actor(staff=clerk))
    wait(seconds=5)
    undo(staff=clerk)
    assert desk_state(office, clerk).current.lasting.clock == "4:05"


# Notes -----------------------------------------------------------------------------


def test_a_note_is_shown_where_the_person_is_and_nowhere_outside(
    at_desk, office, arrive, serve, clerk
):
    visit = arrive()
    address = reverse("desk_note", args=[visit.pk])
    at_desk.post(address, {"note": "Holt das Passbild <b>"})
    assert "Holt das Passbild &lt;b&gt;" in page_of(at_desk, office)
    serve()
    assert 'class="why note"' in page_of(at_desk, office)
    assert "Holt das Passbild" in at_desk.get(address).content.decode()
    phone = Client().get(reverse("ticket", args=[visit.pk])).content.decode()
    assert "Passbild" not in phone


def test_a_note_that_is_too_long_is_kept_for_correction(at_desk, arrive):
    visit = arrive()
    answer = at_desk.post(reverse("desk_note", args=[visit.pk]), {"note": "x" * 501})
    page = answer.content.decode()
    assert "Eine Notiz hat höchstens 500 Zeichen." in page
    assert "x" * 501 in page


# Pauses ----------------------------------------------------------------------------


def test_a_pause_has_a_reason_that_colleagues_see(at_desk, office, staffed_counter):
    address = reverse("desk_pause", args=[staffed_counter.pk])
    assert 'value="phone"' in at_desk.get(address).content.decode()
    at_desk.post(address, {"paused": "1", "reason": "phone"})
    colleague = Client()
    colleague.force_login(make_staff(office))
    assert "Pause: Telefonat" in page_of(at_desk, office)
    taken = page_of(colleague, office)
    assert "Telefonat" in taken
    at_desk.post(address, {"paused": "0"})
    staffed_counter.refresh_from_db()
    assert (staffed_counter.state, staffed_counter.pause_reason) == (Counter.State.OPEN, "")


def test_calling_somebody_ends_the_pause_and_its_reason(at_desk, staffed_counter, arrive):
    arrive()
    address = reverse("desk_pause", args=[staffed_counter.pk])
    at_desk.post(address, {"paused": "1", "reason": "meeting"})
    at_desk.post(reverse("desk_next", args=[staffed_counter.pk]))
    staffed_counter.refresh_from_db()
    assert (staffed_counter.state, staffed_counter.pause_reason) == (Counter.State.OPEN, "")


def test_a_reason_that_does_not_exist_is_none(at_desk, staffed_counter):
    address = reverse("desk_pause", args=[staffed_counter.pk])
    at_desk.post(address, {"paused": "1", "reason": "holidays"})
    staffed_counter.refresh_from_db()
    assert (staffed_counter.state, staffed_counter.pause_reason) == (Counter.State.PAUSED, "")


# Several services ------------------------------------------------------------------


@pytest.fixture
def cars(office):
    return OfferingFactory(office=office, minutes=25)


@pytest.fixture
def for_both(office, offering, cars):
    items = [Item(offering, 2), Item(cars, 1)]
    return draw_ticket(office=office, items=items, actor=CITIZEN)


def test_each_of_several_services_is_ticked_off(at_desk, office, for_both, serve, offering, cars):
    serve()
    page = page_of(at_desk, office)
    assert "<small>20 min</small>" in page
    assert "<small>25 min</small>" in page
    at_desk.post(reverse("desk_item_done", args=[for_both.pk, offering.pk]))
    page = page_of(at_desk, office)
    assert f"<s>2 × {offering}</s>" in page
    assert f'id="done-{cars.pk}"' in page
    assert f'id="done-{offering.pk}"' not in page


def test_a_service_of_somebody_a_colleague_serves_is_not_ticked_off(
    office, for_both, serve, offering
):
    serve()
    stranger = Client()
    stranger.force_login(make_staff(office))
    stranger.post(reverse("desk_item_done", args=[for_both.pk, offering.pk]))
    assert for_both.items.filter(done_at=None).count() == 2


def test_finish_says_that_the_person_goes_on_to_another_counter(
    at_desk, office, staffed_counter, for_both, offering, serve
):
    staffed_counter.offerings.add(offering)
    serve()
    assert "Weiter an einen anderen Schalter" in button(page_of(at_desk, office), "do-finish")
    answer = at_desk.post(
        reverse("desk_visit", args=[for_both.pk, "finish"]), headers={"HX-Request": "true"}
    )
    assert "A001 wartet jetzt auf einen anderen Schalter." in answer.content.decode()
    state = desk_state(office, Counter.objects.get(pk=staffed_counter.pk).staff)
    assert [person.servable for person in state.waiting] == [False]


# What I served today ---------------------------------------------------------------


def test_what_one_served_is_told_with_its_times(
    office, clerk, staffed_counter, for_both, offering, arrive, serve, wait
):
    wait(minutes=1)
    arrive()
    serve()
    wait(minutes=8)
    visits.finish_item(for_both.pk, offering.pk, actor=Actor(staff=clerk))
    wait(minutes=12)
    visits.finish_and_call_next(staffed_counter.pk, staff=clerk)
    second = Visit.objects.get(counter=staffed_counter)
    visits.begin(second.pk, actor=Actor(staff=clerk))
    rows = [(one.visit.number, one.minutes, one.items) for one in served_today(office, clerk)]
    assert rows == [("A002", None, []), ("A001", 20, [(str(offering), 8)])]


def test_what_was_undone_or_served_by_others_or_yesterday_is_not_mine(
    office, clerk, staffed_counter, arrive, serve, wait
):
    arrive()
    visit = serve()
    wait(minutes=5)
    visits.finish(visit.pk, actor=Actor(staff=clerk))
    undo(staff=clerk)
    assert [one.minutes for one in served_today(office, clerk)] == [None]
    assert served_today(office, make_staff(office)) == []
    wait(days=1)
    assert served_today(office, clerk) == []


def test_the_list_asks_as_often_for_thirty_as_for_three(
    at_desk, office, clerk, staffed_counter, arrive, serve, wait, django_assert_num_queries
):
    def some(count):
        for _ in range(count):
            arrive()
            visits.finish(serve().pk, actor=Actor(staff=clerk))
            wait(minutes=1)

    address = reverse("desk_served", args=[office.pk])
    some(3)
    assert "Von mir heute bedient" in at_desk.get(address).content.decode()
    with django_assert_num_queries(7):
        at_desk.get(address)
    some(27)
    with django_assert_num_queries(7):
        assert at_desk.get(address).content.count(b"queue__number") == 30


def test_nobody_served_yet_is_said(at_desk, office):
    assert "Noch niemand." in at_desk.get(reverse("desk_served", args=[office.pk])).content.decode()
