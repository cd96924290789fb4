"""What people and machines of the first town ask, each as a page of the table.

A page is a function that prepares, unmeasured, and returns what is to be measured.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from booking import clock, worker
from booking.domain import arrivals, visits
from booking.domain.actor import Actor
from booking.domain.availability import free_starts
from booking.domain.confirming import confirm_appointment
from booking.domain.counters import open_counter
from booking.domain.holding import hold_appointment
from booking.domain.holds import expire_holds
from booking.domain.items import Item
from booking.domain.permissions import make_staff_token
from booking.domain.waiting import waiting_visits
from booking.models import (
    Appointment,
    Counter,
    Offering,
    Office,
    User,
    Visit,
    VisitEvent,
    VisitItem,
)
from booking.security import appointment_secret
from queue_display import snapshot

from .towns_first import SLUG, token_of

Page = Callable[[], Callable[[], object]]
PAGES: dict[str, Page] = {}
CITIZEN, KIOSK, CLERK, DISPLAY = "citizen: ", "kiosk: ", "clerk: ", "display: "
# What the promise is about; the rest is shown beside it.
PROMISED = (CITIZEN, KIOSK, CLERK, DISPLAY)
DETAILS = {"name": "Familie Muster", "email": "muster@example.org"}
numbers = count()


def page(name: str) -> Callable[[Page], Page]:
    def register(prepare: Page) -> Page:
        PAGES[name] = prepare
        return prepare

    return register


# The town ------------------------------------------------------------------------------


@cache
def office() -> Office:
    found = Office.objects.select_related("authority")
    return found.get(authority__slug=SLUG, name_de="Bürgerbüro")


@cache
def offering() -> Offering:
    return office().offerings.select_related("service").filter(online=True, walk_in=True)[0]


@cache
def clerk() -> User:
    return Counter.objects.select_related("staff").get(office=office(), label="1").staff


@cache
def as_user(username: str) -> Client:
    client = Client()
    client.force_login(
        User.objects.get(username=username), "django.contrib.auth.backends.ModelBackend"
    )
    return client


@cache
def as_device(kind: str) -> Client:
    client = Client()
    client.cookies[f"schalter_{kind}"] = token_of(kind, office())
    return client


@cache
def staff_token() -> str:
    return make_staff_token(clerk())


def ask(client: Client, method: str, path: str, *given: Any, **more: Any) -> HttpResponse:
    """An answer that is a success or leads on; anything else is no measurement."""
    response = getattr(client, method)(path, *given, **more)
    if response.status_code >= 400:
        raise AssertionError(f"{method} {path}: {response.status_code} {response.content[:500]}")
    return response


def get(name: str, path: Callable[[], str], client: Callable[[], Client] = Client) -> None:
    """A page that only has to be asked for."""

    @page(name)
    def prepared() -> Callable[[], object]:
        asker, address = client(), path()
        return lambda: ask(asker, "get", address)


# Citizens ------------------------------------------------------------------------------


def times_query(**more: str) -> str:
    return "?" + urlencode({"offering": f"{offering().pk}:1", **more})


def times_path(**more: str) -> str:
    return reverse("times", args=[office().pk]) + times_query(**more)


def api_offices(path: str) -> str:
    return f"/api/v1/offices/{office().pk}/{path}"


get(CITIZEN + "the town", lambda: f"/{SLUG}/")
get(CITIZEN + "search", lambda: f"/{SLUG}/?q=ausweis")
get(CITIZEN + "the office", lambda: reverse("choose", args=[office().pk]))
get(CITIZEN + "times", times_path)
get(CITIZEN + "times of another month", lambda: times_path(month="2026-12"))
get(CITIZEN + "times, one is gone", lambda: times_path(taken="2026-11-26T08:00:00+01:00"))
get(
    CITIZEN + "API availability, 62 days",
    lambda: api_offices("availability" + times_query(days="62")),
)
get(CITIZEN + "API offices of the town", lambda: f"/api/v1/authorities/{SLUG}/offices")


def free_start() -> Any:
    today = clock.today(office().zone)
    free = free_starts(office(), [Item(offering(), 1)], first_day=today, days=60)
    far_ahead = [start for starts in free.values() for start in starts][-200:]
    return far_ahead[next(numbers) % len(far_ahead)]


def held() -> Appointment:
    return hold_appointment(office=office(), items=[Item(offering(), 1)], start=free_start())


def path_of(appointment: Appointment, name: str = "appointment") -> str:
    return reverse(name, args=[appointment.pk, appointment_secret(appointment.pk)])


@page(CITIZEN + "hold a time")
def hold() -> Callable[[], object]:
    fields = {"offering": f"{offering().pk}:1", "start": free_start().isoformat()}
    path = reverse("hold", args=[office().pk])
    return lambda: ask(Client(), "post", path, fields)


@page(CITIZEN + "details")
def details() -> Callable[[], object]:
    path = path_of(held())
    return lambda: ask(Client(), "get", path)


@page(CITIZEN + "confirm")
def confirm() -> Callable[[], object]:
    appointment = held()
    fields = DETAILS | {"phone": "", "expected_start": appointment.start.isoformat()}
    return lambda: ask(Client(), "post", path_of(appointment), fields)


def booked() -> Appointment:
    return confirm_appointment(held().pk, **DETAILS)


@page(CITIZEN + "the booking")
def booking() -> Callable[[], object]:
    path = path_of(booked())
    return lambda: ask(Client(), "get", path)


@page(CITIZEN + "cancel")
def cancel() -> Callable[[], object]:
    path = path_of(booked(), "cancel")
    return lambda: ask(Client(), "post", path)


@page(CITIZEN + "API hold, confirm, cancel")
def api_booking() -> Callable[[], object]:
    start = free_start().isoformat()

    def book() -> None:
        body = json.dumps({"offerings": [{"id": str(offering().pk)}], "start": start})
        held = ask(
            Client(), "post", api_offices("appointments"), body, content_type="application/json"
        ).json()
        path, secret = (
            f"/api/v1/appointments/{held['id']}",
            {"X-Appointment-Secret": held["secret"]},
        )
        ask(
            Client(), "post", f"{path}/confirm", json.dumps(DETAILS),
            content_type="application/json", headers=secret,
        )  # fmt: skip
        ask(Client(), "delete", path, headers=secret)

    return book


def some_waiting() -> Visit:
    return waiting_visits(office()).last()


get(CITIZEN + "page of a ticket", lambda: reverse("ticket", args=[some_waiting().pk]))


# Kiosk ---------------------------------------------------------------------------------


def kiosk() -> Client:
    return as_device("kiosk")


get(KIOSK + "start page", lambda: reverse("kiosk"), kiosk)
get(KIOSK + "services", lambda: reverse("kiosk_services"), kiosk)
get(KIOSK + "ticket", lambda: reverse("kiosk_ticket", args=[some_waiting().pk]), kiosk)


LAST_KEY = "measured-just-now"


def form_key() -> str:
    return LAST_KEY


@page(KIOSK + "draw a ticket")
def draw() -> Callable[[], object]:
    _undo_arrivals()
    fields = {"offering": str(offering().pk), "key": form_key()}
    return lambda: ask(kiosk(), "post", reverse("kiosk_services"), fields)


@page(KIOSK + "check in")
def check_in() -> Callable[[], object]:
    _undo_arrivals()
    coming = Appointment.objects.filter(
        office=office(), state=Appointment.State.BOOKED, visit=None, start__gt=clock.now(),
        start__lt=clock.now() + timedelta(minutes=50),
    )  # fmt: skip
    fields = {"code": coming[0].code, "key": form_key()}
    return lambda: ask(kiosk(), "post", reverse("kiosk_check_in"), fields)


def _undo_arrivals() -> None:
    """The last one measured goes again, so that the queue stays as it is."""
    today = Visit.objects.filter(office=office(), day=clock.today(office().zone))
    for visit in today.filter(idempotency_key__endswith=LAST_KEY):
        for model in (VisitEvent, VisitItem):
            model.objects.filter(visit=visit).delete()
        visit.delete()


@page(KIOSK + "a wrong code")
def wrong_code() -> Callable[[], object]:
    fields = {"code": "00000001", "key": form_key()}
    return lambda: ask(kiosk(), "post", reverse("kiosk_check_in"), fields)


# Clerks --------------------------------------------------------------------------------


def at_desk() -> Client:
    return as_user(clerk().username)


def counter() -> Counter:
    return Counter.objects.get(staff=clerk())


get(CLERK + "desk", lambda: reverse("desk_office", args=[office().pk]), at_desk)
get(CLERK + "queue, after each change", lambda: reverse("desk_queue", args=[office().pk]), at_desk)


def somebody_waits() -> None:
    """A walk-in for each call, so that the queue is as long at the end."""
    arrivals.draw_ticket(office=office(), items=[Item(offering(), 1)], actor=Actor(staff=clerk()))


def with_nobody() -> Counter:
    """The clerk's counter, free."""
    actor = Actor(staff=clerk())
    for visit in Visit.objects.filter(counter__staff=clerk()):
        if visit.state == Visit.State.CALLED:
            visits.begin(visit.pk, actor=actor)
        visits.finish(visit.pk, actor=actor)
    return counter()


