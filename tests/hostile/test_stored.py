"""Strange texts in everything that is stored: pages, paper, mails and downloads are still made."""

import pytest
from django.core import mail

from booking.domain.actor import CITIZEN
from booking.domain.arrivals import check_in
from booking.domain.cancelling import cancel_appointment
from booking.domain.outbox import deliver
from booking.domain.visits import call_next
from booking.models import OutboxMail, Visit
from kiosk.receipt_printer import receipt
from kiosk.slip import slip_of
from queue_display.snapshot import display_message

from .addresses import rightful, typical
from .forms import ask, shown_at
from .towns import Town
from .values import TEXTS

# What a field of a form takes: not the zero byte, and of the others those that look unlike.
STRANGE = [text for text in TEXTS if text.strip() and "\x00" not in text and not text.isascii()]
STRANGE += ["\r\nSet-Cookie: a=b", "\t\x0b\x1b[2J", "x" * 20_000, "%"]
TYPED = {
    "authority": ("name",),
    "office": ("name", "address", "directions", "notice"),
    "service": ("name", "summary", "documents", "keywords"),
    "counter": ("label",),
    "clerk": ("display_name",),
    "kiosk": ("name",),
    "closure": ("reason",),
    "appointment": ("name",),
}


def store(text: str, town: Town) -> None:
    """Past all checks, as long as the column allows."""
    for name, columns in TYPED.items():
        row = getattr(town, name)
        fields = [
            one
            for one in row._meta.concrete_fields
            if getattr(one, "translated_field", one).name in columns
        ]
        values = {one.name: text[: one.max_length] for one in fields}
        type(row)._base_manager.filter(pk=row.pk).update(**values)


@pytest.mark.endure
@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_no_stored_text_keeps_anything_from_being_made(town, text):
    check_in(office=town.office, code=town.checked_in.code, actor=CITIZEN)
    call_next(town.counter.pk, staff=town.clerk)
    store(text, town)
    for address in typical():
        client = rightful(address.key, town).client()
        for path in [] if address.is_api else shown_at(address, town):
            where, _mark, query = path.partition("?")
            ask(client, "GET", where, query.encode())
    for visit in Visit.objects.select_related("office__authority", "counter"):
        assert receipt(slip_of(visit))
    assert display_message(town.office.pk)["calls"]
    assert town.citizen.client().get("/api/v1/authorities").status_code == 200
    for name in ("queue", "counters"):
        path = f"/api/v1/offices/{town.office.pk}/{name}"
        assert town.desk.client().get(path).status_code == 200


@pytest.mark.endure
@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_no_stored_text_keeps_a_mail_from_leaving(town, text):
    store(text, town)
    cancel_appointment(town.appointment.pk)
    written = OutboxMail.objects.all()
    assert written.count() == 3
    for one in written:
        assert deliver(one.pk)
    assert all(sent.message().as_bytes() for sent in mail.outbox)
