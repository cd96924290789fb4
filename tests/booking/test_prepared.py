from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db.models import F
from django.forms.models import model_to_dict

from booking.models import Appointment, Office, SlotGrid
from booking.prepared import PreparedInsert, PreparedQuery, PreparedSave, PreparedUpdate
from tests import factories

START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def series(db):
    return factories.make_hours(factories.OfficeFactory())


def appointments_at(office_id, start):
    return Appointment.objects.filter(office=office_id, start=start).select_related("office")


def new_appointment(series, **values):
    return Appointment(
        office=series.office,
        series=series,
        start=START,
        end=START + timedelta(minutes=10),
        created_at=START,
        expires_at=START,
        **values,
    )


def test_a_prepared_query_answers_what_the_query_set_does(series):
    query = PreparedQuery(appointments_at, UUID, datetime)
    for code in ("11111111", "22222222"):
        new_appointment(series, code=code).save()
    ordinary = appointments_at(series.office_id, START).order_by("pk")
    prepared = sorted(query.all(series.office_id, START), key=lambda one: one.pk)
    assert [model_to_dict(one) for one in prepared] == [model_to_dict(one) for one in ordinary]
    assert [one.created_at for one in prepared] == [START, START]
    assert prepared[0].office == series.office


def test_it_asks_with_the_new_values_each_time(series):
    query = PreparedQuery(appointments_at, UUID, datetime)
    new_appointment(series).save()
    assert query.first(series.office_id, START) == Appointment.objects.get()
    assert query.first(series.office_id, START + timedelta(minutes=10)) is None
    assert query.first(UUID(int=0), START) is None


def test_what_is_joined_costs_no_query_of_its_own(series, django_assert_num_queries):
    query = PreparedQuery(appointments_at, UUID, datetime)
    new_appointment(series).save()
    with django_assert_num_queries(1):
        assert query.first(series.office_id, START).office.name == series.office.name


def test_annotations_and_joins_that_find_nothing_are_read(series):
    query = PreparedQuery(
        lambda pk: (
            Appointment.objects.filter(pk=pk).select_related("series").annotate(same=F("code"))
        ),
        UUID,
    )
    kept = new_appointment(series, code="12345678")
    kept.series = None
    kept.save()
    found = query.first(kept.pk)
    assert (found.series, found.same) == (None, "12345678")


def test_a_value_the_text_has_no_place_for_is_refused(db):
    query = PreparedQuery(lambda _pk: Office.objects.all(), UUID)
    with pytest.raises(ValueError, match="does not reach"):
        query.all(UUID(int=1))


def test_an_update_changes_the_rows_it_chooses_and_counts_them(series):
    raised = PreparedUpdate(
        lambda pk: SlotGrid.objects.filter(pk=pk), UUID, version=F("version") + 1
    )
    before = SlotGrid.objects.get(pk=series.office_id).version
    assert raised(series.office_id) == 1
    assert raised(UUID(int=1)) == 0
    assert SlotGrid.objects.get(pk=series.office_id).version == before + 1


def test_a_row_is_inserted_as_saving_it_would(series):
    inserted, saved = (new_appointment(series, code=code) for code in ("11111111", "22222222"))
    PreparedInsert(Appointment)(inserted)
    saved.save(force_insert=True)
    first, second = (model_to_dict(one) for one in Appointment.objects.order_by("code"))
    assert first | {"code": None} == second | {"code": None}
    assert not inserted._state.adding


def test_only_the_named_fields_are_saved_nothing_included(series):
    appointment = new_appointment(series, code="11111111", name="Erika Mustermann")
    appointment.save()
    appointment.name, appointment.code, appointment.expires_at = "", None, START + timedelta(1)
    PreparedSave(Appointment, "code", "expires_at")(appointment)
    appointment.refresh_from_db()
    assert (appointment.code, appointment.name) == (None, "Erika Mustermann")
    assert appointment.expires_at == START + timedelta(1)