@page(CLERK + "next person")
def next_person() -> Callable[[], object]:
    somebody_waits()
    path = reverse("desk_next", args=[with_nobody().pk])
    return lambda: ask(at_desk(), "post", path, headers={"HX-Request": "true"})


@page(CLERK + "begin")
def begin() -> Callable[[], object]:
    somebody_waits()
    visit = visits.call_next(with_nobody().pk, staff=clerk())
    path = reverse("desk_visit", args=[visit.pk, "begin"])
    return lambda: ask(at_desk(), "post", path, headers={"HX-Request": "true"})


@page(CLERK + "API next person")
def api_next() -> Callable[[], object]:
    somebody_waits()
    path = f"/api/v1/counters/{with_nobody().pk}/next"
    headers = {"Authorization": f"Bearer {staff_token()}"}
    return lambda: ask(Client(), "post", path, headers=headers)


@page(CLERK + "open a counter")
def open_again() -> Callable[[], object]:
    counter = with_nobody()
    return lambda: open_counter(counter.pk, staff=clerk())


# Displays ------------------------------------------------------------------------------

get(DISPLAY + "page", lambda: reverse("display"), lambda: as_device("display"))


@page(DISPLAY + "state for the sockets, 20 tickets")
def state() -> Callable[[], object]:
    tickets = list(waiting_visits(office()).values_list("pk", flat=True)[:10])
    coming = Appointment.objects.filter(office=office(), visit=None, start__gt=clock.now())
    tickets += coming.order_by("start").values_list("pk", flat=True)[:10]
    return lambda: snapshot.office_state(office().pk, tickets)


