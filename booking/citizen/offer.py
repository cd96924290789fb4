"""An offer: take it or decline it."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from booking.domain.appointments import items_of
from booking.domain.errors import CodeUnknown, OfferOver, Refused
from booking.domain.items import total_minutes
from booking.domain.offer_answers import accept_offer, decline_offer, find_to_give_up, is_open
from booking.models import Appointment, Offer, Wish

from .forms import DetailsForm
from .secret import to_appointment, with_form
from .wish import wish_context
from .wish_secret import to_wish, wish_page


class OfferForm(DetailsForm):
    """The name, a phone number where the office asks for one, and what is given up.

    The address is known: the offer came there.
    """

    give_up = forms.CharField(
        label=_("Check-in code of the appointment"),
        help_text=_("Eight digits. It must have been booked with the same e-mail address."),
        required=False,
        widget=forms.TextInput(
            {
                "class": "kern-form-input__input",
                "inputmode": "numeric",
                "autocomplete": "off",
                "maxlength": 20,
            }
        ),
    )

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, office=offer.office, **kwargs)
        self.offer = offer
        self.known_email = offer.wish.email
        self.giving_up: Appointment | None = None
        del self.fields["email"]
        if offer.wish.appointment is not None:
            del self.fields["give_up"]

    def clean(self) -> dict[str, str]:
        code = self.cleaned_data.get("give_up", "")
        if code.strip():
            try:
                self.giving_up = find_to_give_up(self.offer, code)
            except CodeUnknown as refused:
                self.add_error("give_up", refused.message)
        return super().clean()


@require_http_methods(["GET", "HEAD", "POST"])
@wish_page
def offer(request: HttpRequest, wish: Wish, offer_id: UUID) -> HttpResponse:
    """The time with both answers, or what became of it."""
    found = get_object_or_404(wish.offers.select_related("office", "appointment"), pk=offer_id)
    found.wish = wish
    if found.state == Offer.State.ACCEPTED and found.appointment is not None:
        return to_appointment(found.appointment)
    if not is_open(found):
        return with_form(_render(request, found, None))
    if request.method != "POST":
        return with_form(_render(request, found, OfferForm(offer=found, initial=_known(wish))))
    if request.POST.get("answer") == "decline":
        decline_offer(found)
        return to_wish(wish, "?declined=1")
    return _accept(request, found)


def _accept(request: HttpRequest, found: Offer) -> HttpResponse:
    form = OfferForm(request.POST, offer=found)
    if not form.is_valid():
        return with_form(_render(request, found, form, status=422))
    details = {key: form.cleaned_data[key] for key in ("name", "phone")}
    try:
        return to_appointment(accept_offer(found, giving_up=form.giving_up, **details))
    except OfferOver:
        found.refresh_from_db(fields=["state"])
        return with_form(_render(request, found, None, status=409))
    except Refused as refused:
        form.add_error(None, refused.message)
        return with_form(_render(request, found, form, status=409))


def _known(wish: Wish) -> dict[str, str]:
    """Of the appointment that is given up."""
    old = wish.appointment
    return {"name": old.name, "phone": old.phone} if old else {}


def _render(
    request: HttpRequest, found: Offer, form: OfferForm | None, status: int = 200
) -> HttpResponse:
    zone = found.office.zone
    context = wish_context(found.wish) | {
        "offer": found,
        "office": found.office,
        "start": found.start.astimezone(zone),
        "reply_by": found.reply_by.astimezone(zone),
        "form": form,
    }
    if form is not None:
        items = items_of(found.appointment)
        context |= {"items": items, "minutes": total_minutes(items)}
    return render(request, "citizen/offer.html", context, status=status)
