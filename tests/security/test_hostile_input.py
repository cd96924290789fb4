"""Input that no person types."""

import pytest
from channels.testing import WebsocketCommunicator
from django.test import Client
from django.urls import reverse

from booking.domain.actor import CITIZEN
from booking.domain.arrivals import draw_ticket
from booking.domain.items import Item
from booking.models import Visit
from config.asgi import application
from kiosk.receipt_printer import receipt
from kiosk.slip import slip_of
from tests import factories


@pytest.mark.parametrize("quantity", ["9" * 5000, "-1", "²", "", "\x00", "1e3"])
def test_a_transfer_for_no_number_of_persons_is_refused(clerk, offering, quantity):
    other = factories.OfferingFactory(
        office=offering.office, service__authority=offering.office.authority
    )
    visit = draw_ticket(office=offering.office, items=[Item(offering, 1)], actor=CITIZEN)
    client = Client()
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    form = {"target": f"{other.office_id}:{other.pk}", "quantity": quantity}
    assert client.post(reverse("desk_transfer", args=[visit.pk]), form).status_code == 200
    assert Visit.objects.get().items.get().offering == offering


@pytest.mark.parametrize("path", ["/ws/", "/ws/nothing/", "/ws/ticket/1/", "/"])
async def test_a_socket_at_an_unknown_address_is_closed_without_an_error(path):
    socket = WebsocketCommunicator(application, path, headers=[(b"host", b"testserver")])
    accepted, _code = await socket.connect()
    assert not accepted
    await socket.wait()


def test_a_stranger_who_pairs_all_the_time_keeps_nobody_from_pairing(db):
    for _attempt in range(31):
        answer = Client().post(reverse("kiosk_pairing"), REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 429
    answer = Client().post(reverse("kiosk_pairing"), REMOTE_ADDR="192.0.2.8")
    assert answer.status_code == 302


def test_a_name_holds_no_command_for_the_receipt_printer(offering):
    visit = draw_ticket(office=offering.office, items=[Item(offering, 1)], actor=CITIZEN)
    harmless = receipt(slip_of(visit))
    # Opens the drawer, in some printers.
    command = "\x1bp\x010"
    for thing in (offering.office.authority, offering.office, offering.service):
        thing.name = f"{thing.name}\n{command}"
        thing.save()
    visit = Visit.objects.select_related("office__authority").get()
    hostile = receipt(slip_of(visit))
    assert hostile != harmless
    assert command.encode() not in hostile
