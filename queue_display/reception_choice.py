"""What the forms of the front desk choose: services with persons, and a day."""

from collections.abc import Iterator
from datetime import date

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from booking import clock
from booking.citizen.forms import DetailsForm
from booking.domain.items import Item, choose_items
from booking.models import Offering, Office, Visit
from booking.security import new_token

# Services that can be chosen at once; the second may stay empty.
ROWS = 2


class CallerForm(DetailsForm):
    """Whoever calls: the name, and how to be reached where they want to say so."""

    by_staff = True

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            # The browser must not remember one caller's name for the next.
            field.widget.attrs["autocomplete"] = "off"
            field.help_text = ""
        email = self.fields["email"]
        email.required = False
        email.help_text = _("Without it no mail is sent: read the code aloud.")


def chosen_items(office: Office, form: QueryDict) -> list[Item]:
    """What the selects ask for. Raises what ``choose_items`` does."""
    return choose_items(
        office, [(offering, persons) for offering, persons in _rows(form) if offering]
    )


def _rows(form: QueryDict) -> Iterator[tuple[str, int]]:
    """Offering and persons of each row; nonsense becomes 0, which the domain refuses."""
    persons = form.getlist("persons")
    for number, offering in enumerate(form.getlist("offering")[:ROWS]):
        text = persons[number] if number < len(persons) else "1"
        yield offering, int(text) if text.isdecimal() and len(text) <= 3 else 0


def choice_rows(office: Office, form: QueryDict) -> dict[str, object]:
    """The selects as they were sent; at first the office's first service."""
    offerings = list(office.offerings.select_related("service"))
    rows = list(_rows(form)) or [(str(offerings[0].pk) if offerings else "", 1)]
    rows += [("", 1)] * (ROWS - len(rows))
    return {"offerings": offerings, "rows": [_Row(*row) for row in rows]}


class _Row:
    """One select: the id of its service and the persons."""

    def __init__(self, offering: str, persons: int) -> None:
        self.offering, self.persons = offering, max(1, persons)

    def is_chosen(self, offering: Offering) -> bool:
        return str(offering.pk) == self.offering


def chosen_priority(form: QueryDict) -> Visit.Priority:
    """What was chosen; whatever is no class of priority is none."""
    chosen = form.get("priority")
    return Visit.Priority(chosen) if chosen in Visit.Priority.values else Visit.Priority.NORMAL


def first_day(office: Office, form: QueryDict) -> date:
    """From which day on times are wanted: today where none or a past one was chosen."""
    try:
        day = date.fromisoformat(form.get("day", ""))
    except ValueError:
        day = date.min
    return max(day, clock.today(office.zone))


def new_key() -> str:
    """Made for each rendered form and sent with it: pressing twice is one request."""
    return new_token()[:22]


def key_of(request: HttpRequest, *more: str) -> str | None:
    """The idempotency key of the form, bound to who sends it; none where it was tampered with."""
    key = request.POST.get("key", "")
    if not key.isascii() or not 16 <= len(key) <= 30:
        return None
    return ":".join(("reception", str(request.user.pk), key, *more))[:100]
