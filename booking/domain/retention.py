"""Forgetting: personal data is blanked soon after the appointment's day."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from booking import clock
from booking.models import Appointment, Office, OutboxMail, Visit

from .slot_grid import local_day_bounds
from .subscriptions import end_idle_subscriptions

# In one transaction, so that each stays short however much has piled up.
AT_ONCE = 2000
# What an appointment is without whoever had it.
BLANK = {
    "name": "",
    "email": "",
    "phone": "",
    "email_key": "",
    "device_key": "",
    "network_key": "",
    "code": None,
    "idempotency_key": None,
    "late_minutes": None,
    "subscription": None,
}


def delete_expired_personal_data() -> int:
    """Blank appointments whose authority's retention is over; how many there were.

    Mails about them that never left are removed with what they say, and so is what clerks noted
    of the visits of those days. Wishes are blanked when they end (see ``offer_ends``); of them
    only mails are left that never left. The number of queries
    depends on neither authorities nor offices, only on how differently they keep and in how
    many time zones.
    """
    rules = Office.objects.order_by().values_list("time_zone", "authority__retention_days")
    count = sum(_blank(*rule) for rule in rules.distinct())
    end_idle_subscriptions()
    return count


def _blank(time_zone: str, retention_days: int) -> int:
    zone = ZoneInfo(time_zone)
    first_kept = clock.today(zone) - timedelta(days=retention_days)
    before = local_day_bounds(first_kept, zone)[0]
    offices = Office.objects.filter(time_zone=time_zone, authority__retention_days=retention_days)
    OutboxMail.objects.filter(
        Q(appointment__office__in=offices, appointment__end__lt=before)
        | Q(wish__authority__in=offices.values("authority"), created_at__lt=before),
        state__in=OutboxMail.UNSENT,
    ).delete()
    noted = Visit.objects.filter(office__in=offices, day__lt=first_kept).exclude(note="")
    noted.update(note="")
    ended = Appointment.objects.filter(
        office__in=offices, end__lt=before, blanked_at__isnull=True
    ).order_by("end")
    count = blanked = _blank_some(ended)
    while blanked == AT_ONCE:
        blanked = _blank_some(ended)
        count += blanked
    return count


def _blank_some(ended: QuerySet[Appointment]) -> int:
    some = list(ended.values_list("pk", flat=True)[:AT_ONCE])
    return Appointment.objects.filter(pk__in=some, blanked_at__isnull=True).update(
        **BLANK, blanked_at=clock.now()
    )
