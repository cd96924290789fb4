"""A paired kiosk, appointments to check in with, and a printer made of a socket."""

import socket
import threading
from datetime import datetime, timedelta

import pytest
from django.test import Client

from booking.domain import devices
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.models import Appointment, Device, Offering, Office
from tests.chromium import chromium
from tests.conftest import TUESDAY
from tests.kiosk.browser import page

__all__ = ["chromium", "page"]


@pytest.fixture
def paired(office: Office) -> tuple[Device, str]:
    return devices.make_device(kind=Device.Kind.KIOSK, office=office, name="Entrance")


@pytest.fixture
def device(paired) -> Device:
    return paired[0]


@pytest.fixture
def kiosk(paired) -> Client:
    """The browser of the paired kiosk. It has no session."""
    client = Client()
    client.cookies["schalter_kiosk"] = paired[1]
    return client


@pytest.fixture
def book(offering: Offering):
    """Book an appointment: by default today at 10:00."""

    def make(start: datetime = TUESDAY + timedelta(minutes=30), **changes) -> Appointment:
        offered = changes.get("offering", offering)
        held = hold_appointment(office=offered.office, items=[Item(offered, 1)], start=start)
        return confirm_appointment(held.pk, name="Erika Beispiel", email="erika@example.org")

    return make


class FakePrinter:
    """Listens like a receipt printer, answers what it is asked and keeps what it is sent."""

    def __init__(self, *, online: bytes | None = b"\x12", paper: bytes | None = b"\x12") -> None:
        self.answers = {b"\x10\x04\x01": online, b"\x10\x04\x04": paper}
        self.jobs: list[bytes] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self.server.accept()
            except OSError:
                return
            with connection:
                self._receive(connection)

    def _receive(self, connection: socket.socket) -> None:
        job = b""
        while data := connection.recv(65536):
            if data in self.answers:
                if answer := self.answers[data]:
                    connection.sendall(answer)
            else:
                job += data
        if job:
            self.jobs.append(job)

    def close(self) -> None:
        self.server.close()


@pytest.fixture
def make_printer(device):
    """Start a printer and give it to the kiosk."""
    printers = []

    def start(**answers) -> FakePrinter:
        printer = FakePrinter(**answers)
        printers.append(printer)
        use_network_printer(device, printer.port)
        return printer

    yield start
    for printer in printers:
        printer.close()


def use_network_printer(device: Device, port: int) -> None:
    device.printer = Device.Printer.NETWORK
    device.printer_host, device.printer_port = "127.0.0.1", port
    device.save()
