"""Where and when a time would suit; the domain decides what is possible."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from booking.domain.wishes import LONGEST, Terms
from booking.local_time import time_text
from booking.models import Office, OpeningHours, Wish

from .forms import HeardField

STEP = timedelta(minutes=30)
# Where an office has no hours yet.
USUAL = (time(8), time(18))


class WishForm(forms.Form):
    """Offices, weekdays, hours, latest day and, unless it is known, the e-mail address."""

    use_required_attribute = False
    bound_field_class = HeardField

    offices = forms.TypedMultipleChoiceField(
        label=_("Where?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which days?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    from_time = forms.TypedChoiceField(label=_("From"), coerce=time.fromisoformat)
    until_time = forms.TypedChoiceField(label=_("To"), coerce=time.fromisoformat)
    latest_day = forms.DateField(label=_("On this day at the latest"))
    email = forms.CharField(
        label=_("E-mail address"),
        help_text=_("We write there as soon as a time is free for you."),
        required=False,
        widget=forms.EmailInput({"autocomplete": "email", "maxlength": 254}),
    )

    def __init__(
        self,
        *args: Any,
        offices: Sequence[Office],
        today: date,
        ask_email: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(office.pk): office for office in offices}
        series = list(OpeningHours.objects.filter(office__in=offices))
        self.fields["offices"].choices = [
            (key, f"{office.name}, {office.address}") for key, office in self.by_id.items()
        ]
        days = sorted({one.weekday for one in series}) or range(5)
        self.fields["weekdays"].choices = [(day, WEEKDAYS[day]) for day in days]
        hours = hours_of(series)
        self.fields["from_time"].choices = hours[:-1]
        self.fields["until_time"].choices = hours[1:]
        self.initial = {
            "offices": list(self.by_id),
            "weekdays": list(days),
            "from_time": hours[0][0],
            "until_time": hours[-1][0],
        } | self.initial
        # The hours of the office may have changed since.
        if self.initial["from_time"] not in dict(hours[:-1]):
            self.initial["from_time"] = hours[0][0]
        if self.initial["until_time"] not in dict(hours[1:]):
            self.initial["until_time"] = hours[-1][0]
        self.fields["latest_day"].widget = forms.DateInput(
            format="%Y-%m-%d",
            attrs={"type": "date", "min": today.isoformat(), "max": (today + LONGEST).isoformat()},
        )
        if not ask_email:
            del self.fields["email"]
        else:
            self.fields["email"].required = True
            self.fields["email"].validate = lambda value: None  # left to the domain
        for name in ("latest_day", "email"):
            if name in self.fields:
                self.fields[name].widget.attrs["class"] = "kern-form-input__input"
        for name in ("from_time", "until_time"):
            self.fields[name].widget.attrs["class"] = "kern-form-input__select"

    @property
    def terms(self) -> Terms:
        """What the domain is asked for; of a valid form."""
        data = self.cleaned_data
        return Terms(
            offices=[self.by_id[key] for key in data["offices"]],
            weekdays=data["weekdays"],
            from_time=data["from_time"],
            until_time=data["until_time"],
            latest_day=data["latest_day"],
        )

    def refuse(self, fields: dict[str, str]) -> None:
        """Show what the domain has said."""
        for field, sentence in fields.items():
            self.add_error(field, sentence)


def hours_of(series: Sequence[OpeningHours]) -> list[tuple[str, str]]:
    """Every half hour from the first opening to the last closing, as choices."""
    opens = min((one.opens for one in series), default=USUAL[0])
    closes = max((one.closes for one in series), default=USUAL[1])
    moment = datetime.combine(date.min, opens.replace(minute=opens.minute // 30 * 30))
    choices = []
    while moment.date() == date.min:
        choices.append((f"{moment:%H:%M}", time_text(moment)))
        if moment.time() >= closes and len(choices) > 1:
            return choices
        moment += STEP
    # Open until midnight: the last choice is a minute before.
    return [*choices[:-1], ("23:59", time_text(datetime.combine(date.min, time(23, 59))))]


def as_typed(wish: Wish) -> dict[str, object]:
    """A wish as the form shows it."""
    return {
        "offices": [str(office.pk) for office in wish.offices.all()],
        "weekdays": wish.days,
        "from_time": f"{wish.from_time:%H:%M}",
        "until_time": f"{wish.until_time:%H:%M}",
        "latest_day": wish.latest_day,
    }
