"""After the retention nothing of a person is left: in no table, in no line of the log.

A day on which citizens and staff do with their data whatever the product lets them do; then the
worker's night duties. What is looked through is the whole database, table by table.
"""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail as sent
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.urls import reverse

from booking.citizen.selection import times_path
from booking.domain.actor import Actor
from booking.domain.items import Item
from booking.domain.links import poster_link
from booking.domain.outbox import deliver_due_mails
from booking.domain.pruning import prune
from booking.domain.reminders import write_due_reminders
from booking.domain.retention import delete_expired_personal_data
from booking.domain.visits import begin, finish
from booking.models import Appointment, OutboxMail, StaffRole, Visit
from booking.security import appointment_secret
from booking.worker import forget_traces
from tests import factories
from tests.conftest import TUESDAY
from tests.gateways import running_gateway
from tests.hostile.test_traces import whole_log

NAMES = ("Xaveria", "Quastenflosser", "Yolanda", "Zwetschgenmus", "Wunibald")
TYPED = ("xaveria", "quasten@", "yolanda@", "wunibald@", "23456789", "Dolmetscherin")
EARLY = TUESDAY.replace(hour=6, minute=50) - timedelta(days=1)


class DeadFor(EmailBackend):
    """A mail server that does not know one of the addresses, and repeats it."""

    def send_messages(self, messages):
        if any("wunibald" in to for message in messages for to in message.to):
            raise ConnectionRefusedError(f"no route for {messages[0].to[0]}")
        return super().send_messages(messages)


def dump() -> Iterator[str]:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield f"{table}: {row}"


def found(lines: Iterator[str], wanted: list[str]) -> set[str]:
    text = "\n".join(lines)
    return {one for one in wanted if one.casefold() in text.casefold()}


class Day:
    """Whatever can be done with an appointment, through the pages alone."""

    def __init__(self, office, offering) -> None:
        self.office, self.items = office, [Item(offering, 1)]
        self.offering = offering

    def book(self, name: str, email: str, hour: int) -> "Own":
        client = Client()
        start = TUESDAY.replace(hour=hour, minute=0)
        client.get(times_path(self.office, self.items))
        held = client.post(
            reverse("hold", args=[self.office.pk]),
            {"offering": f"{self.offering.pk}:1", "start": start.isoformat()},
        )
        client.post(
            held.url,
            {"name": name, "email": email, "phone": "03441 23456789",
             "expected_start": start.isoformat()},
        )  # fmt: skip
        return Own(client, Appointment.objects.get(email=email))


class Own:
    """Somebody with the link to an appointment."""

    def __init__(self, client: Client, appointment: Appointment) -> None:
        self.client, self.appointment = client, appointment

    def path(self, page: str) -> str:
        key = self.appointment.pk
        return reverse(page, args=[key, appointment_secret(key)])

    def send(self, page: str, **typed: str) -> None:
        response = self.client.post(self.path(page), typed)
        assert response.status_code == 302, (page, response.content.decode())


@pytest.fixture
def gateway(settings, office):
    office.remind_by_sms, office.phone_check_in = True, "poster"
    office.save()
    settings.EMAIL_BACKEND = f"{__name__}.DeadFor"
    with running_gateway() as running:
        settings.SMS_URL = running.address
        yield running


def test_after_the_retention_nothing_personal_is_left(office, offering, counter, gateway, set_time):
    with whole_log() as log:
        set_time(EARLY - timedelta(hours=10))
        day = Day(office, offering)
        first = day.book("Xaveria Quastenflosser", "xaveria.quasten@example.org", 9)
        second = day.book("Yolanda Zwetschgenmus", "yolanda@example.org", 10)
        day.book("Wunibald Zwetschgenmus", "wunibald@example.org", 11)
        deliver_due_mails()
        personal = [*NAMES, *TYPED, *Appointment.objects.values_list("code", flat=True)]

        later = TUESDAY.replace(hour=9, minute=30)
        first.send("move", start=later.isoformat())
        first.send("reminders", mail="1", sms="1", phone="0151 23456789")
        first.send("subscribe")
        first.client.get(first.path("own_data"))
        town = office.authority.slug
        code = first.appointment.code
        first.client.post(
            reverse("find", args=[town]), {"code": code, "email": "xaveria.quasten@example.org"}
        )
        deliver_due_mails()
        for moment in (later - timedelta(days=1), later - timedelta(hours=1)):
            set_time(moment)
            write_due_reminders()
            deliver_due_mails()
        assert [json.loads(body)["to"] for *_rest, body in gateway.received] == [
            "+4915123456789"
        ] * 2

        staff = factories.make_staff(office, StaffRole.Role.FRONT_DESK)
        desk = Client()
        desk.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
        desk.post(reverse("desk_open", args=[counter.pk]))
        desk.post(reverse("reception_search", args=[office.pk]), {"typed": "Quastenflosser"})
        first.send("late", minutes="5")
        second.send("cancel")
        Client().post("/" + poster_link(office).split("/", 3)[3], {"code": code})
        visit = Visit.objects.get(appointment=first.appointment)
        desk.post(reverse("desk_note", args=[visit.pk]), {"note": "kommt mit Dolmetscherin"})
        visit.refresh_from_db()
        assert visit.note == "kommt mit Dolmetscherin"
        set_time(later)
        desk.post(reverse("desk_next", args=[counter.pk]))
        visit.refresh_from_db()
        assert visit.state == Visit.State.CALLED
        begin(visit.pk, actor=Actor(staff))
        finish(visit.pk, actor=Actor(staff))
        # The dump sees what is looked for, as long as it is there.
        before = found(dump(), personal)
        assert {"Xaveria", "Wunibald", "23456789", "Dolmetscherin", code} <= before
        assert OutboxMail.objects.filter(state="pending").exists()

        set_time(TUESDAY.replace(hour=0, minute=0) + timedelta(days=3))
        delete_expired_personal_data()
        prune()
        forget_traces()
        deliver_due_mails()
    assert found(dump(), personal) == set()
    assert found(iter([log.getvalue()]), personal) == set()
    assert log.getvalue() != ""
    assert Appointment.objects.count() == 3
    assert len(sent.outbox) > 5
