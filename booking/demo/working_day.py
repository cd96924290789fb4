"""A day at a demo office up to now: people come, are called, served, and some still wait.

Played minute by minute through the domain, so that the event log holds true times.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from booking import clock
from booking.domain import visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import check_in, draw_ticket
from booking.domain.counters import open_counter
from booking.domain.errors import Refused
from booking.domain.items import total_minutes
from booking.domain.office_hours import spans_of_day
from booking.domain.waiting import waiting_visits
from booking.models import Appointment, Counter, Office, User, Visit

from .bookings import choose
from .clock import standing_at
from .town import OfficeData

MINUTE = timedelta(minutes=1)
# Walk-ins per clerk and hour on an ordinary morning.
WALK_INS = 1.2
# Towards now it gets crowded, so that every screen has something to show.
RUSH = timedelta(minutes=50)
WAITING_PER_CLERK = 2.6
NO_SHOW = 0.12
# Every so many calls somebody does not come, first at the fifth.
MISSED_EVERY, FIRST_MISSED = 14, 5
REGULAR_CLERKS = 3
# How long before now the clerks after them sit down; the last one does so right now.
LATE_CLERKS = (timedelta(minutes=6), timedelta(0))


@dataclass
class Desk:
    """A clerk at a counter, and what they are busy with."""

    counter: Counter
    clerk: User
    from_: datetime
    visit: Visit | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    is_open: bool = False

    @property
    def actor(self) -> Actor:
        return Actor(staff=self.clerk)


@dataclass
class Day:
    """Everything the day needs to know while it is played."""

    office: Office
    data: OfficeData
    rng: Random
    now: datetime
    arrivals: list[tuple[datetime, Appointment]]
    desks: list[Desk] = field(default_factory=list)
    drawn: int = 0
    called: int = 0
    has_parked: bool = False

    def __post_init__(self) -> None:
        self.walk_ins = list(self.office.offerings.filter(walk_in=True).select_related("service"))


def play(office: Office, data: OfficeData, rng: Random, bookings: list[Appointment]) -> None:
    """Play today's spans of opening hours up to now."""
    now = clock.now()
    arrivals = sorted(
        (
            (one.start + timedelta(minutes=rng.randint(-14, 4)), one)
            for one in bookings
            if rng.random() >= NO_SHOW
        ),
        key=lambda arrival: arrival[0],
    )
    day = Day(office, data, rng, now, arrivals)
    for opens, closes in spans_of_day(office, clock.today(office.zone)):
        if opens < now:
            _play_span(day, opens, closes)


def _play_span(day: Day, opens: datetime, closes: datetime) -> None:
    """From opening to now; a span that is over is played until nobody waits any more."""
    is_over = closes <= day.now
    # An hour more for those who came before the door closed.
    end = min(closes + timedelta(hours=1), day.now) if is_over else day.now
    day.desks = _desks(day, opens, None if is_over else day.now)
    moment = opens
    while moment + MINUTE <= end:
        _play_minute(day, moment, closes)
        moment += MINUTE
    with standing_at(end):
        for visit in Visit.objects.filter(office=day.office, state__in=Visit.OPEN):
            if is_over:
                visits.leave(visit.pk, actor=CITIZEN)
    if not is_over:
        _settle(day)


def _desks(day: Day, opens: datetime, now: datetime | None) -> list[Desk]:
    """The first counter and its clerk stay free for whoever tries the demo."""
    counters = list(day.office.counters.filter(label__in=day.data.counters[1:]))
    clerks = {user.username: user for user in User.objects.filter(username__in=day.data.clerks)}
    pairs = zip(counters, [clerks.get(name) for name in day.data.clerks[1:]], strict=False)
    desks = []
    for index, (counter, clerk) in enumerate(pairs):
        starts = opens
        if now is not None and index >= REGULAR_CLERKS:
            starts = max(opens, now - LATE_CLERKS[min(index - REGULAR_CLERKS, 1)])
        if clerk is not None:
            desks.append(Desk(counter, clerk, starts))
    return desks


