"""What those who wish for a time are told by mail."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from booking.local_time import day_text, time_text
from booking.models import Offer, OutboxMail

from .letter import Letter
from .links import offer_link, start_link, wish_link

Kind = OutboxMail.Kind


def wish_letter(mail: OutboxMail) -> Letter:
    """Write a mail about a wish, in the active language."""
    wish = mail.wish
    context = {
        "authority": wish.authority,
        "items": list(wish.items.select_related("service")),
        "link": wish_link(wish),
        "booking_link": start_link(wish.authority),
    }
    if mail.kind == Kind.WISH_OFFER:
        return _offer_letter(mail, context)
    subject = {
        Kind.WISH_MADE: _("Please confirm: you would like a time"),
        Kind.WISH_ENDED: _("Your place on the waiting list has ended"),
    }[Kind(mail.kind)]
    context["unanswered"] = wish.unanswered
    return Letter(subject, render_to_string(f"mail/{mail.kind}.txt", context))


def _offer_letter(mail: OutboxMail, context: dict[str, object]) -> Letter:
    """About the newest offer: what was offered before is answered."""
    offers = Offer.objects.select_related("office", "wish__appointment__office")
    offer = offers.filter(wish=mail.wish).latest("made_at")
    zone = offer.office.zone
    start = offer.start.astimezone(zone)
    given_up = offer.wish.appointment
    context |= {
        "office": offer.office,
        "start": start,
        "reply_by": offer.reply_by.astimezone(zone),
        "offer_link": offer_link(offer),
        "given_up": given_up and given_up.start.astimezone(given_up.office.zone),
    }
    subject = _("A time for you: %(day)s at %(time)s")
    return Letter(
        subject % {"day": day_text(start), "time": time_text(start)},
        render_to_string("mail/wish_offer.txt", context),
    )
