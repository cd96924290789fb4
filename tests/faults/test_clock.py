"""The server's clock jumps by an hour, forwards and back: nothing lost, doubled or frozen."""

import asyncio
import json
import time
from datetime import datetime, timedelta

import pytest
from django.core import mail as sent
from websockets.asyncio.client import ClientConnection, connect

from booking.domain import arrivals, visits
from booking.domain.actor import CITIZEN
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.counters import open_counter
from booking.domain.devices import make_device, mark_seen
from booking.domain.errors import TooManyAttempts
from booking.domain.health import beat, worker_state
from booking.domain.holding import hold_appointment
from booking.domain.holds import expire_holds
from booking.domain.items import Item
from booking.domain.outbox import deliver_due_mails
from booking.models import Appointment, Slot
from booking.throttle import count_attempt
from queue_display.snapshot import display_message
from tests import factories
from tests.conftest import BERLIN, TUESDAY
from tests.installation import Installation, Program

from .jumping_clock import set_clock
from .mail_servers import Mailbox, mail_server
from .small_town import SmallTown, make_small_town

HOUR = timedelta(hours=1)
START = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
both_ways = pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forwards", "back"])


@pytest.fixture
def held(office, offering):
    return hold_appointment(office=office, items=[Item(offering, 1)], start=START)


def booked_places() -> int:
    return sum(Slot.objects.values_list("booked", flat=True))


@both_ways
def test_a_hold_gives_its_place_back_once(held, set_time, jump):
    """Forwards it ends too early, back an hour late; the place is neither lost nor doubled."""
    set_time(TUESDAY + jump)
    expire_holds()
    assert booked_places() == (0 if jump > timedelta(0) else 1)
    set_time(TUESDAY + 2 * HOUR)
    expire_holds()
    expire_holds()
    assert booked_places() == 0


@both_ways
def test_the_citizen_confirms_all_the_same(held, set_time, jump):
    set_time(TUESDAY + jump)
    expire_holds()
    confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")
    assert Appointment.objects.get().state == Appointment.State.BOOKED
    assert booked_places() == 1


@both_ways
def test_a_mail_leaves_at_once_and_once(held, set_time, jump):
    confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")
    set_time(TUESDAY + jump)
    assert deliver_due_mails() == 1
    assert deliver_due_mails() == 0
    cancel_appointment(held.pk)
    assert deliver_due_mails() == 1
    methods = [message.attachments[0].get_param("method") for message in sent.outbox]
    assert methods == ["REQUEST", "CANCEL"]


@both_ways
def test_nobody_is_throttled_for_an_hour(set_time, jump):
    for _ in range(3):
        count_attempt("code", "kiosk", limit=3)
    with pytest.raises(TooManyAttempts):
        count_attempt("code", "kiosk", limit=3)
    set_time(TUESDAY + jump)
    count_attempt("code", "kiosk", limit=3)


@both_ways
def test_a_worker_that_died_does_not_look_alive(db, set_time, jump):
    beat()
    assert worker_state() == "ok"
    set_time(TUESDAY + jump)
    assert worker_state() == "late"
    beat()
    assert worker_state() == "ok"


@both_ways
def test_a_device_counts_as_seen_now(office, set_time, jump):
    device, _token = make_device(kind="kiosk", office=office)
    mark_seen(device)
    set_time(TUESDAY + jump)
    mark_seen(device)
    device.refresh_from_db()
    assert device.last_seen_at == TUESDAY + jump


@both_ways
def test_a_call_is_shown_however_many_counters_are_busy(office, offering, set_time, jump):
    """Back, the new call looks like the oldest of all; the display shows ten."""
    for _ in range(11):
        arrivals.draw_ticket(office=office, items=[Item(offering, 1)], actor=CITIZEN)
    counters = [factories.CounterFactory(office=office) for _ in range(11)]
    clerks = [factories.make_staff(office) for _ in counters]
    for counter, clerk in zip(counters, clerks, strict=True):
        open_counter(counter.pk, staff=clerk)
    for counter, clerk in zip(counters[:10], clerks, strict=False):
        visit = visits.call_next(counter.pk, staff=clerk)
        visits.begin(visit.pk, actor=CITIZEN)
    before = display_message(office.pk)["version"]
    set_time(TUESDAY + jump)
    called = visits.call_next(counters[10].pk, staff=clerks[10])
    shown = display_message(office.pk)
    assert called.number in {call["number"] for call in shown["calls"]}
    assert shown["version"] > before


