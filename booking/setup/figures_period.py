"""The period whose figures are shown. The address carries it, so that it can be kept and sent."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from booking.local_time import day_text, month_text, short_day_text

DAY, WEEK, FOUR_WEEKS, MONTH, RANGE = "day", "week", "weeks", "month", "range"
KINDS = ((DAY, _("Today")), (WEEK, _("This week")), (FOUR_WEEKS, _("Last 4 weeks")),
         (MONTH, _("This month")))  # fmt: skip
DEFAULT = FOUR_WEEKS
LONGEST = 366
# Beyond that, a comparison costs more than it tells.
COMPARED_UP_TO = 100
OLDEST, NEWEST = date(2000, 1, 1), date(2100, 12, 31)
LIMITS = [MinValueValidator(OLDEST), MaxValueValidator(NEWEST)]


@dataclass(frozen=True)
class Period:
    """Local days, the first and the last included."""

    kind: str
    first: date
    last: date

    def __str__(self) -> str:
        if self.first == self.last:
            return day_text(self.first)
        if self.kind == MONTH:
            return month_text(self.first)
        return f"{short_day_text(self.first)} – {day_text(self.last)}"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def query(self) -> str:
        """What stands behind the question mark of its address."""
        if self.kind == RANGE:
            return urlencode({"period": RANGE, "first": self.first, "last": self.last})
        return urlencode({"period": self.kind, "on": self.last if self.days > 1 else self.first})

    @property
    def earlier(self) -> "Period":
        """The one right before it."""
        return self._ending(self.first - timedelta(days=1))

    @property
    def later(self) -> "Period":
        """The one right after it."""
        length = 27 if self.kind == MONTH else self.days - 1
        return self._ending(self.last + timedelta(days=1 + length))

    @property
    def compared(self) -> "Period | None":
        """What it is compared with: a day with the same weekday before, all else with earlier."""
        if self.days > COMPARED_UP_TO:
            return None
        if self.kind == DAY:
            return self._ending(self.first - timedelta(days=7))
        return self.earlier

    def _ending(self, last: date) -> "Period":
        if self.kind == RANGE:
            return Period(RANGE, last - timedelta(days=self.days - 1), last)
        return around(self.kind, last)

    def until(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Up to when the earlier period counts where this one is not over: the same stretch."""
        before, local = self.compared, now.astimezone(zone)
        if before is None or not self.first <= local.date() <= self.last:
            return None
        day = before.first + (local.date() - self.first)
        return datetime.combine(day, local.time(), zone)


def around(kind: str, day: date) -> Period:
    """The period of a kind that a day belongs to; four weeks end with the day."""
    if kind == DAY:
        return Period(kind, day, day)
    if kind == WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(kind, monday, monday + timedelta(days=6))
    if kind == MONTH:
        first = day.replace(day=1)
        return Period(kind, first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    return Period(FOUR_WEEKS, day - timedelta(days=27), day)


class PeriodForm(forms.Form):
    """Reads the address. What cannot be read is said at its field."""

    period = forms.ChoiceField(choices=[*KINDS, (RANGE, "")], required=False)
    on = forms.DateField(required=False, validators=LIMITS)
    first = forms.DateField(label=_("from"), required=False, validators=LIMITS)
    last = forms.DateField(label=_("to"), required=False, validators=LIMITS)

    def clean(self) -> dict[str, object]:
        data = super().clean()
        if data.get("period") != RANGE or self.errors:
            return data
        first, last = data["first"], data["last"]
        if first is None or last is None:
            self.add_error("last" if first else "first", ValidationError(_("Please choose a day.")))
        elif last < first:
            self.add_error("last", ValidationError(_("This day is before the first one.")))
        elif (last - first).days >= LONGEST:
            self.add_error("last", ValidationError(_("Please choose a year at most.")))
        return data

    def chosen(self, today: date) -> Period:
        """The period that was asked for, or the usual one where that cannot be read."""
        if not self.is_valid():
            return around(DEFAULT, today)
        data = self.cleaned_data
        if data["period"] == RANGE:
            return Period(RANGE, data["first"], data["last"])
        return around(data["period"] or DEFAULT, data["on"] or today)


def read_period(query: QueryDict, today: date) -> tuple[Period, PeriodForm]:
    form = PeriodForm(query)
    return form.chosen(today), form
