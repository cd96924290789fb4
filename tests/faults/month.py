"""A town's days one after the other, played through the domain as fast as it goes."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

import psutil
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking import clock, worker
from booking.domain import arrivals, visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.availability import free_starts
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.counters import close_counter, open_counter
from booking.domain.devices import request_pairing
from booking.domain.errors import Refused
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.models import Appointment, Counter, Device, Offering, Office, User
from queue_display.desk_state import desk_state
from queue_display.snapshot import office_state
from tests.conftest import BERLIN

HOURLY = (
    worker.beat,
    worker.expire_holds,
    worker.deliver_due_mails,
    worker.publish_everywhere,
    worker.end_forgotten_visits_everywhere,
    worker.delete_expired_personal_data,
    worker.prune,
    worker.forget_traces,
)
# How often each question is timed on a day.
SAMPLES = 5


@dataclass
class DayFigures:
    """What a day left behind. Times in seconds, memory in MiB."""

    rows: dict[str, int]
    objects: int = 0
    memory: float = 0
    queries: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass
class Month:
    """One office, its clerk, and how many people a day has."""

    office: Office
    offering: Offering
    counter: Counter
    clerk: User
    kiosk: Device
    stop_at: Callable[[datetime], None]
    people: int
    lapsed: int = 0
    booked: int = 0
    came: int = 0

    def play(self, first_day: date, days: int) -> Iterator[DayFigures]:
        for number in range(days):
            yield self._play_day(first_day + timedelta(days=number))

    def _play_day(self, day: date) -> DayFigures:
        def at(hour: int, minute: int = 0) -> datetime:
            moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN)
            self.stop_at(moment)
            return moment

        at(6)
        self._duties()
        at(7)
        self._citizens(day)
        at(8)
        counter = open_counter(self.counter.pk, staff=self.clerk)
        self._people_come(day)
        at(9, 30)
        figures = self._measure()
        while visit := visits.call_next(counter.pk, staff=self.clerk):
            visits.begin(visit.pk, actor=Actor(staff=self.clerk))
            visits.finish(visit.pk, actor=Actor(staff=self.clerk))
        # Two come after that and are forgotten when the counter closes.
        for _ in range(2):
            self._draw()
        close_counter(counter.pk, staff=self.clerk)
        for hour in (12, 23):
            at(hour)
            self._duties()
        figures.rows, figures.objects, figures.memory = rows(), objects(), memory()
        return figures

    def _duties(self) -> None:
        worker.run(*HOURLY)
        mail.outbox.clear()

    def _citizens(self, day: date) -> None:
        """Hold, book, cancel, or walk away; and log-ins, and strangers who want to be paired."""
        item = [Item(self.offering, 1)]
        free = free_starts(self.office, item, first_day=day + timedelta(days=1), days=14)
        starts = [start for of_day in free.values() for start in of_day]
        for number, start in enumerate(starts[:: max(1, len(starts) // self.people)]):
            held = hold_appointment(office=self.office, items=item, start=start)
            if number % 3 == 0:  # a robot, or somebody who thinks it over
                self.lapsed += 1
                continue
            self.booked += 1
            confirm_appointment(held.pk, name="Erika Muster", email="erika@example.org")
            if number % 7 == 1:
                cancel_appointment(held.pk)
        for _ in range(self.people // 2):
            SessionStore().create()
            request_pairing(Device.Kind.DISPLAY)

    def _people_come(self, day: date) -> None:
        today = Appointment.objects.filter(
            office=self.office, state="booked", start__date=day, visit__isnull=True
        )
        for code in list(today.order_by("start").values_list("code", flat=True)):
            with suppress(Refused):
                arrivals.check_in(office=self.office, code=code, actor=Actor(device=self.kiosk))
                self.came += 1
        for _ in range(self.people // 2):
            self._draw()

    def _draw(self) -> None:
        items = [Item(self.offering, 1)]
        with suppress(Refused):  # a public holiday
            arrivals.draw_ticket(office=self.office, items=items, actor=CITIZEN)
            self.came += 1

    def _measure(self) -> DayFigures:
        figures = DayFigures({})
        item = [Item(self.offering, 1)]
        first = clock.today(self.office.zone)
        questions = {
            "availability": lambda: free_starts(self.office, item, first_day=first, days=62),
            "display": lambda: office_state(self.office.pk),
            "desk": lambda: desk_state(self.office, self.clerk),
        }
        for name, ask in questions.items():
            ask()  # the first of a day also publishes
            with CaptureQueriesContext(connection) as captured:
                ask()
            figures.queries[name] = len(captured)
            figures.seconds[name] = median(timed(ask) for _ in range(SAMPLES))
        return figures


def timed(ask: Callable[[], object]) -> float:
    begun = time.perf_counter()
    ask()
    return time.perf_counter() - begun


def rows() -> dict[str, int]:
    """How many rows each table has."""
    counted = {model._meta.db_table: model._default_manager.count() for model in apps.get_models()}
    return {table: count for table, count in counted.items() if count}


def objects() -> int:
    """How many objects Python holds, without what only waits to be collected."""
    gc.collect()
    return len(gc.get_objects())


def memory() -> float:
    """What the operating system has given to this process, in MiB."""
    return psutil.Process().memory_info().rss / 1024**2
