"""Every change of a wish by whoever wishes: made, confirmed, changed, withdrawn; and its end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from types import MappingProxyType
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from booking import clock
from booking.models import Appointment, Authority, Offer, Office, OutboxMail, Wish, WishItem
from booking.prepared import ask

from .errors import NotOnline, TooManyWishes, WishInvalid, WishOver
from .grid import raise_grid_version
from .holds import expire_holds
from .items import Item
from .offer_ends import end_offer, end_wish, lock_wish, withdraw
from .offers import lock_list
from .outbox import writing_wish_mail

# Whoever does not open the link of the mail within this time did not mean it.
CONFIRMED_WITHIN = timedelta(days=1)
# How far ahead somebody can wish.
LONGEST = timedelta(days=180)
# On the list at once with one address in a town.
WISHES_PER_ADDRESS = 3


@dataclass(frozen=True)
class Terms:
    """Where and when it would suit: local times of the offices."""

    offices: Sequence[Office]
    weekdays: Iterable[int]
    from_time: time
    until_time: time
    latest_day: date

    def fields(self) -> dict[str, object]:
        return {
            "weekdays": sum(1 << day for day in set(self.weekdays)),
            "from_time": self.from_time,
            "until_time": self.until_time,
            "latest_day": self.latest_day,
        }


def make_wish(
    *,
    authority: Authority,
    items: Sequence[Item],
    terms: Terms,
    email: str,
    appointment: Appointment | None = None,
) -> None:
    """Note a wish and write the mail whose link confirms it.

    ``appointment``: the one to be given up for an earlier one. Whoever has asked several times
    and confirmed nothing gets no more mails; that looks the same from outside. Raises
    ``NotOnline`` or ``WishInvalid``.
    """
    email = email.strip()
    _require_possible(terms, [item.offering.service_id for item in items], _wrong_email(email))
    unconfirmed = Wish.objects.filter(
        authority=authority, email__iexact=email, state=Wish.State.UNCONFIRMED
    )
    if unconfirmed.count() >= WISHES_PER_ADDRESS:
        return
    with transaction.atomic():
        wish = Wish.objects.create(
            authority=authority,
            created_at=clock.now(),
            email=email,
            language=get_language() or "de",
            appointment=appointment,
            **terms.fields(),
        )
        wish.offices.set(terms.offices)
        WishItem.objects.bulk_create(
            WishItem(wish=wish, service=item.offering.service, quantity=item.quantity)
            for item in items
        )
        ask(writing_wish_mail(wish, OutboxMail.Kind.WISH_MADE))


def confirm_wish(wish_id: UUID) -> Wish:
    """Put a wish on the list: its place is the time of this. Twice changes nothing.

    Raises ``TooManyWishes`` or ``WishOver``.
    """
    with transaction.atomic():
        wish, _offer = _lock(wish_id)
        if wish.is_listed:
            return wish
        if not wish.is_live or wish.is_past(_today(wish)):
            raise WishOver
        others = Wish.objects.filter(
            authority=wish.authority_id, email__iexact=wish.email, state__in=Wish.LISTED
        )
        if others.count() >= WISHES_PER_ADDRESS:
            raise TooManyWishes(WISHES_PER_ADDRESS)
        wish.state, wish.confirmed_at = Wish.State.WAITING, clock.now()
        wish.save(update_fields=["state", "confirmed_at"])
        _look_at_offices_of(wish)
    return wish


def change_wish(wish_id: UUID, terms: Terms) -> Wish:
    """Other offices or times; the place in the order stays. An open offer stays as it is.

    Raises ``NotOnline``, ``WishInvalid`` or ``WishOver``.
    """
    with transaction.atomic():
        wish, _offer = _lock(wish_id)
        if not wish.is_live:
            raise WishOver
        _require_possible(terms, [item.service_id for item in wish.items.all()])
        for field, value in terms.fields().items():
            setattr(wish, field, value)
        wish.save(update_fields=list(terms.fields()))
        wish.offices.set(terms.offices)
        if wish.is_listed:
            _look_at_offices_of(wish)
    return wish


def withdraw_wish(wish_id: UUID) -> Wish:
    """Take a wish from the list; a place held for it is passed on. Twice changes nothing."""
    with transaction.atomic():
        wish = withdraw(wish_id)
    for office in wish.offices.all():
        expire_holds(office)
    return wish


def end_past_wishes() -> int:
    """End the wishes whose days are past and tell those who waited; how many there were.

    What was never confirmed is deleted, as nobody has asked for it to be kept.
    """
    unconfirmed = Wish.objects.filter(
        state=Wish.State.UNCONFIRMED, created_at__lte=clock.now() - CONFIRMED_WITHIN
    )
    unconfirmed.delete()
    # No zone is more than a day behind.
    before = (clock.now() - timedelta(days=1)).date()
    past = Wish.objects.filter(state__in=Wish.LISTED, latest_day__lte=before)
    return sum(_end_if_past(wish_id) for wish_id in list(past.values_list("pk", flat=True)))


@transaction.atomic
def _end_if_past(wish_id: UUID) -> bool:
    wish, offer = lock_wish(wish_id)
    if not wish.is_listed or not wish.is_past(_today(wish)):
        return False
    if offer is not None:
        end_offer(offer, Offer.State.LAPSED)
    end_wish(wish, Wish.State.ENDED, tell=True)
    return True


def wishes_before(wish: Wish) -> int:
    """How many on the list may be served before this one, at most: it never grows."""
    before = Wish.objects.filter(
        Q(confirmed_at__lt=wish.confirmed_at) | Q(confirmed_at=wish.confirmed_at, pk__lt=wish.pk),
        authority=wish.authority_id,
        state__in=Wish.LISTED,
        offices__in=wish.offices.all(),
    )
    return before.distinct().count()


def offices_for(authority_id: int, service_ids: Sequence[int]) -> QuerySet[Office]:
    """The offices with a waiting list that offer all of these services online."""
    offices = Office.objects.filter(authority=authority_id, takes_wishes=True)
    for service_id in service_ids:
        offices = offices.filter(offerings__service=service_id, offerings__online=True)
    return offices.distinct()


def _lock(wish_id: UUID) -> tuple[Wish, Offer | None]:
    """The wish and its open offer; meanwhile nothing is offered by what it says."""
    authority_id = Wish.objects.filter(pk=wish_id).values_list("authority", flat=True).first()
    if authority_id is not None:
        lock_list(authority_id)
    return lock_wish(wish_id)


def _look_at_offices_of(wish: Wish) -> None:
    """What is free there may be for this wish."""
    for office_id in wish.offices.order_by("pk").values_list("pk", flat=True):
        raise_grid_version(office_id)


def _today(wish: Wish) -> date:
    """Where it is latest; an office may be gone since."""
    days = [clock.today(office.zone) for office in wish.offices.all()]
    return min(days, default=clock.now().date())


def _wrong_email(email: str) -> dict[str, str]:
    try:
        validate_email(email)
        if len(email) > 254:
            raise ValidationError("too long")
    except ValidationError:
        sentence = _("Please enter an e-mail address such as name@example.org.")
        return {"email": sentence}
    return {}


def _require_possible(
    terms: Terms,
    service_ids: Sequence[int],
    wrong_besides: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Raise ``NotOnline`` or ``WishInvalid`` where no time could ever suit.

    ``wrong_besides``: what is wrong with the rest of the wish, to be said at the same time.
    """
    wrong = {}
    if not terms.offices:
        wrong["offices"] = _("Please choose an office.")
    if not set(terms.weekdays) or not set(terms.weekdays) <= set(range(7)):
        wrong["weekdays"] = _("Please choose a weekday.")
    if terms.until_time <= terms.from_time:
        wrong["until_time"] = _("The time must end after it begins.")
    today = clock.now().date()
    if not today <= terms.latest_day <= today + LONGEST:
        wrong["latest_day"] = _("Please choose a day within the next %(count)d days.") % {
            "count": LONGEST.days
        }
    wrong |= wrong_besides
    if wrong:
        raise WishInvalid(wrong)
    authorities = {office.authority_id for office in terms.offices}
    possible = set(offices_for(authorities.pop(), service_ids))
    if authorities or not set(terms.offices) <= possible:
        raise NotOnline
