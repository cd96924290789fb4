"""A forecast wait in words that a person would use."""

from math import ceil, floor, inf

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .domain.forecast import Wait

# Below this nobody plans anything; beyond the other, minutes pretend to know too much.
SOON, FAR = 5, 60
# A range's ends are multiples of so many minutes: what a person would say.
STEPS = ((30, 5), (inf, 10))


def wait_text(wait: Wait | None) -> str:
    """ "about 10–20 minutes", "less than 5 minutes", "more than 1 hour", or that it is unknown.

    The ends are rounded outwards, so that the words promise no more than the forecast does.
    """
    if wait is None or wait.middle == inf:
        return _("waiting time not known at the moment")
    if wait.high <= SOON:
        return _("less than 5 minutes")
    low, high = _down(wait.low), _up(wait.high)
    if low >= FAR:
        hours = low // 60
        return ngettext("more than %(hours)s hour", "more than %(hours)s hours", hours) % {
            "hours": hours
        }
    if high > 2 * FAR:
        if low == 0:
            return _("waiting time not known at the moment")
        return _("more than %(minutes)s minutes") % {"minutes": low}
    if low == 0:
        return _("up to %(minutes)s minutes") % {"minutes": high}
    return _("about %(low)s–%(high)s minutes") % {"low": low, "high": high}


def _step(minutes: float) -> int:
    return next(step for bound, step in STEPS if minutes <= bound)


def _down(minutes: float) -> int:
    step = _step(minutes)
    return floor(minutes / step) * step


def _up(minutes: float) -> float:
    if minutes == inf:
        return inf
    step = _step(minutes)
    return ceil(minutes / step) * step
