"""The office lead's view of the waiting list, and extra places for it."""

from datetime import date
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from booking import clock
from booking.domain.wish_list import release_places as release_in_domain
from booking.domain.wish_list import usual_unit, wish_lists
from booking.models import Office

from .scope import changeable, visible


@require_GET
def wishes(request: HttpRequest) -> HttpResponse:
    """Length and age of the list per offering, for every office somebody may see."""
    offices = list(visible(Office, request.user).select_related("authority"))
    context = admin.site.each_context(request) | {
        "title": _("Waiting list"),
        "lists": wish_lists(offices),
        "several_towns": len({office.authority_id for office in offices}) > 1,
    }
    return render(request, "setup/wishes/lists.html", context)


class ReleaseForm(forms.Form):
    """One day, some hours, some counters."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput({"type": "date"}))
    opens = forms.TimeField(label=gettext_lazy("From"), widget=forms.TimeInput({"type": "time"}))
    closes = forms.TimeField(label=gettext_lazy("To"), widget=forms.TimeInput({"type": "time"}))
    counters = forms.IntegerField(
        label=gettext_lazy("Counters"),
        initial=1,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
    )
    unit_minutes = forms.IntegerField(label=gettext_lazy("Unit in minutes"))

    def __init__(self, *args: object, office: Office, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.office = office
        self.fields["unit_minutes"].initial = usual_unit(office)

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        if not 0 <= (day - clock.today(self.office.zone)).days <= self.office.horizon_days:
            raise ValidationError(_("Please choose a day that can be booked now."))
        return day

    def save(self) -> bool:
        """Whether the places were released; if not, the form says why."""
        try:
            release_in_domain(self.office, **self.cleaned_data)
        except ValidationError as refused:
            self.add_error(None, refused.messages)
            return False
        return True


@require_http_methods(["GET", "HEAD", "POST"])
def release_places(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """Places that only wishes get, beside everything that can be booked."""
    office = get_object_or_404(changeable(Office, request.user), pk=office_id)
    form = ReleaseForm(request.POST if request.method == "POST" else None, office=office)
    if form.is_valid() and form.save():
        messages.success(request, _("The places are released; they are being offered now."))
        return redirect("admin:wishes")
    context = admin.site.each_context(request) | {
        "title": _("More places for the waiting list"),
        "office": office,
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "setup/wishes/release.html", context, status=status)
