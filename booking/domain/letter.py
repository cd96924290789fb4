"""What a mail is made of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """A mail as it is read. ``calendar`` is an iCalendar text with its ``method``, or empty."""

    subject: str
    body: str
    calendar: str = ""
    method: str = ""
