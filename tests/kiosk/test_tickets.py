"""The ticket: shown, printed once, and only at the office that issued it."""

import io
import json
import socket
import time
import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from booking.domain import devices
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import draw_ticket
from booking.domain.counters import open_counter
from booking.domain.forecast import Wait
from booking.domain.items import Item
from booking.domain.visits import call_next
from booking.models import Device
from kiosk.receipt_picture import is_printable, picture
from kiosk.receipt_printer import receipt
from kiosk.slip import slip_of
from kiosk.ticket_pdf import ticket_pdf
from tests import factories
from tests.conftest import TUESDAY
from tests.kiosk.conftest import use_network_printer


@pytest.fixture
def visit(office, offering):
    return draw_ticket(office=office, items=[Item(offering, 2)], actor=CITIZEN)


def print_it(kiosk, visit):
    answer = kiosk.post(
        reverse("kiosk_print", args=[visit.pk]), headers={"Accept": "application/json"}
    )
    return json.loads(answer.content)["state"]


def jobs_of(printer, count):
    """What arrived at the printer, once so many tickets did or a moment has passed."""
    for _ in range(50):
        if len(printer.jobs) >= count:
            break
        time.sleep(0.02)
    return printer.jobs


def test_it_shows_the_number_where_to_wait_and_who_comes_before(
    kiosk, office, offering, visit, set_time
):
    office.directions = "Ground floor"
    office.save()
    set_time(TUESDAY + timedelta(minutes=1))
    second = draw_ticket(office=office, items=[Item(offering, 1)], actor=CITIZEN)
    page = kiosk.get(reverse("kiosk_ticket", args=[second.pk]))
    slip = page.context["slip"]
    assert (slip.big, slip.directions) == ("A002", "Ground floor")
    assert "1" in slip.says[0]
    assert len(slip.says) == 1
    assert "Ground floor" in page.content.decode()


@pytest.mark.parametrize("page", ["kiosk_ticket", "kiosk_slip"])
def test_the_ticket_says_how_long_one_waits(kiosk, office, offering, visit, page):
    words = "Wartezeit: etwa 10–20 Minuten"
    address = reverse(page, args=[visit.pk])
    assert "Wartezeit" not in kiosk.get(address).content.decode()
    # Just drawn: what whoever draws now is told.
    factories.make_forecast(office, tickets={offering.pk: Wait(11, 14, 19)})
    assert words in kiosk.get(address).content.decode()
    factories.make_forecast(office, visits={visit.pk: Wait(2, 3, 4)})
    assert "Wartezeit: weniger als 5 Minuten" in kiosk.get(address).content.decode()


def test_the_paper_says_how_long_one_waits(office, visit):
    factories.make_forecast(office, visits={visit.pk: Wait(11, 14, 19)})
    slip = slip_of(visit)
    (page,) = PdfReader(BytesIO(ticket_pdf(slip, language="de"))).pages
    assert "Wartezeit: etwa 10–20 Minuten" in page.extract_text()
    assert b"Wartezeit: etwa 10" in receipt(slip)


@pytest.mark.parametrize("language", ["uk", "ar", "tr"])
def test_letters_the_printer_lacks_come_as_a_picture(visit, language):
    raster = b"\x1dv0"  # GS v 0 of ESC/POS
    german = receipt(slip_of(visit))
    with translation.override(language):
        slip = slip_of(visit)
        paper = receipt(slip)
    assert german.count(raster) == 0
    # Who comes before, and what the QR code is for.
    assert paper.count(raster) == sum(not is_printable(one) for one in (slip.says[0], slip.hint))
    assert b"?" not in paper.replace(slip.link.encode(), b"").split(raster)[0]
    assert slip.big.encode() in paper


def test_a_picture_of_a_text_has_its_letters_black_on_white():
    with translation.override("ar"):
        drawn = picture("الرقم التالي", bold=True)
    assert drawn.mode == "1"
    assert drawn.size[0] == 512
    assert 100 < drawn.histogram()[0] < drawn.size[0] * drawn.size[1] / 4


def test_who_is_called_is_told_where_and_no_wait(office, visit, counter, clerk):
    factories.make_forecast(office, visits={visit.pk: Wait(11, 14, 19)})
    open_counter(counter.pk, staff=clerk)
    called = call_next(counter.pk, staff=clerk)
    assert len(slip_of(called).says) == 1
    assert counter.label in slip_of(called).says[0]


@pytest.mark.parametrize(
    "name", ["kiosk_ticket", "kiosk_slip", "kiosk_ticket_pdf", "kiosk_print", "kiosk_print_again"]
)
def test_another_office_and_an_unpaired_browser_see_nothing(kiosk, client, visit, name):
    address = reverse(name, args=[visit.pk])
    method = "post" if name.startswith("kiosk_print") else "get"
    assert getattr(client, method)(address).status_code == 302
    elsewhere = factories.OfficeFactory(authority=visit.office.authority)
    client.cookies["schalter_kiosk"] = devices.make_device(kind="kiosk", office=elsewhere)[1]
    assert getattr(client, method)(address).status_code == 404
    assert getattr(kiosk, method)(reverse(name, args=[uuid.uuid4()])).status_code == 404


