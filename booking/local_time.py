"""Dates and times in words, in the active language.

What comes in is already local time of its office: nothing is converted here, unlike in
Django's ``date`` filter, which would move it to the zone of the settings.
"""

from datetime import date, datetime

from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, pgettext

# Where weekdays are no names and Django writes them as such.
SMALL_WEEKDAYS = ("uk", "ru")


def day_text(day: date) -> str:
    """Thursday, 26 November 2026."""
    return date_text(day, pgettext("date format", "l, j F Y"))


def date_text(day: date, words: str) -> str:
    """In the given format of Django, written as within a sentence."""
    text = format_date(day, words)
    return text.lower() if get_language() in SMALL_WEEKDAYS else text


def weekday_text(day: date) -> str:
    """Thursday."""
    return date_text(day, "l")


def short_day_text(day: date) -> str:
    """Thursday, 26 November."""
    return date_text(day, pgettext("date format", "l, j F"))


def month_text(day: date) -> str:
    """November 2026."""
    return format_date(day, pgettext("date format", "F Y"))


def time_text(moment: datetime) -> str:
    """17:20, with the word that belongs to a time where the language has one."""
    return format_date(moment, pgettext("date format", "H:i"))