@page(DISPLAY + "version, every five seconds")
def version() -> Callable[[], object]:
    return lambda: snapshot.queue_version(office().pk)


# Set-up --------------------------------------------------------------------------------


def lead() -> Client:
    return as_user("lead")


def operator() -> Client:
    return as_user("operator")


LISTS = "authority office counter service offering openinghours closure user device".split()
LISTS += ["appointment", "visit"]
for model in LISTS:
    address = f"/setup/booking/{model}/"
    get(f"lead: list of {model}", lambda address=address: address, lead)
get("lead: set-up", lambda: "/setup/", lead)
get("lead: an office", lambda: f"/setup/booking/office/{office().pk}/change/", lead)
get("lead: new opening hours", lambda: "/setup/booking/openinghours/add/", lead)
get("lead: new closure", lambda: "/setup/booking/closure/add/", lead)
get(
    "lead: appointments of a day",
    lambda: "/setup/booking/appointment/?start__year=2026&start__month=11&start__day=24",
    lead,
)
get(
    "lead: appointments of an office",
    lambda: f"/setup/booking/appointment/?office__id__exact={office().pk}",
    lead,
)
get("lead: search in appointments", lambda: "/setup/booking/appointment/?q=reisepass", lead)
get("lead: search in staff", lambda: "/setup/booking/user/?q=clerk", lead)
get("lead: pairing a device", lambda: "/staff/pair/", lead)
for model in LISTS:
    address = f"/setup/booking/{model}/"
    get(f"operator: list of {model}", lambda address=address: address, operator)
get("operator: new opening hours", lambda: "/setup/booking/openinghours/add/", operator)
get("everybody: list of all towns", lambda: "/")
get("everybody: API list of all towns", lambda: "/api/v1/authorities")


# Worker --------------------------------------------------------------------------------

DUTIES = {
    "worker, every 5 s: heartbeat": worker.beat,
    "worker, every 5 s: expire holds": expire_holds,
    "worker, every 5 s: due mails": worker.deliver_due_mails,
    "worker, hourly: publish": worker.publish_everywhere,
    "worker, hourly: end forgotten visits": worker.end_forgotten_visits_everywhere,
    "worker, hourly: blank personal data": worker.delete_expired_personal_data,
    "worker, hourly: prune tasks": worker.prune_tasks,
    "worker, hourly: forget traces": worker.forget_traces,
}
for name, duty in DUTIES.items():
    PAGES[name] = lambda duty=duty: duty