def test_yesterdays_ticket_is_gone(kiosk, visit, set_time):
    set_time(TUESDAY + timedelta(days=1))
    assert kiosk.get(reverse("kiosk_ticket", args=[visit.pk])).status_code == 404


def test_the_pdf_is_one_page_of_80_mm_with_everything_on_it(kiosk, office, visit):
    office.directions = "Im Erdgeschoss, gegenüber der Treppe – bitte Platz nehmen"
    office.save()
    answer = kiosk.get(reverse("kiosk_ticket_pdf", args=[visit.pk]))
    pdf = PdfReader(io.BytesIO(answer.content))
    text = " ".join(pdf.pages[0].extract_text().split())
    assert answer["Content-Type"] == "application/pdf"
    assert len(pdf.pages) == 1
    assert round(float(pdf.pages[0].mediabox.width) / 72 * 25.4) == 80
    for part in ("A001", "2 ×", "Bürgerbüro", "gegenüber der Treppe", "24.11.2026", "09:30"):
        assert part in text


def test_a_very_long_service_still_fits_on_the_pdf(kiosk, visit):
    service = visit.items.get().offering.service
    service.name = "Untersuchungsberechtigungsschein" * 3
    service.save()
    answer = kiosk.get(reverse("kiosk_ticket_pdf", args=[visit.pk]))
    assert len(PdfReader(io.BytesIO(answer.content)).pages) == 1


def test_the_slip_may_be_framed_by_the_kiosk_alone(kiosk, visit):
    slip = kiosk.get(reverse("kiosk_slip", args=[visit.pk]))
    page = kiosk.get(reverse("kiosk_ticket", args=[visit.pk]))
    assert slip["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in slip["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


def test_the_browser_prints_once_however_often_the_page_is_loaded(kiosk, visit):
    assert [print_it(kiosk, visit) for _ in range(3)] == ["browser", "done", "done"]


def test_without_script_the_browser_is_sent_to_the_pdf(kiosk, visit):
    answer = kiosk.post(reverse("kiosk_print", args=[visit.pk]))
    assert answer.url == reverse("kiosk_ticket_pdf", args=[visit.pk])


def test_a_kiosk_without_a_printer_prints_nothing(kiosk, device, visit):
    device.printer = Device.Printer.NONE
    device.save()
    page = kiosk.get(reverse("kiosk_ticket", args=[visit.pk])).content.decode()
    assert print_it(kiosk, visit) == "none"
    assert 'id="print"' not in page


def test_the_network_printer_gets_one_ticket(kiosk, visit, make_printer):
    printer = make_printer()
    assert [print_it(kiosk, visit) for _ in range(2)] == ["done", "done"]
    jobs = jobs_of(printer, 1)
    assert len(jobs) == 1
    assert b"A001" in jobs[0]
    assert str(visit.pk).encode() in jobs[0]


def test_the_visitor_may_ask_for_the_paper_again_but_not_for_a_roll(kiosk, visit, make_printer):
    printer = make_printer()
    print_it(kiosk, visit)
    for _ in range(6):
        again = kiosk.post(reverse("kiosk_print_again", args=[visit.pk]))
        assert again.url == reverse("kiosk_ticket", args=[visit.pk])
        print_it(kiosk, visit)
    assert len(jobs_of(printer, 4)) == 4


@pytest.mark.parametrize(
    "answers", [{"paper": b"\x72"}, {"online": b"\x1a"}], ids=["out of paper", "offline"]
)
def test_a_printer_that_is_not_ready_is_sent_nothing(kiosk, visit, make_printer, answers):
    printer = make_printer(**answers)
    assert print_it(kiosk, visit) == "failed"
    assert kiosk.get(reverse("kiosk_ticket", args=[visit.pk])).context["slip"].big == "A001"
    assert jobs_of(printer, 1) == []


def test_a_printer_that_answers_no_questions_prints_all_the_same(kiosk, visit, make_printer):
    printer = make_printer(online=None, paper=None)
    assert print_it(kiosk, visit) == "done"
    assert len(jobs_of(printer, 1)) == 1


@pytest.fixture
def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_a_printer_that_refuses_is_said_quickly_and_shown_on_the_start_page(
    kiosk, device, visit, closed_port, make_printer, office, offering
):
    use_network_printer(device, closed_port)
    begun = time.monotonic()
    assert print_it(kiosk, visit) == "failed"
    assert time.monotonic() - begun < 3
    assert print_it(kiosk, visit) == "failed"
    assert kiosk.get(reverse("kiosk")).context["printer_fault"]

    make_printer()
    later = draw_ticket(office=office, items=[Item(offering, 1)], actor=CITIZEN)
    assert print_it(kiosk, later) == "done"
    assert not kiosk.get(reverse("kiosk")).context["printer_fault"]


def test_a_printer_that_takes_no_answer_for_an_address_does_not_block(kiosk, device, visit):
    use_network_printer(device, 9100)
    device.printer_host = "printer.invalid"
    device.save()
    begun = time.monotonic()
    assert print_it(kiosk, visit) == "failed"
    assert time.monotonic() - begun < 3.5
