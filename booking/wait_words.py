"""A forecast wait in words that a person would use."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from .domain.forecast import Wait
from .domain.wait_range import FAR, SOON, told_range


def wait_text(wait: Wait | None, *, labelled: bool = False) -> str:
    """ "about 10–20 minutes", "less than 5 minutes", "more than 1 hour", or that it is unknown.

    ``labelled`` where “waiting time” stands beside it already.
    """
    told = told_range(wait)
    if told is None:
        if labelled:
            return pgettext("waiting time", "not known at the moment")
        return _("waiting time not known at the moment")
    low, high = told
    if low >= FAR:
        hours = low // 60
        return ngettext("more than %(hours)s hour", "more than %(hours)s hours", hours) % {
            "hours": hours
        }
    if high is None:
        return _("more than %(minutes)s minutes") % {"minutes": low}
    if low == 0:
        if high == SOON:
            return _("less than 5 minutes")
        return _("up to %(minutes)s minutes") % {"minutes": high}
    if low == high:
        return ngettext("about %(minutes)s minute", "about %(minutes)s minutes", low) % {
            "minutes": low
        }
    return _("about %(low)s–%(high)s minutes") % {"low": low, "high": high}


def labelled_wait_text(wait: Wait | None) -> str:
    """The same where nothing else says what it is about: "Waiting time: about 10–20 minutes"."""
    return _("Waiting time: %(wait)s") % {"wait": wait_text(wait, labelled=True)}


def short_wait_text(wait: Wait | None) -> str:
    """ "10–20", "> 60", for a column that says it is minutes; empty where it is unknown."""
    told = told_range(wait)
    if told is None:
        return ""
    low, high = told
    if high is None:
        return f"> {low}"
    return str(low) if low == high else f"{low}–{high}"