def _play_minute(day: Day, moment: datetime, closes: datetime) -> None:
    second = timedelta(seconds=day.rng.randint(1, 8))
    while day.arrivals and day.arrivals[0][0] <= moment:
        with standing_at(moment + second):
            _check_in(day.arrivals.pop(0)[1], day)
        second += timedelta(seconds=6)
    for _person in range(_walk_ins_now(day, moment, closes)):
        with standing_at(moment + second):
            _draw_ticket(day)
        second += timedelta(seconds=6)
    for desk in day.desks:
        if desk.from_ <= moment:
            with standing_at(min(moment + second, day.now)):
                _work(day, desk)
            second += timedelta(seconds=4)


def _walk_ins_now(day: Day, moment: datetime, closes: datetime) -> int:
    """How many come in without an appointment in this minute."""
    rushes = closes > day.now and day.now - moment <= RUSH
    if rushes:
        waiting = waiting_visits(day.office).count()
        wanted = round(WAITING_PER_CLERK * len(day.desks))
        return min(2, max(0, wanted - waiting))
    return day.rng.random() < WALK_INS * len(day.desks) / 60


def _check_in(appointment: Appointment, day: Day) -> None:
    try:
        check_in(office=day.office, code=appointment.code, actor=CITIZEN, idempotency_key=_key(day))
    except Refused:
        return


def _draw_ticket(day: Day) -> None:
    try:
        draw_ticket(
            office=day.office,
            items=choose(day.walk_ins, day.rng),
            actor=CITIZEN,
            idempotency_key=_key(day),
        )
    except Refused:  # no more tickets so shortly before closing
        return


def _key(day: Day) -> str:
    day.drawn += 1
    return f"demo {clock.today(day.office.zone)} {day.drawn}"


def _work(day: Day, desk: Desk) -> None:
    """What a clerk does next, if it is time for it."""
    now = clock.now()
    if not desk.is_open:
        desk.is_open = _sit_down(desk)
    if desk.visit is not None and desk.ends is not None and desk.ends <= now:
        _end(day, desk)
    elif desk.visit is not None and desk.begins is not None and desk.begins <= now:
        _begin(day, desk)
    if desk.is_open and desk.visit is None:
        _call(day, desk)


def _sit_down(desk: Desk) -> bool:
    try:
        open_counter(desk.counter.pk, staff=desk.clerk)
    except Refused:  # somebody else tries the demo there
        return False
    return True


def _call(day: Day, desk: Desk) -> None:
    try:
        desk.visit = visits.call_next(desk.counter.pk, staff=desk.clerk)
    except Refused:
        desk.is_open = False
        return
    desk.begins, desk.ends = clock.now() + timedelta(seconds=day.rng.randint(40, 90)), None


def _begin(day: Day, desk: Desk) -> None:
    desk.begins = None
    day.called += 1
    if day.called % MISSED_EVERY == FIRST_MISSED:
        visits.missed(desk.visit.pk, actor=desk.actor)
        desk.visit = None
        return
    visits.begin(desk.visit.pk, actor=desk.actor)
    minutes = total_minutes(list(desk.visit.items.select_related("offering")))
    # When it is crowded everything takes longer, so that some are overdue now.
    crowded = day.now - clock.now() <= RUSH
    pace = day.rng.uniform(1.0, 1.4) if crowded else day.rng.uniform(0.6, 1.2)
    desk.ends = clock.now() + minutes * pace * MINUTE


def _end(day: Day, desk: Desk) -> None:
    """Finish; once a day somebody is parked to have a photo taken."""
    can_park = len(day.desks) > 1 and not day.has_parked
    if can_park and day.now - clock.now() < timedelta(minutes=30):
        visits.park(desk.visit.pk, actor=desk.actor)
        day.has_parked = True
    else:
        visits.finish(desk.visit.pk, actor=desk.actor)
    desk.visit, desk.ends = None, None


def _settle(day: Day) -> None:
    """At the last moment every clerk is at work and no counter idle while somebody waits."""
    with standing_at(day.now):
        for desk in day.desks:
            _work(day, desk)
