"""Wishes as people would have made and confirmed them."""

from datetime import date, time, timedelta

from booking.domain.items import Item
from booking.domain.wishes import Terms, confirm_wish, make_wish
from booking.models import Appointment, Offer, Offering, OutboxMail, Wish

EVERY_DAY = range(7)


def terms(*offices, **changes) -> Terms:
    """Any time of any day until the end of the year."""
    values = {
        "offices": list(offices),
        "weekdays": EVERY_DAY,
        "from_time": time(0),
        "until_time": time(23, 59),
        "latest_day": date(2026, 12, 31),
    }
    return Terms(**values | changes)


def make(
    offering: Offering,
    email: str = "kim@example.org",
    *,
    quantity: int = 1,
    offices=(),
    appointment: Appointment | None = None,
    **changes,
) -> Wish:
    """A wish whose mail has not been answered."""
    before = set(Wish.objects.values_list("pk", flat=True))
    make_wish(
        authority=offering.office.authority,
        items=[Item(offering, quantity)],
        terms=terms(*(offices or [offering.office]), **changes),
        email=email,
        appointment=appointment,
    )
    return Wish.objects.exclude(pk__in=before).get()


def listed(offering: Offering, email: str = "kim@example.org", **options) -> Wish:
    """A wish on the waiting list, behind those that are there: the clock of the tests stands."""
    wish = confirm_wish(make(offering, email, **options).pk)
    wish.confirmed_at += timedelta(microseconds=Wish.objects.count())
    wish.save()
    return wish


def offer_of(wish: Wish) -> Offer | None:
    """What is offered to a wish now."""
    return wish.offers.filter(state=Offer.State.OPEN).first()


def kinds_of_mails() -> list[str]:
    """The mails written so far, oldest first."""
    return list(OutboxMail.objects.order_by("created_at", "pk").values_list("kind", flat=True))
