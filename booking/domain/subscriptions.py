"""The appointments of one mail address at one authority, as a calendar to subscribe to.

The address of the calendar is only ever mailed: anybody may type anybody's mail address into a
booking, but only who reads the mailbox shall see what else is booked with it.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q

from booking import clock
from booking.models import Appointment, AppointmentItem, CalendarSubscription, OutboxMail
from booking.prepared import ask

from .errors import AppointmentEnded, NoAddress
from .outbox import writing_mail
from .seating import lock_appointment


@transaction.atomic
def mail_subscription(appointment_id: UUID) -> CalendarSubscription:
    """Mail the calendar of the appointment's mail address to it; make it where there is none.

    A mail that still waits to be sent is not doubled. Raises ``NotFound``, ``AppointmentEnded``
    or ``NoAddress``.
    """
    appointment = lock_appointment(appointment_id, slots=False)
    if appointment.state != Appointment.State.BOOKED or appointment.blanked_at:
        raise AppointmentEnded
    if not appointment.email:
        raise NoAddress
    subscription, _is_new = CalendarSubscription.objects.get_or_create(
        authority_id=appointment.office.authority_id,
        email=appointment.email.lower(),
        defaults={"created_at": clock.now()},
    )
    if appointment.subscription_id != subscription.pk:
        appointment.subscription = subscription
        appointment.save(update_fields=["subscription"])
    waiting = appointment.mails.filter(
        kind=OutboxMail.Kind.CALENDAR, state=OutboxMail.State.PENDING
    )
    if not waiting.exists():
        ask(writing_mail(appointment, OutboxMail.Kind.CALENDAR))
    return subscription


def subscribed_appointments(subscription: CalendarSubscription) -> Sequence[Appointment]:
    """What the calendar shows: all that is not yet forgotten, in order of time.

    Bookings of the address are tied to the subscription with the first look. Who cancels is
    forgotten at once, but the tie stays until the retention, and so the calendar can still say
    that it is cancelled.
    """
    of_the_address = Appointment.objects.filter(
        office__authority=subscription.authority_id,
        state=Appointment.State.BOOKED,
        blanked_at__isnull=True,
        email__iexact=subscription.email,
    )
    of_the_address.filter(subscription__isnull=True).update(subscription=subscription)
    items = AppointmentItem.objects.select_related("offering__service")
    return list(
        subscription.appointments.filter(
            state__in=[Appointment.State.BOOKED, Appointment.State.CANCELLED],
            blanked_at__isnull=True,
        )
        .select_related("office__authority")
        .prefetch_related(Prefetch("items", queryset=items))
        .order_by("start", "pk")
    )


def end_subscription(subscription: CalendarSubscription) -> None:
    """The address leads nowhere any more; a mail that would tell it is not sent."""
    OutboxMail.objects.filter(
        appointment__subscription=subscription,
        kind=OutboxMail.Kind.CALENDAR,
        state__in=OutboxMail.UNSENT,
    ).delete()
    subscription.delete()


def end_idle_subscriptions() -> int:
    """End those of addresses that have nothing booked and nothing unforgotten; how many."""
    unforgotten = Appointment.objects.filter(blanked_at__isnull=True)
    tied = unforgotten.filter(subscription=OuterRef("pk"))
    of_the_address = unforgotten.filter(
        Q(office__authority=OuterRef("authority")),
        email__iexact=OuterRef("email"),
        state=Appointment.State.BOOKED,
    )
    idle = CalendarSubscription.objects.filter(~Exists(tied), ~Exists(of_the_address))
    keys = list(idle.values_list("pk", flat=True))
    CalendarSubscription.objects.filter(pk__in=keys).delete()
    return len(keys)
