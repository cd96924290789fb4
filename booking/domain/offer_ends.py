"""How an offer ends, and what becomes of the place and the wish.

The order of locks: appointments – one that is given up before the hold –, then the wish, then
what else hangs on it. A place that is not taken is given back by letting its hold run out now:
the next who looks at the office finds it free.
"""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from booking import clock
from booking.models import Appointment, Offer, OutboxMail, Wish
from booking.prepared import ask

from .errors import NotFound
from .outbox import writing_wish_mail

# So many offers in a row without an answer, and somebody else's turn comes for good.
UNANSWERED_AT_MOST = 2


def lock_wish(wish_id: UUID, *, giving_up: UUID | None = None) -> tuple[Wish, Offer | None]:
    """A wish and its open offer, locked, and before them the appointments: see above.

    ``giving_up``: an appointment that goes for the one offered. Raises ``NotFound``.
    """
    while True:
        seen = Offer.objects.filter(wish=wish_id, state=Offer.State.OPEN).first()
        for key in filter(None, (giving_up, seen and seen.appointment_id)):
            Appointment.objects.select_for_update(of=("self",)).filter(pk=key).first()
        wish = Wish.objects.select_for_update(of=("self",)).filter(pk=wish_id).first()
        if wish is None:
            raise NotFound
        now_open = Offer.objects.select_related("office", "appointment").filter(
            wish=wish_id, state=Offer.State.OPEN
        )
        found = now_open.first()
        if found is None or found == seen:
            return wish, found
        # Made while we waited, so its hold is not locked: once more, with it.


def end_offer(offer: Offer, state: Offer.State) -> None:
    """End an open offer that is locked; a place that was not accepted is given back."""
    now = clock.now()
    offer.state, offer.ended_at = state, now
    offer.save(update_fields=["state", "ended_at"])
    if state != Offer.State.ACCEPTED:
        held = Appointment.objects.filter(pk=offer.appointment_id, state=Appointment.State.HELD)
        held.update(expires_at=now)
    _offer_mails([offer.wish_id]).delete()


def end_wish(wish: Wish, state: Wish.State, *, tell: bool = False) -> None:
    """A wish that is locked is over; nobody needs to know any more who it was.

    ``tell`` writes a mail about it first. An open offer ends with it.
    """
    if tell:
        ask(writing_wish_mail(wish, OutboxMail.Kind.WISH_ENDED))
    wish.state, wish.ended_at, wish.email = state, clock.now(), ""
    wish.save(update_fields=["state", "ended_at", "email"])


def withdraw(wish_id: UUID, *, giving_up: UUID | None = None) -> Wish:
    """Take a wish from the list, with its offer. Needs a transaction. Twice changes nothing."""
    wish, offer = lock_wish(wish_id, giving_up=giving_up)
    if wish.is_live:
        if offer is not None:
            end_offer(offer, Offer.State.WITHDRAWN)
        end_wish(wish, Wish.State.WITHDRAWN)
    return wish


def withdraw_wishes_of(appointment: Appointment) -> None:
    """Whoever cancels an appointment, which is locked, waits for no earlier one."""
    live = Wish.objects.filter(appointment=appointment, state__in=Wish.LIVE)
    for wish_id in live.order_by("pk").values_list("pk", flat=True):
        withdraw(wish_id)


def lapse_offers_of(appointments: Collection[Appointment]) -> None:
    """Their holds have run out: open offers of them have lapsed, and the wishes wait again.

    Whoever leaves one offer after the other unanswered waits no longer – unless the mail has
    never left, which is not theirs to answer for. The appointments are locked.
    """
    keys = [appointment.pk for appointment in appointments]
    lapsed = list(
        Offer.objects.filter(appointment__in=keys, state=Offer.State.OPEN).order_by("wish")
    )
    if not lapsed:
        return
    wishes = Wish.objects.select_for_update(of=("self",)).order_by("pk")
    by_key = wishes.in_bulk([offer.wish_id for offer in lapsed])
    unsent = set(
        _offer_mails(by_key).filter(state=OutboxMail.State.PENDING).values_list("wish", flat=True)
    )
    for offer in lapsed:
        wish = by_key[offer.wish_id]
        end_offer(offer, Offer.State.LAPSED)
        wish.unanswered += wish.pk not in unsent
        if wish.unanswered >= UNANSWERED_AT_MOST:
            end_wish(wish, Wish.State.ENDED, tell=True)
        else:
            wish.state = Wish.State.WAITING
        wish.save(update_fields=["state", "unanswered"])


def _offer_mails(wish_ids: Collection[UUID]) -> QuerySet[OutboxMail]:
    """Offers that have not reached anybody yet."""
    return OutboxMail.objects.filter(
        wish__in=wish_ids, kind=OutboxMail.Kind.WISH_OFFER, state__in=OutboxMail.UNSENT
    )
