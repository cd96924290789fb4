"""The mail server refuses, hangs, or rejects one address. Bookings go on, and no mail is lost."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.outbox import DELAYS, deliver_due_mails
from booking.models import OutboxMail
from tests.conftest import BERLIN, TUESDAY
from tests.installation import Installation
from tests.servers import free_port

from .mail_servers import (
    BUSY,
    RELAY_DENIED,
    UNKNOWN_ADDRESS,
    Mailbox,
    mail_server,
    silent_server,
)
from .small_town import make_small_town

START = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
TYPO = "typo@example.org"


@pytest.fixture
def book(office, offering) -> Callable[[str], None]:
    """Book for somebody, each time the next free time."""
    starts = (START + timedelta(minutes=10 * number) for number in range(12))

    def booked(email: str) -> None:
        held = hold_appointment(office=office, items=[Item(offering, 1)], start=next(starts))
        confirm_appointment(held.pk, name="Erika Mustermann", email=email)

    return booked


@pytest.fixture
def use_server(settings) -> Callable[[int], None]:
    """Send through the mail server at a port of this machine."""

    def use(port: int) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port

    return use


def states() -> dict[str, str]:
    """State and last error of every mail that still has a recipient."""
    mails = OutboxMail.objects.exclude(recipient="")
    return {mail.recipient: f"{mail.state} {mail.last_error}" for mail in mails}


def test_a_refused_connection_loses_no_mail(book, use_server, set_time):
    use_server(free_port())
    book("erika@example.org")
    assert deliver_due_mails() == 0
    assert states() == {"erika@example.org": "pending ConnectionRefusedError"}
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        use_server(port)
        set_time(TUESDAY + DELAYS[0])
        assert deliver_due_mails() == 1
    assert mailbox.recipients == ["erika@example.org"]


@pytest.mark.parametrize("refusal", [BUSY, RELAY_DENIED])
def test_a_server_that_refuses_everybody_is_waited_for(book, use_server, set_time, refusal):
    """Also with 550: that we may not relay is no fault of the address, and can be repaired."""
    mailbox = Mailbox(everybody=refusal)
    with mail_server(mailbox) as port:
        use_server(port)
        book("erika@example.org")
        moment = TUESDAY
        for delay in DELAYS:
            set_time(moment)
            assert deliver_due_mails() == 0
            moment += delay
        assert states() == {"erika@example.org": "pending SMTPRecipientsRefused"}
        assert len(mailbox.asked) == len(DELAYS)
        mailbox.everybody = ""
        set_time(moment)
        assert deliver_due_mails() == 1
    assert mailbox.recipients == ["erika@example.org"]


def test_an_address_that_does_not_exist_is_tried_once_and_holds_up_nobody(
    book, use_server, set_time
):
    mailbox = Mailbox({TYPO: UNKNOWN_ADDRESS})
    with mail_server(mailbox) as port:
        use_server(port)
        for email in ("before@example.org", TYPO, "after@example.org"):
            book(email)
        assert deliver_due_mails() == 2
        set_time(TUESDAY + timedelta(days=1))
        assert deliver_due_mails() == 0
    assert mailbox.recipients == ["before@example.org", "after@example.org"]
    assert mailbox.asked.count(TYPO) == 1
    assert states() == {TYPO: "failed SMTPRecipientsRefused"}


def test_a_server_that_hangs_costs_each_round_a_few_seconds(book, use_server, settings):
    settings.EMAIL_TIMEOUT = 0.5
    port = free_port()
    with silent_server(port):
        use_server(port)
        for number in range(3):
            book(f"citizen-{number}@example.org")
        begun = time.monotonic()
        assert deliver_due_mails() == 0
        assert time.monotonic() - begun < 5
    assert set(states().values()) == {"pending SMTPServerDisconnected"}


@pytest.fixture
def installation(tmp_path) -> Iterator[Installation]:
    with Installation(tmp_path) as made:
        yield made


def wait_for(condition: Callable[[], bool], seconds: float) -> float:
    """How many seconds it took; fails where it takes longer than ``seconds``."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds
        time.sleep(0.1)
    return time.monotonic() - begun


LATE = "from booking.domain.health import worker_state; print(worker_state())"
HOLDS = (
    "from booking.models import Appointment; "
    "print(Appointment.objects.filter(state='expired').count())"
)
SHORT_HOLDS = (
    "from booking import clock; from booking.models import Appointment; "
    "Appointment.objects.filter(state='held').update(expires_at=clock.now())"
)


# Instead of waiting for the next attempt.
DUE = (
    "from booking import clock; from booking.models import OutboxMail; "
    "OutboxMail.objects.filter(state='pending').update(next_attempt_at=clock.now())"
)


def test_the_worker_goes_on_while_the_mail_server_hangs_and_sends_afterwards(installation):
    """Real processes: Daphne takes bookings, the worker meets a silent server, then a good one."""
    port = free_port()
    installation.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
    town = make_small_town(installation)
    web, worker = installation.sockets(), installation.worker()
    web.start()
    mailbox = Mailbox({TYPO: UNKNOWN_ADDRESS})
    citizens = [TYPO, *(f"citizen-{number}@example.org" for number in range(4))]
    with town.client(web.url) as citizen:
        with silent_server(port) as asked:
            worker.start()
            wait_for(lambda: citizen.get(f"{web.url}/health").json()["worker"] == "ok", 40)
            for start, email in zip(town.starts, citizens, strict=False):
                begun = time.monotonic()
                town.book(citizen, start, email)
                assert time.monotonic() - begun < 5  # the citizen notices nothing
            town.hold(citizen, town.starts[10])
            installation.manage("shell", "--no-imports", "-c", SHORT_HOLDS)
            wait_for(lambda: len(asked) > 1, 40)
            held_for = wait_for(lambda: shell(installation, HOLDS) == "1", 60)
            assert shell(installation, LATE) == "ok"
            assert mailbox.asked == []
        with mail_server(mailbox, port):
            shell(installation, DUE)
            sent_after = wait_for(lambda: len(mailbox.mails) == 4, 120)
            wait_for(lambda: TYPO in mailbox.asked, 120)
    print(f"lapsed hold ended after {held_for:.1f} s, mails out after {sent_after:.1f} s")
    assert sorted(mailbox.recipients) == sorted(citizens[1:])
    assert len({message_id for _address, message_id in mailbox.mails}) == 4
    assert mailbox.asked.count(TYPO) == 1


def shell(installation: Installation, code: str) -> str:
    return installation.manage("shell", "--no-imports", "-c", code)
