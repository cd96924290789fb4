"""The answer to an offer: taken, with an appointment given up for it, or declined."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from booking import clock
from booking.models import Appointment, Offer, Wish

from .cancelling import cancel_appointment
from .confirming import confirm_appointment
from .errors import CodeUnknown, OfferOver
from .grid import use_slots_of
from .holds import expire_holds
from .offer_ends import end_offer, end_wish, lock_wish


def accept_offer(
    offer: Offer, *, name: str, phone: str = "", giving_up: Appointment | None = None
) -> Appointment:
    """Book what is offered; an appointment given up for it goes in the same transaction.

    Without another one it is the appointment that the wish was made from, if any. Accepting
    twice answers the same appointment. Raises ``DetailsInvalid``, ``LimitReached``,
    ``OfferOver``, and of the appointment given up ``AlreadyCheckedIn`` or ``AppointmentEnded``;
    then nothing has changed.
    """
    wish = Wish.objects.select_related("appointment").get(pk=offer.wish_id)
    old = giving_up or wish.appointment
    return _accept(offer.pk, wish.pk, old, {"name": name, "phone": phone})


@transaction.atomic
def _accept(
    offer_id: UUID, wish_id: UUID, old: Appointment | None, details: dict[str, str]
) -> Appointment:
    if old is not None:
        use_slots_of(old.office_id)
    wish, offer = lock_wish(wish_id, giving_up=old and old.pk)
    if offer is None or offer.pk != offer_id:
        return _accepted_before(offer_id)
    if not _can_be_answered(offer, clock.now()):
        raise OfferOver
    email = wish.email
    end_offer(offer, Offer.State.ACCEPTED)
    end_wish(wish, Wish.State.SERVED)
    booked = confirm_appointment(
        offer.appointment_id, email=email, giving_up=old and old.pk, **details
    )
    if old is not None:
        cancel_appointment(old.pk)
    return booked


def _accepted_before(offer_id: UUID) -> Appointment:
    offer = Offer.objects.select_related("appointment__office").get(pk=offer_id)
    if offer.state != Offer.State.ACCEPTED or offer.appointment is None:
        raise OfferOver
    return offer.appointment


def decline_offer(offer: Offer) -> None:
    """Pass the place on; the wish waits again. What is over stays as it is."""
    with transaction.atomic():
        wish, found = lock_wish(offer.wish_id)
        if found is None or found.pk != offer.pk:
            return
        end_offer(found, Offer.State.DECLINED)
        wish.state, wish.unanswered = Wish.State.WAITING, 0
        wish.save(update_fields=["state", "unanswered"])
    expire_holds(found.office)


def is_open(offer: Offer) -> bool:
    """Whether an offer can be answered now."""
    return offer.state == Offer.State.OPEN and _can_be_answered(offer, clock.now())


def _can_be_answered(offer: Offer, now: datetime) -> bool:
    return now < offer.reply_by


def find_to_give_up(offer: Offer, code: str) -> Appointment:
    """The appointment of a check-in code, if the wish's own address has booked it.

    Raises ``CodeUnknown``, whatever of it is wrong.
    """
    found = Appointment.objects.filter(
        code="".join(digit for digit in code if digit.isdigit()),
        email__iexact=offer.wish.email,
        office__authority=offer.office.authority_id,
        state=Appointment.State.BOOKED,
        start__gt=clock.now(),
    ).first()
    if found is None:
        raise CodeUnknown
    return found
