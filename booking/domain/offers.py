"""Offering places to those who wait, and taking or declining what is offered.

A place is offered as soon as it is found to be free: by the worker, or by whoever wants it and
finds that somebody waits. The order of locks: the list of wishes, the office's slots as a whole,
then as in ``offer_ends`` and ``capacity``.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from booking import clock
from booking.models import (
    Appointment,
    AppointmentItem,
    Offer,
    Offering,
    Office,
    OutboxMail,
    SlotGrid,
    Wish,
)
from booking.prepared import ask
from booking.security import CODE_DIGITS, new_digits

from .availability import series_for, starts_for_wishes
from .capacity import find_room, next_places_at, taking
from .errors import OutsideHours, SlotTaken
from .grid import (
    authorities_with_wishes_due,
    raise_grid_version,
    use_slots_of,
    wishes_are_due,
)
from .items import Item, total_minutes
from .outbox import writing_wish_mail
from .seating import in_utc, spans_of
from .wish_matching import Answering, Asked, Found, Suits, next_offer

# Offers made before somebody else gets a turn.
AT_ONCE = 50
LOCK_LIST = "SELECT pg_advisory_xact_lock(%s, hashtext('wishes'))"


def offer_due_places() -> int:
    """Offer what has become free, everywhere; how many offers were made.

    One query where nobody waits for anything.
    """
    authorities = authorities_with_wishes_due(clock.now())
    return sum(offer_places(authority_id) for authority_id in sorted(authorities))


def offer_places(authority_id: int) -> int:
    """Offer what is free at a town's offices in the order of wishes; how many offers were made.

    One query where nothing has become free since.
    """
    made = 0
    for _offer in range(AT_ONCE):
        if not _due(authority_id).exists():
            break
        try:
            made += _offer_next(authority_id)
        except (IntegrityError, OutsideHours, SlotTaken):
            continue  # somebody was quicker: once more, by what is free now
    return made


def lock_list(authority_id: int) -> None:
    """Nobody else offers places of a town, or changes what somebody wishes.

    Needs a transaction, whose first lock it is. A writing transaction of SQLite is alone anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(LOCK_LIST, [authority_id])


def _due(authority_id: int) -> QuerySet[SlotGrid]:
    return SlotGrid.objects.filter(wishes_are_due(clock.now()), office__authority=authority_id)


@transaction.atomic
def _offer_next(authority_id: int) -> bool:
    """Make the next offer, or note that there is none to be made."""
    lock_list(authority_id)
    now = clock.now()
    versions = dict(_due(authority_id).order_by("pk").values_list("pk", "version"))
    waiting = _Waiting(versions)
    found = next_offer(waiting.in_order(), waiting.free, now)
    if found is not None:
        return _offer(found, waiting.items[found.asked.key], now)
    for office in Office.objects.filter(pk__in=versions):
        # Unless something has changed since the version was read.
        SlotGrid.objects.filter(pk=office.pk, version=versions[office.pk]).update(
            wishes_due_at=next_places_at(office, now)
        )
    return False


def _offer(found: Found, items: Sequence[Item], now: datetime) -> bool:
    office: Office = found.asked.office
    use_slots_of(office.pk)
    waiting = Wish.objects.select_for_update(of=("self",)).filter(state=Wish.State.WAITING)
    wish = waiting.filter(pk=found.wish).first()
    if wish is None:  # withdrawn this very moment
        return False
    start = in_utc(found.start)
    room = find_room(spans_of(series_for(office, items), items, start), start, for_wish=True)
    reply_by = found.asked.answering.until(start, now)
    held = Appointment.objects.create(
        office=office,
        series=room.series,
        start=start,
        end=room.end,
        created_at=now,
        expires_at=reply_by,
        code=new_digits(CODE_DIGITS),
        language=wish.language,
    )
    AppointmentItem.objects.bulk_create(
        AppointmentItem(appointment=held, offering=item.offering, quantity=item.quantity)
        for item in items
    )
    Offer.objects.create(
        wish=wish, appointment=held, office=office, start=start, made_at=now, reply_by=reply_by
    )
    wish.state = Wish.State.OFFERED
    wish.save(update_fields=["state"])
    ask(writing_wish_mail(wish, OutboxMail.Kind.WISH_OFFER))
    raise_grid_version(office.pk, after=[taking(room.slots)])
    return True


class _Waiting:
    """The wishes that wait at some offices, and what is free there for them.

    The number of queries depends on the offices, and on how many different things are wished
    for, not on how many wish for them.
    """

    def __init__(self, office_ids: Sequence[UUID]) -> None:
        self.offices = Office.objects.filter(takes_wishes=True).in_bulk(list(office_ids))
        self.offerings = {
            (offering.office_id, offering.service_id): offering
            for offering in Offering.objects.filter(office__in=self.offices, online=True)
        }
        self.items: dict[object, list[Item]] = {}
        self.starts: dict[object, list[datetime]] = {}

    def in_order(self) -> Iterator[tuple[UUID, list[Asked]]]:
        """Each wish with what it asks of the offices, by the time of its confirmation."""
        links = Wish.offices.through.objects
        here = links.filter(wish=OuterRef("pk"), office__in=self.offices)
        wishes = (
            Wish.objects.filter(Exists(here), state=Wish.State.WAITING)
            .order_by("confirmed_at", "id")
            .select_related("appointment")
            .prefetch_related(
                "items",
                Prefetch("offices", Office.objects.only("pk").order_by()),
                Prefetch("offers", Offer.objects.only("wish", "office", "start").order_by()),
            )
        )
        for wish in wishes:
            offices = [self.offices.get(office.pk) for office in wish.offices.all()]
            asked = [self._asked(wish, office) for office in offices if office is not None]
            yield wish.pk, [one for one in asked if one is not None]

    def free(self, asked: Asked) -> Sequence[datetime]:
        """The free starts, in local time of the office."""
        if asked.key not in self.starts:
            self.starts[asked.key] = starts_for_wishes(asked.office, self.items[asked.key])
        return self.starts[asked.key]

    def _asked(self, wish: Wish, office: Office) -> Asked | None:
        """``None`` where the office does not offer it, or there is nothing to be earlier than."""
        items = [
            Item(offering, row.quantity)
            for row in wish.items.all()
            if (offering := self.offerings.get((office.pk, row.service_id))) is not None
            and row.quantity <= offering.max_quantity
        ]
        given_up = wish.appointment
        # A service that the town no longer has is gone from the wish, too.
        if (
            not items
            or len(items) != len(wish.items.all())
            or (given_up is not None and given_up.state != Appointment.State.BOOKED)
        ):
            return None
        key = (office.pk, frozenset((item.offering.pk, item.quantity) for item in items))
        self.items.setdefault(key, items)
        return Asked(
            office=office,
            key=key,
            minutes=total_minutes(items),
            suits=Suits(
                weekdays=frozenset(wish.days),
                from_time=wish.from_time,
                until_time=wish.until_time,
                latest_day=wish.latest_day,
                earlier_than=given_up and given_up.start,
            ),
            answering=Answering(
                reply=timedelta(hours=office.wish_reply_hours),
                lead=timedelta(minutes=office.wish_lead_minutes),
            ),
            not_again=frozenset(
                offer.start for offer in wish.offers.all() if offer.office_id == office.pk
            ),
        )
