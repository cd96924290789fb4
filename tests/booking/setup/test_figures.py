"""The office lead's figures: what the page shows, to whom, and the files that hold the same."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from xml.dom.minidom import parseString
from zipfile import ZipFile

import pytest
from django.urls import reverse

from booking.domain import visits
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import draw_ticket
from booking.domain.counters import open_counter
from booking.domain.items import Item
from booking.models import StaffRole
from booking.setup.figures_files import as_csv, as_ods
from booking.setup.figures_tables import Table
from tests import factories
from tests.conftest import TUESDAY
from tests.hostile.pages import faults_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(town, set_time):
    """Two tickets today, one of them served from 9:10 to 9:30; the time is 9:30."""
    factories.make_hours(town.office)
    counter = factories.CounterFactory(office=town.office, label="7")
    town.clerk.display_name = "Erika Muster"
    town.clerk.save()
    set_time(TUESDAY - timedelta(minutes=30))
    open_counter(counter.pk, staff=town.clerk)
    draw_ticket(office=town.office, items=[Item(town.offering, 1)], actor=CITIZEN)
    set_time(TUESDAY - timedelta(minutes=20))
    visit = visits.call_next(counter.pk, staff=town.clerk)
    visits.begin(visit.pk, actor=CITIZEN)
    draw_ticket(office=town.office, items=[Item(town.offering, 1)], actor=CITIZEN)
    set_time(TUESDAY)
    visits.finish(visit.pk, actor=CITIZEN)
    return town


def page_of(town, query="period=day"):
    return f"{reverse('admin:figures_of', args=[town.office.pk])}?{query}"


def csv_of(town, table, query="period=day"):
    return f"{reverse('admin:figures_csv', args=[town.office.pk, table])}?{query}"


def rows_of(answer, delimiter=";"):
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=delimiter))


def test_the_set_up_leads_to_the_figures_of_the_only_office(as_lead, town):
    assert reverse("admin:figures") in as_lead.get("/setup/").content.decode()
    answer = as_lead.get(reverse("admin:figures"))
    assert answer.headers["Location"] == reverse("admin:figures_of", args=[town.office.pk])


def test_with_several_offices_one_chooses_among_ones_own(as_lead, town, other):
    second = factories.OfficeFactory(authority=town.office.authority, name="Standesamt")
    page = as_lead.get(reverse("admin:figures")).content.decode()
    assert str(second.pk) in page
    assert str(town.office.pk) in page
    assert str(other.office.pk) not in page


def test_another_towns_figures_are_not_there(as_lead, other):
    for address in (page_of(other), csv_of(other, "overview"),
                    reverse("admin:figures_ods", args=[other.office.pk])):  # fmt: skip
        assert as_lead.get(address).status_code == 404


def test_a_clerk_sees_no_figures(client, busy):
    client.force_login(busy.clerk, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(page_of(busy)).status_code == 302
    assert client.get(csv_of(busy, "overview")).status_code == 302


def test_the_page_shows_the_day_and_no_clerk(as_lead, busy):
    answer = as_lead.get(page_of(busy))
    assert faults_of(answer) == []
    page = answer.content.decode()
    assert [tile.value for tile in answer.context["tiles"]] == ["2", "10", "10", "100", "–"]
    assert "Erika" not in page
    assert busy.clerk.username not in page


def test_no_file_names_a_clerk(as_lead, busy):
    book = as_lead.get(reverse("admin:figures_ods", args=[busy.office.pk]) + "?period=day")
    content = ZipFile(BytesIO(book.content)).read("content.xml").decode()
    assert str(busy.offering.service) in content
    assert "Erika" not in content
    assert busy.clerk.username not in content


def test_a_period_without_anything_says_so(as_lead, town):
    page = as_lead.get(page_of(town)).content.decode()
    assert "In diesem Zeitraum ist nichts geschehen." in page
    assert '<rect class="part' not in page


@pytest.mark.parametrize(
    "query",
    ["period=x", "on=x", "period=range", "period=range&first=2026-11-02&last=2026-11-01",
     "period=range&first=2020-01-01&last=2026-11-01", "period=range&first=2026-02-30&last=x",
     "period=month&on=9999-12-31", "period=week&on=0001-01-01", "period=\x00", "on=%00"],
)  # fmt: skip
def test_a_period_that_cannot_be_read_is_explained_and_the_usual_one_shown(as_lead, busy, query):
    answer = as_lead.get(page_of(busy, query))
    assert faults_of(answer) == []
    assert "errornote" in answer.content.decode()
    assert answer.context["period"].query == "period=weeks&on=2026-11-24"


def test_the_address_carries_the_period_to_every_file(as_lead, busy):
    query = "period=range&amp;first=2026-11-23&amp;last=2026-11-24"
    page = as_lead.get(page_of(busy, query.replace("&amp;", "&"))).content.decode()
    assert csv_of(busy, "hours", query) in page
    assert f"{reverse('admin:figures_ods', args=[busy.office.pk])}?{query}" in page


def test_a_table_as_csv_is_read_by_a_german_spreadsheet(as_lead, busy):
    answer = as_lead.get(csv_of(busy, "hours"))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = 'attachment; filename="musterstadt-2026-11-24-2026-11-24-hours.csv"'
    assert answer.headers["Content-Disposition"] == name
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert rows_of(answer)[1] == ["09–10", "2", "10,00", "10,00"]


def test_in_english_it_has_points_and_commas(as_lead, busy):
    answer = as_lead.get("/en" + csv_of(busy, "hours"))
    assert rows_of(answer, ",")[1] == ["09–10", "2", "10.00", "10.00"]


def test_an_unknown_table_is_not_found(as_lead, busy):
    assert as_lead.get(csv_of(busy, "clerks")).status_code == 404


EVIL = Table("evil", "a/b: [c]", ("=1+1", "b"), [("=cmd|'x'!A1", 1), ("@a", -2), ("-x", None)])


def test_no_name_becomes_a_formula_in_csv():
    rows = list(csv.reader(StringIO(as_csv(EVIL).decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows] == ["'=1+1", "'=cmd|'x'!A1", "'@a", "'-x"]
    assert [row[1] for row in rows[1:]] == ["1", "-2", ""]


def test_no_name_becomes_a_formula_in_ods():
    content = parseString(ZipFile(BytesIO(as_ods([EVIL]))).read("content.xml"))
    cells = content.getElementsByTagName("table:table-cell")
    assert not any(cell.hasAttribute("table:formula") for cell in cells)
    kinds = [cell.getAttribute("office:value-type") for cell in cells]
    assert kinds == ["string"] * 3 + ["float", "string", "float", "string", ""]
    sheet = content.getElementsByTagName("table:table")[0]
    assert sheet.getAttribute("table:name") == "a b   c"


def test_a_running_day_is_compared_with_the_same_stretch_of_the_week_before(
    as_lead, town, set_time
):
    factories.make_hours(town.office)
    for minutes in (-20, 20):
        set_time(TUESDAY - timedelta(days=7) + timedelta(minutes=minutes))
        draw_ticket(office=town.office, items=[Item(town.offering, 1)], actor=CITIZEN)
    set_time(TUESDAY)
    draw_ticket(office=town.office, items=[Item(town.offering, 1)], actor=CITIZEN)
    answer = as_lead.get(page_of(town))
    assert (answer.context["tiles"][0].value, answer.context["tiles"][0].before) == ("1", "1")


@pytest.mark.parametrize("people", [2, 12])
def test_the_page_asks_as_often_for_many_visits_as_for_few(
    as_lead, town, set_time, people, django_assert_num_queries
):
    factories.make_hours(town.office)
    for minute in range(people):
        set_time(TUESDAY - timedelta(minutes=people - minute))
        draw_ticket(office=town.office, items=[Item(town.offering, 1)], actor=CITIZEN)
    as_lead.get(page_of(town))
    with django_assert_num_queries(16):
        as_lead.get(page_of(town))


def test_the_lead_of_one_office_does_not_see_another_ones_figures(client, town):
    second = factories.OfficeFactory(authority=town.office.authority, name="Standesamt")
    lead = factories.make_staff(second, StaffRole.Role.LEAD)
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(page_of(town)).status_code == 404