# Real processes ----------------------------------------------------------------------

SOON = 5


@pytest.fixture
def clock_file(tmp_path):
    """At noon, so that no jump of an hour reaches another day."""
    file = tmp_path / "clock"
    now = datetime.now(BERLIN)
    set_clock(file, (now.replace(hour=12, minute=0) - now).total_seconds())
    return file


def jump_by(file, seconds: float) -> None:
    set_clock(file, float(file.read_text()) + seconds)


def by_the_clock(file, program: Program) -> Program:
    arguments = [argument for argument in program.arguments if argument != "-m"]
    program.arguments = ("-m", "tests.faults.jumping_clock", str(file), *arguments)
    return program


async def shows(display: ClientConnection, fits) -> dict[str, object]:
    """The first state that fits; every state must be newer than the one before, or repeat it."""
    version = -1
    async with asyncio.timeout(SOON):
        while True:
            state = json.loads(await display.recv())
            assert state["version"] >= version
            version = state["version"]
            if fits(state):
                return state


async def test_display_kiosk_clerk_and_mails_go_on_through_both_jumps(tmp_path, clock_file):
    mailbox = Mailbox()
    with mail_server(mailbox) as port, Installation(tmp_path) as installation:
        installation.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        town = make_small_town(installation)
        daphne = by_the_clock(clock_file, installation.sockets())
        worker = by_the_clock(clock_file, installation.worker())
        daphne.start()
        worker.start()
        numbers, told = await live_through(town, daphne, clock_file, mailbox)
        stored = installation.manage(
            "shell", "--no-imports", "-c",
            "from booking.models import Visit; print(*(v.number for v in Visit.objects.all()))",
        )  # fmt: skip
    assert sorted(stored.split()) == sorted(numbers)
    assert sorted(mailbox.recipients) == sorted(told)
    assert len({message_id for _address, message_id in mailbox.mails}) == len(told)


async def live_through(
    town: SmallTown, daphne: Program, clock_file, mailbox: Mailbox
) -> tuple[list[str], list[str]]:
    """Ticket, call and booking before, between and after; the numbers and addresses told."""
    numbers, told = [], []
    starts = iter(town.starts[-20:])
    kiosk, desk = town.at_the_kiosk(daphne.url), town.at_the_desk(daphne.url)
    with kiosk, desk:
        assert (await ask(desk.post, f"/counters/{town.counter}/open")).status_code == 200
        address = f"ws://127.0.0.1:{daphne.port}/ws/display/?token={town.displays[0]}"
        await ask(town.draw_ticket, kiosk)  # the first request takes its time
        numbers.append("A001")
        async with connect(address) as display:
            for jump in (0, 3600, -3600, -3600):
                jump_by(clock_file, jump)
                ticket = await ask(town.draw_ticket, kiosk)
                numbers.append(ticket["number"])
                called = (await ask(desk.post, f"/counters/{town.counter}/next")).json()["visit"]
                await shows(display, lambda s, n=called["number"]: is_called(s, n))
                for action in ("begin", "finish"):
                    await ask(desk.post, f"/visits/{called['id']}/{action}")
                told.append(f"citizen-{len(told)}@example.org")
                await ask(town.book, kiosk, next(starts), told[-1])
                await until(lambda: told[-1] in mailbox.recipients)
                await until(lambda: kiosk.get(f"{daphne.url}/health").json()["worker"] == "ok")
    return numbers, told


def is_called(state: dict[str, object], number: str) -> bool:
    return number in {call["number"] for call in state["calls"]}


async def ask(request, *arguments):
    return await asyncio.to_thread(request, *arguments)


async def until(condition, seconds: float = 20) -> None:
    begun = time.monotonic()
    while not await asyncio.to_thread(condition):
        assert time.monotonic() - begun < seconds
        await asyncio.sleep(0.1)
