"""Deleting by the own link."""

import pytest
from django.urls import reverse

from booking.citizen.secret import appointment_path
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import check_in
from booking.domain.own_data import forget_now
from booking.domain.retention import BLANK
from booking.domain.subscriptions import mail_subscription
from booking.domain.visits import leave
from booking.models import Appointment, CalendarSubscription, OutboxMail, Slot
from booking.security import appointment_secret
from tests.conftest import TUESDAY

from .conftest import english


def path_of(appointment: Appointment, name: str = "delete") -> str:
    return english(reverse(name, args=[appointment.pk, appointment_secret(appointment.pk)]))


def left_of(appointment: Appointment) -> dict[str, object]:
    return Appointment.objects.values(*BLANK).get(pk=appointment.pk)


def test_what_is_still_to_come_is_cancelled_and_forgotten_without_a_mail(client, booked, ten):
    mail_subscription(booked.pk)
    own = client.get(english(appointment_path(booked))).content.decode()
    assert path_of(booked) in own
    assert path_of(booked, "own_data") in own
    assert b"Cancel the appointment and delete your data?" in client.get(path_of(booked)).content
    assert left_of(booked) != BLANK
    response = client.post(path_of(booked))
    page = client.get(response.url).content.decode()
    assert "Your data is deleted" in page
    assert path_of(booked) not in page
    assert left_of(booked) == BLANK
    assert Appointment.objects.get().state == "cancelled"
    assert Slot.objects.get(start=ten).booked == 0
    assert (OutboxMail.objects.count(), CalendarSubscription.objects.count()) == (0, 0)


def test_a_second_click_changes_nothing(client, booked):
    forget_now(booked.pk)
    before = Appointment.objects.values().get()
    assert client.post(path_of(booked)).url == english(appointment_path(booked))
    assert forget_now(booked.pk).blanked_at == before["blanked_at"]
    assert Appointment.objects.values().get() == before


def test_who_is_waiting_is_not_forgotten_before_the_end(client, office, booked):
    visit = check_in(office=office, code=booked.code, actor=CITIZEN)
    response = client.post(path_of(booked))
    assert response.status_code == 409
    assert b"Your appointment is under way." in response.content
    leave(visit.pk, actor=CITIZEN)
    assert client.post(path_of(booked)).status_code == 302
    assert left_of(booked) == BLANK


@pytest.mark.parametrize(("minute", "status"), [(5, 409), (10, 302)])
def test_whom_the_office_still_expects_is_not_forgotten(client, booked, set_time, minute, status):
    set_time(TUESDAY.replace(hour=10, minute=minute))
    assert client.post(path_of(booked)).status_code == status
    assert (left_of(booked) == BLANK) == (status == 302)


def test_who_has_cancelled_is_forgotten_with_the_code(client, booked):
    client.post(path_of(booked, "cancel"))
    assert path_of(booked) in client.get(english(appointment_path(booked))).content.decode()
    client.post(path_of(booked))
    assert left_of(booked) == BLANK
