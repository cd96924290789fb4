"""An office that wants each address confirmed: held until its mail is answered."""

from datetime import datetime, timedelta

import pytest
from django.core import mail as sent

from booking.domain.confirming import QUESTIONS_AT_MOST, confirm_appointment, confirm_from_mail
from booking.domain.errors import AskedOften, LimitReached, NotFound, SlotTaken
from booking.domain.holding import hold_appointment, move_hold
from booking.domain.holds import expire_holds
from booking.domain.items import Item
from booking.domain.outbox import deliver_due_mails
from booking.models import Appointment, Office, OutboxMail
from booking.security import mail_answer
from tests.conftest import BERLIN, TUESDAY

NEXT = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
ERIKA = {"name": "Erika Mustermann", "email": "erika@example.org"}


@pytest.fixture
def items(offering):
    return [Item(offering, 1)]


@pytest.fixture
def asking(office) -> Office:
    Office.objects.filter(pk=office.pk).update(confirm_by_mail=True, confirm_minutes=30)
    office.refresh_from_db()
    return office


@pytest.fixture
def asked(asking, items) -> Appointment:
    held = hold_appointment(office=asking, items=items, start=NEXT)
    return confirm_appointment(held.pk, **ERIKA)


def answer_to(appointment: Appointment) -> str:
    return mail_answer(appointment.pk, appointment.email)


def test_the_details_alone_book_nothing_but_keep_the_time(asked):
    assert (asked.state, asked.awaits_mail) == ("held", True)
    assert asked.expires_at == TUESDAY + timedelta(minutes=30)
    assert [mail.kind for mail in OutboxMail.objects.all()] == ["question"]


def test_the_answer_books_and_a_confirmation_follows(asked):
    booked = confirm_from_mail(asked.pk, answer=answer_to(asked))
    assert (booked.state, booked.email) == ("booked", "erika@example.org")
    assert confirm_from_mail(asked.pk, answer=answer_to(asked)).state == "booked"
    kinds = OutboxMail.objects.order_by("created_at").values_list("kind", flat=True)
    assert sorted(kinds) == ["confirmation", "question"]


@pytest.mark.parametrize("answer", ["", "0" * 32])
def test_a_wrong_answer_books_nothing(asked, answer):
    with pytest.raises(NotFound):
        confirm_from_mail(asked.pk, answer=answer)
    asked.refresh_from_db()
    assert asked.state == "held"


def test_a_second_click_sends_no_second_mail(asked):
    confirm_appointment(asked.pk, **ERIKA)
    assert OutboxMail.objects.count() == 1


def test_a_corrected_address_gets_a_mail_and_the_former_one_books_nothing(asked, set_time):
    former = answer_to(asked)
    set_time(TUESDAY + timedelta(minutes=10))
    corrected = confirm_appointment(asked.pk, name="Erika Mustermann", email="e@example.org")
    assert corrected.expires_at == TUESDAY + timedelta(minutes=30)
    with pytest.raises(NotFound):
        confirm_from_mail(asked.pk, answer=former)
    assert confirm_from_mail(asked.pk, answer=answer_to(corrected)).state == "booked"


def test_nobody_is_flooded_with_mails(asked):
    for number in range(QUESTIONS_AT_MOST - 1):
        confirm_appointment(asked.pk, name="Erika Mustermann", email=f"e{number}@example.org")
    with pytest.raises(AskedOften):
        confirm_appointment(asked.pk, name="Erika Mustermann", email="e9@example.org")
    assert OutboxMail.objects.count() == QUESTIONS_AT_MOST


def test_without_an_answer_the_time_is_free_again(asking, asked, items, set_time):
    asking.opening_hours.update(counters=1, online_counters=1)
    set_time(TUESDAY + timedelta(minutes=30))
    assert expire_holds(asking) == 1
    hold_appointment(office=asking, items=items, start=NEXT)


def test_an_answer_that_comes_late_books_what_is_still_free(asked, set_time):
    set_time(TUESDAY + timedelta(minutes=40))
    expire_holds()
    assert confirm_from_mail(asked.pk, answer=answer_to(asked)).state == "booked"


def test_an_answer_that_comes_too_late_says_so(asking, asked, items, set_time):
    set_time(TUESDAY + timedelta(minutes=40))
    expire_holds()
    for _place in range(2):
        hold_appointment(office=asking, items=items, start=NEXT)
    with pytest.raises(SlotTaken) as taken:
        confirm_from_mail(asked.pk, answer=answer_to(asked))
    assert taken.value.alternatives


def test_a_mail_about_the_time_of_before_books_nothing(asked, items):
    former = answer_to(asked)
    move_hold(asked.pk, items=items, start=NEXT + timedelta(hours=1))
    with pytest.raises(NotFound):
        confirm_from_mail(asked.pk, answer=former)


def test_the_time_is_kept_no_longer_than_to_its_start(asking, items):
    soon = TUESDAY + timedelta(minutes=10)
    held = hold_appointment(office=asking, items=items, start=soon)
    assert confirm_appointment(held.pk, **ERIKA).expires_at == soon


def test_nobody_uses_up_the_number_of_somebody_elses_address(asking, asked, items):
    Office.objects.filter(pk=asking.pk).update(email_limit=1)
    asking.refresh_from_db()
    mine = hold_appointment(office=asking, items=items, start=NEXT + timedelta(hours=1))
    mine = confirm_appointment(mine.pk, **ERIKA)
    assert confirm_from_mail(mine.pk, answer=answer_to(mine)).state == "booked"
    with pytest.raises(LimitReached):
        confirm_from_mail(asked.pk, answer=answer_to(asked))


def test_the_office_itself_needs_no_mail(asking, items):
    held = hold_appointment(office=asking, items=items, start=NEXT, by_staff=True)
    assert confirm_appointment(held.pk, **ERIKA, by_staff=True).state == "booked"


def test_the_mail_has_one_link_and_no_calendar_entry(asked):
    assert deliver_due_mails() == 1
    (message,) = sent.outbox
    links = [line for line in message.body.splitlines() if line.startswith("http")]
    assert [link.endswith(f"/confirm/{answer_to(asked)}/") for link in links] == [True]
    assert message.attachments == []
    assert "10:00" in message.body
    assert message.subject.startswith("Bitte bestätigen")
