"""Behind the link of a wish: confirm it, see how it stands, change or withdraw it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.views.decorators.http import require_http_methods

from booking import clock
from booking.domain.errors import NotOnline, Refused, WishInvalid, WishOver
from booking.domain.wishes import change_wish as change_in_domain
from booking.domain.wishes import confirm_wish, offices_for, wishes_before
from booking.domain.wishes import withdraw_wish as withdraw_in_domain
from booking.models import Offer, Wish

from .secret import with_form
from .wish_form import WishForm, as_typed
from .wish_secret import to_wish, wish_page


@require_http_methods(["GET", "HEAD", "POST"])
@wish_page
def wish(request: HttpRequest, wish: Wish) -> HttpResponse:
    """How it stands. The button of the first visit confirms the wish.

    The link alone would not do: programs that look for harmful mails open every link.
    """
    refused = None
    if request.method == "POST":
        try:
            return to_wish(confirm_wish(wish.pk))
        except Refused as error:
            refused = error
            wish.refresh_from_db(fields=["state"])
    context = wish_context(wish) | {"refused": refused}
    if wish.state == Wish.State.WAITING:
        context["before"] = wishes_before(wish)
    if wish.state == Wish.State.OFFERED:
        context["offer"] = wish.offers.filter(state=Offer.State.OPEN).first()
    return with_form(render(request, "citizen/wish.html", context, status=409 if refused else 200))


@require_http_methods(["GET", "HEAD", "POST"])
@wish_page
def change_wish(request: HttpRequest, wish: Wish) -> HttpResponse:
    """Other offices or times; what somebody comes for is another wish."""
    if not wish.is_live:
        return to_wish(wish)
    services = [item.service_id for item in wish.items.all()]
    offices = list(offices_for(wish.authority_id, services))
    form = WishForm(
        request.POST if request.method == "POST" else None,
        offices=offices,
        today=clock.today(timezone.get_default_timezone()),
        ask_email=False,
        initial=as_typed(wish),
    )
    if form.is_valid():
        try:
            return to_wish(change_in_domain(wish.pk, form.terms), "?changed=1")
        except WishInvalid as refused:
            form.refuse(refused.fields)
        except NotOnline as refused:
            form.add_error(None, refused.message)
        except WishOver:
            return to_wish(wish)
    context = wish_context(wish) | {"form": form, "changing": True}
    status = 422 if form.errors else 200
    return with_form(render(request, "citizen/wish_form.html", context, status=status))


@require_http_methods(["GET", "HEAD", "POST"])
@wish_page
def withdraw_wish(request: HttpRequest, wish: Wish) -> HttpResponse:
    """Ask, then withdraw."""
    if not wish.is_live:
        return to_wish(wish)
    if request.method == "POST":
        return to_wish(withdraw_in_domain(wish.pk))
    return with_form(render(request, "citizen/withdraw_wish.html", wish_context(wish)))


def wish_context(wish: Wish) -> dict[str, object]:
    """What every page about one wish shows."""
    given_up = wish.appointment
    return {
        "authority": wish.authority,
        "wish": wish,
        "wish_items": wish.items.all(),
        "wish_offices": wish.offices.all(),
        "weekdays": [WEEKDAYS[day] for day in wish.days],
        "every_day": len(wish.days) == 7,
        "given_up": given_up and given_up.start.astimezone(given_up.office.zone),
    }
