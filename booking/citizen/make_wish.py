"""Making a wish: from the page of times, or for something earlier than what is booked."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from booking import clock
from booking.domain.appointments import items_of
from booking.domain.errors import NotOnline, Refused, TooManyAttempts, WishInvalid
from booking.domain.items import Item, total_minutes
from booking.domain.publishing import horizon
from booking.domain.wishes import make_wish as make_in_domain
from booking.domain.wishes import offices_for
from booking.hold_limit import limit_wishes
from booking.models import Appointment, Office

from .secret import secret_page, to_appointment, with_form
from .selection import choose_path, chosen_items, same_choice, times_path
from .wish_form import WishForm


@require_http_methods(["GET", "HEAD", "POST"])
def make_wish(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """Where and when it would suit. Other offices of the town may offer the same."""
    office = get_object_or_404(Office.objects.select_related("authority"), pk=office_id)
    try:
        items = chosen_items(office, request.GET)
    except Refused:
        return redirect(choose_path(office, same_choice(request.GET)))
    return _Page(request, office, items).answer()


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def earlier(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """A time before the one that is booked, which is given up for it."""
    booked = appointment.state == Appointment.State.BOOKED
    if not booked or appointment.start <= clock.now() or hasattr(appointment, "visit"):
        return to_appointment(appointment)
    page = _Page(request, appointment.office, items_of(appointment), appointment)
    return with_form(page.answer())


@require_safe
def wish_sent(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """What to do now. It says the same to everybody, whether a mail was written or not."""
    office = get_object_or_404(Office.objects.select_related("authority"), pk=office_id)
    context = {"authority": office.authority, "office": office}
    return render(request, "citizen/wish_sent.html", context)


class _Page:
    """The form, around what somebody comes for."""

    def __init__(
        self,
        request: HttpRequest,
        office: Office,
        items: Sequence[Item],
        appointment: Appointment | None = None,
    ) -> None:
        self.request, self.office, self.items = request, office, items
        self.appointment = appointment
        services = [item.offering.service_id for item in items]
        others = offices_for(office.authority_id, services)
        # The one where somebody was looking comes first.
        self.offices = sorted(others, key=lambda one: (one.pk != office.pk, one.name))
        if office not in self.offices:
            raise Http404

    def answer(self) -> HttpResponse:
        if self.request.method == "POST":
            return self._sent()
        return self._render(self._form())

    def _form(self, data: object = None) -> WishForm:
        today = clock.today(self.office.zone)
        return WishForm(
            data,
            offices=self.offices,
            today=today,
            ask_email=not self._known_email,
            initial={"latest_day": self._latest(today), "offices": [str(self.office.pk)]},
        )

    def _latest(self, today: date) -> date:
        """All that can be booked; nobody exchanges an appointment for one of the same day."""
        if self.appointment is None:
            return horizon(self.office)
        own = self.appointment.start.astimezone(self.office.zone).date()
        return max(today, own - timedelta(days=1))

    @property
    def _known_email(self) -> str:
        return self.appointment.email if self.appointment else ""

    def _sent(self) -> HttpResponse:
        form = self._form(self.request.POST)
        if form.is_valid():
            try:
                limit_wishes(self.request)
                make_in_domain(
                    authority=self.office.authority,
                    items=self.items,
                    terms=form.terms,
                    email=self._known_email or form.cleaned_data["email"],
                    appointment=self.appointment,
                )
            except WishInvalid as refused:
                form.refuse(refused.fields)
            except (NotOnline, TooManyAttempts) as refused:
                form.add_error(None, refused.message)
            else:
                return redirect("wish_sent", self.office.pk)
        return self._render(form, status=422)

    def _render(self, form: WishForm, status: int = 200) -> HttpResponse:
        given_up = self.appointment
        context = {
            "authority": self.office.authority,
            "office": self.office,
            "items": self.items,
            "minutes": total_minutes(self.items),
            "form": form,
            "times_path": times_path(self.office, self.items),
            "given_up": given_up and given_up.start.astimezone(self.office.zone),
            "known_email": self._known_email,
            "appointment": given_up,
        }
        return render(self.request, "citizen/wish_form.html", context, status=status)
