"""Why somebody is next, in one short sentence: the rule that set their due time, in words."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.local_time import time_text
from booking.models import Visit

from .desk_people import Person

Rule = Visit.DueRule


def why_next(person: Person, waiting: list[Person]) -> str:
    """The sentence, with times in the current time zone; ``waiting`` is in call order."""
    sentence = _reason(person, waiting)
    before = waiting.index(person)
    if not before:
        return sentence
    return ngettext(
        "%(reason)s; %(count)d before cannot be served here",
        "%(reason)s; %(count)d before cannot be served here",
        before,
    ) % {"reason": sentence, "count": before}


def _reason(person: Person, waiting: list[Person]) -> str:
    visit, minutes = person.visit, {"minutes": person.waited.minutes}
    if visit.due_rule == Rule.URGENT:
        return _("Urgent, waiting %(minutes)d min") % minutes
    if visit.due_rule == Rule.ASSISTED:
        return _("Reduced mobility or small child, waiting %(minutes)d min") % minutes
    if visit.due_rule == Rule.RETURNED:
        return _("Was called and put back, waiting %(minutes)d min") % minutes
    if visit.due_rule == Rule.TARGET:
        is_longest = all(one.waited.seconds <= person.waited.seconds for one in waiting)
        if is_longest:
            return _("Waiting %(minutes)d min, longest of all") % minutes
        return _("Without appointment, waiting %(minutes)d min") % minutes
    if visit.due_rule == Rule.SERVICE:
        target = (visit.due_at - visit.arrived_at) // timedelta(minutes=1)
        return _("Waiting %(minutes)d min, target wait of the service %(target)d min") % (
            minutes | {"target": target}
        )
    times = {
        "start": time_text(timezone.localtime(visit.appointment.start)),
        "arrived": time_text(timezone.localtime(visit.arrived_at)),
    }
    if visit.due_rule == Rule.LATE:
        return _("Appointment %(start)s, checked in late at %(arrived)s") % times
    return _("Appointment %(start)s, checked in on time") % times
