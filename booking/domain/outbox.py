"""The outbox: mails wait in the database until a mail server has taken them.

Noting one is part of the transaction it tells about; its text is written when it is sent, so
that a booking waits for no template. The worker looks for what is due with each of its ticks.
"""

import re
import time
from datetime import datetime, timedelta
from email.mime.text import MIMEText
from itertools import takewhile
from smtplib import SMTPRecipientsRefused
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, F, OuterRef, Q

from booking import clock, sms
from booking.models import Appointment, OutboxMail, Wish
from booking.prepared import PreparedInsert, Statement

from .mails import Letter, letter, short_message
from .reminders import is_moot

# Back-off between attempts; the last delay repeats until MAX_ATTEMPTS (about two days).
DELAYS = [timedelta(seconds=s) for s in (30, 60, 300, 900, 1800, 3600)]
MAX_ATTEMPTS = 50
# While one attempt lasts, nobody else tries; a worker that dies loses only this time.
LEASE = timedelta(minutes=2)
# Seconds: a mail server that does not answer must not keep the worker from its other duties.
PATIENCE = 10
# RFC 3463: the address itself is bad. Any other refusal may be a fault of the mail server or of
# how it knows us, and ends when somebody has repaired that.
BAD_ADDRESS = re.compile(rb"5\.1\.\d{1,3}\b")


def writing_mail(appointment: Appointment, kind: OutboxMail.Kind) -> Statement:
    """Puts a mail to the citizen into the outbox; the worker sends it after the commit."""
    now = clock.now()
    mail = OutboxMail(
        appointment=appointment,
        kind=kind,
        recipient=appointment.email,
        language=appointment.language,
        sequence=appointment.sequence,
        created_at=now,
        next_attempt_at=now,
    )
    return _insert.statement(mail)


def writing_wish_mail(wish: Wish, kind: OutboxMail.Kind) -> Statement:
    """Puts a mail about a wish into the outbox."""
    now = clock.now()
    mail = OutboxMail(
        wish=wish,
        kind=kind,
        recipient=wish.email,
        language=wish.language,
        sequence=0,
        created_at=now,
        next_attempt_at=now,
    )
    return _insert.statement(mail)


_insert = PreparedInsert(OutboxMail)


def deliver(mail_id: UUID) -> bool:
    """Try to send one mail if it is due; whether a mail server or the SMS gateway took it.

    Mails about one thing leave in the order in which they were written; a reminder of
    what has meanwhile been moved, cancelled or begun is dropped. A failure of
    whatever kind is recorded and tried again later, with growing delays; an address that does
    not exist is given up at once.
    """
    now = clock.now()
    pending = OutboxMail.objects.filter(state=OutboxMail.State.PENDING)
    earlier = pending.filter(
        Q(appointment=OuterRef("appointment"), channel=OuterRef("channel"))
        | Q(wish=OuterRef("wish")),
        created_at__lt=OuterRef("created_at"),
    )
    due = pending.filter(_is_due(now), ~Exists(earlier), pk=mail_id)
    if not due.update(next_attempt_at=now + LEASE, attempts=F("attempts") + 1):
        return False
    about = ("appointment__office__authority", "appointment__subscription", "wish__authority")
    mail = OutboxMail.objects.select_related(*about).get(pk=mail_id)
    if is_moot(mail):
        mail.delete()
        return False
    try:
        if mail.channel == OutboxMail.Channel.SMS:
            sms.send(mail.recipient, short_message(mail))
        else:
            _message(mail).send()
    except Exception as error:  # whatever a mail server does, the mail waits
        _postpone(mail, error)
        return False
    OutboxMail.objects.filter(pk=mail_id).update(
        state=OutboxMail.State.SENT,
        sent_at=clock.now(),
        recipient="",
        last_error="",
    )
    return True


def deliver_due_mails() -> int:
    """Try the mails that are due for as long as ``PATIENCE``; how many were sent."""
    due = (
        OutboxMail.objects.filter(_is_due(clock.now()), state=OutboxMail.State.PENDING)
        .order_by("created_at")
        .values_list("pk", flat=True)
    )
    begun = time.monotonic()
    in_time = takewhile(lambda _pk: time.monotonic() - begun < PATIENCE, due[:500])
    return sum(deliver(pk) for pk in in_time)


def _is_due(now: datetime) -> Q:
    """A mail never tried is due even where the clock has been set back since it was written."""
    return Q(next_attempt_at__lte=now) | Q(attempts=0)


def _postpone(mail: OutboxMail, error: Exception) -> None:
    delay = DELAYS[min(mail.attempts, len(DELAYS)) - 1]
    # Nobody is to be reminded twice: where it is not certain that an SMS did not leave, it has.
    unclear = mail.channel == OutboxMail.Channel.SMS and not isinstance(error, sms.NotSent)
    given_up = mail.attempts >= MAX_ATTEMPTS or _is_bad_address(error) or unclear
    OutboxMail.objects.filter(pk=mail.pk).update(
        state=OutboxMail.State.FAILED if given_up else OutboxMail.State.PENDING,
        next_attempt_at=clock.now() + delay,
        # The class alone: a mail server's sentence may repeat the address.
        last_error=type(error).__name__,
    )


def _is_bad_address(error: Exception) -> bool:
    """Whether the mail server says that there is no such address."""
    return isinstance(error, SMTPRecipientsRefused) and all(
        code // 100 == 5 and BAD_ADDRESS.match(sentence)
        for code, sentence in error.recipients.values()
    )


def _message(mail: OutboxMail) -> EmailMessage:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    text = letter(mail)
    message = EmailMessage(
        subject=text.subject,
        body=text.body,
        to=[mail.recipient],
        headers={
            "Message-ID": f"<{mail.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    if text.calendar:
        message.attach(_entry(text))
    return message


def _entry(text: Letter) -> MIMEText:
    entry = MIMEText(text.calendar, "calendar", "utf-8")
    entry.set_param("method", text.method)
    entry.add_header("Content-Disposition", "attachment", filename="termin.ics")
    return entry
