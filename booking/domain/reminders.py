"""Reminders, a day and an hour before an appointment, by mail and SMS through the outbox.

Each is written once for each time an appointment has had, which a constraint holds to, and not
to somebody who was told of that time only just before. What is moved, cancelled or checked in
until it is sent is not reminded of; see ``is_moot``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from booking import clock, sms
from booking.models import Appointment, Office, OutboxMail, Visit
from booking.phone_numbers import mobile_number

from .errors import AppointmentEnded, DetailsInvalid
from .seating import lock_appointment

# In the office's local time nobody is woken: what is due then waits, or is left out.
QUIET_FROM, QUIET_UNTIL = time(20), time(7)
# In one go; the rest follows a minute later.
AT_ONCE = 1000


@dataclass(frozen=True)
class _Lead:
    """When a reminder is due before the start.

    At the latest ``at_least`` before; to nobody who was told within ``told`` before the start.
    """

    kind: OutboxMail.Kind
    at_most: timedelta
    at_least: timedelta
    told: timedelta
    switch: str


LEADS = (
    _Lead(
        OutboxMail.Kind.DAY_BEFORE,
        at_most=timedelta(days=1),
        at_least=timedelta(hours=3),
        told=timedelta(days=1),
        switch="office__remind_day_before",
    ),
    _Lead(
        OutboxMail.Kind.HOUR_BEFORE,
        at_most=timedelta(hours=1),
        at_least=timedelta(minutes=10),
        told=timedelta(hours=3),
        switch="office__remind_hour_before",
    ),
)


def write_due_reminders() -> int:
    """Put the reminders that are due into the outbox; to how many appointments."""
    return sum(_write(lead) for lead in LEADS)


def _write(lead: _Lead) -> int:
    now = clock.now()
    awake = [one for one in _due(lead, now) if not _is_quiet(one.office, now)]
    reminders = [mail for one in awake for mail in _reminders(one, lead.kind, now)]
    OutboxMail.objects.bulk_create(reminders, ignore_conflicts=True)
    return len(awake)


def _due(lead: _Lead, now: datetime) -> Sequence[Appointment]:
    told = OutboxMail.objects.filter(
        appointment=OuterRef("pk"),
        sequence=OuterRef("sequence"),
        kind__in=[OutboxMail.Kind.CONFIRMATION, *OutboxMail.REMINDERS],
        created_at__gt=OuterRef("start") - lead.told,
    )
    by_sms = Q(sms_reminders=True, office__remind_by_sms=True) & ~Q(phone="")
    due = Appointment.objects.filter(
        Q(reminders=True) & ~Q(email="") | by_sms,
        ~Exists(told),
        state=Appointment.State.BOOKED,
        start__gt=now + lead.at_least,
        start__lte=now + lead.at_most,
        # By the index of what is not yet blanked; none lasts longer.
        blanked_at__isnull=True,
        end__gt=now,
        end__lte=now + lead.at_most + timedelta(days=1),
        visit__isnull=True,
        **{lead.switch: True},
    )
    return due.select_related("office").order_by("start")[:AT_ONCE]


def _is_quiet(office: Office, now: datetime) -> bool:
    local = now.astimezone(office.zone).time()
    return local >= QUIET_FROM or local < QUIET_UNTIL


def _reminders(
    appointment: Appointment, kind: OutboxMail.Kind, now: datetime
) -> Sequence[OutboxMail]:
    recipients = {
        OutboxMail.Channel.MAIL: appointment.email,
        OutboxMail.Channel.SMS: mobile_number(appointment.phone),
    }
    return [
        OutboxMail(
            appointment=appointment,
            kind=kind,
            channel=channel,
            recipient=recipients[channel],
            language=appointment.language,
            sequence=appointment.sequence,
            created_at=now,
            next_attempt_at=now,
        )
        for channel in ways_of(appointment)
        if recipients[channel]
    ]


def ways_of(appointment: Appointment) -> Sequence[OutboxMail.Channel]:
    """On which ways a booking is reminded of; none where the office does not remind."""
    office = appointment.office
    if not (office.remind_day_before or office.remind_hour_before):
        return []
    by_mail = appointment.reminders and appointment.email
    by_sms = appointment.sms_reminders and appointment.phone and offers_sms(office)
    mail, text = OutboxMail.Channel.MAIL, OutboxMail.Channel.SMS
    return [way for way, wanted in ((mail, by_mail), (text, by_sms)) if wanted]


def is_moot(mail: OutboxMail) -> bool:
    """Whether a reminder would now say something wrong, or nothing that helps."""
    appointment = mail.appointment
    return mail.kind in OutboxMail.REMINDERS and (
        appointment.state != Appointment.State.BOOKED
        or appointment.sequence != mail.sequence
        or appointment.start <= clock.now()
        or not _is_wanted(mail)
        or Visit.objects.filter(appointment=appointment).exists()
    )


def _is_wanted(mail: OutboxMail) -> bool:
    if mail.channel == OutboxMail.Channel.SMS:
        return mail.appointment.sms_reminders
    return mail.appointment.reminders


def offers_sms(office: Office) -> bool:
    return office.remind_by_sms and sms.is_set_up()


@transaction.atomic
def choose_reminders(appointment_id: UUID, *, mail: bool, sms: bool, phone: str) -> Appointment:
    """What the citizen wants. ``phone`` is the number an SMS goes to, kept as the appointment's.

    Raises ``NotFound``, ``AppointmentEnded``, or ``DetailsInvalid`` where no SMS can go there.
    """
    appointment = lock_appointment(appointment_id, slots=False)
    if appointment.state != Appointment.State.BOOKED or appointment.blanked_at:
        raise AppointmentEnded
    may_sms = sms and offers_sms(appointment.office)
    number = mobile_number(phone) if may_sms else ""
    if may_sms and not number:
        raise DetailsInvalid(
            {"phone": _("Please enter the number of a mobile phone, such as 0151 23456789.")}
        )
    appointment.reminders, appointment.sms_reminders = mail, may_sms
    if may_sms:
        appointment.phone = number
    appointment.save(update_fields=["reminders", "sms_reminders", "phone"])
    return appointment
