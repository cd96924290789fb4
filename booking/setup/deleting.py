"""Why something cannot be deleted: what has happened there would lose its place."""

from collections.abc import Callable

from django.db.models import Model
from django.utils.translation import gettext as _

from booking.models import (
    AppointmentItem,
    Authority,
    Counter,
    Offering,
    Office,
    Service,
    User,
    VisitEvent,
    VisitItem,
)


def reasons_to_keep(obj: Model) -> list[str]:
    """Sentences in the reader's language; none where the object may go."""
    find = REASONS.get(type(obj))
    return list(find(obj)) if find else []


def _authority(authority: Authority) -> list[str]:
    if authority.offices.exists():
        return [_("%(name)s still has offices.") % {"name": authority}]
    return []


def _office(office: Office) -> list[str]:
    reasons = [reason for counter in office.counters.all() for reason in _counter(counter)]
    log = VisitEvent.objects.filter(office=office)
    if office.appointments.exists() or office.visits.exists() or log.exists():
        reasons.append(
            _("%(name)s has appointments or visits. To close it, end its opening hours.")
            % {"name": office}
        )
    return reasons


def _counter(counter: Counter) -> list[str]:
    if counter.staff_id is not None:
        return [
            _("Counter %(label)s is staffed by %(name)s.")
            % {"label": counter.label, "name": counter.staff}
        ]
    if VisitEvent.objects.filter(counter=counter).exists():
        return [
            _("People have been called to counter %(label)s, so the log needs it.")
            % {"label": counter.label}
        ]
    return []


def _offering(offering: Offering) -> list[str]:
    used = (
        AppointmentItem.objects.filter(offering=offering).exists()
        or VisitItem.objects.filter(offering=offering).exists()
        or VisitEvent.objects.filter(offering=offering).exists()
    )
    if used:
        return [
            _(
                "%(name)s has been booked. To stop offering it, switch off “bookable online” "
                "and “without appointment”."
            )
            % {"name": offering}
        ]
    return []


def _service(service: Service) -> list[str]:
    return [reason for offering in service.offerings.all() for reason in _offering(offering)]


def _user(user: User) -> list[str]:
    counter = Counter.objects.filter(staff=user).first()
    if counter is not None:
        return [_("%(name)s is at counter %(label)s.") % {"name": user, "label": counter.label}]
    return []


REASONS: dict[type[Model], Callable[..., list[str]]] = {
    Authority: _authority,
    Office: _office,
    Counter: _counter,
    Offering: _offering,
    Service: _service,
    User: _user,
}
