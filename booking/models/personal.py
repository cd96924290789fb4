"""What a field keeps of a person, why and how long: said at the model, read by whoever asks.

A model says it in ``personal_data``, by the name of the field. The privacy notice, the record of
processing and the export of one's own data are made of nothing else; a field that can hold
something personal and is not declared fails the tests.
"""

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class Until(Enum):
    """When it is gone. Rules of :mod:`booking.domain.retention` and its neighbours in words."""

    CANCELLED = "cancelled"
    RETENTION = "retention"
    SENT = "sent"
    SUBSCRIPTION = "subscription"
    WISH = "wish"
    LISTED = "listed"
    ANONYMOUS = "anonymous"
    ACCOUNT = "account"
    NAMES_NOBODY = "names nobody"
    NEXT_ACTION = "next action"
    SESSION = "session"
    ATTEMPT = "attempt"

    def text(self, days: int) -> str:
        """The rule as a sentence, for an authority that keeps data ``days`` days."""
        if self in (Until.CANCELLED, Until.RETENTION):
            kept = ngettext(
                "Deleted %(days)s day after the day of the appointment.",
                "Deleted %(days)s days after the day of the appointment.",
                days,
            ) % {"days": days}
            return f"{kept} {SENTENCES[self]}".strip()
        return str(SENTENCES[self])


SENTENCES: dict[Until, str | Promise] = {
    Until.CANCELLED: _("At once when it is cancelled."),
    Until.RETENTION: "",
    Until.SENT: _("Deleted as soon as the message has been sent, at the latest with the rest."),
    Until.SUBSCRIPTION: _("Deleted when you end the subscription, or with your last appointment."),
    Until.WISH: _("Deleted as soon as the wish is fulfilled, withdrawn or over."),
    Until.LISTED: _("Deleted 90 days after its end; without your address it names nobody."),
    Until.ANONYMOUS: _("Stays for the figures, and no longer says who it was."),
    Until.ACCOUNT: _("As long as the account exists."),
    Until.NAMES_NOBODY: _("Stays; once the account is deleted it names nobody."),
    Until.NEXT_ACTION: _("Overwritten by the next action; deleted with the account."),
    Until.SESSION: _("Deleted when the session has ended, after twelve hours at the latest."),
    Until.ATTEMPT: _("Deleted ten minutes after the last attempt."),
}


class Whose(Enum):
    CITIZEN = "citizen"
    STAFF = "staff"


@dataclass(frozen=True)
class Kept:
    """What is kept in a field, why, until when, and of whom."""

    what: str | Promise
    why: str | Promise
    until: Until
    whose: Whose = Whose.CITIZEN


LANGUAGE = Kept(_("the language you read"), _("to write and speak to you in it"), Until.ANONYMOUS)

_SIGNED_IN = Kept(_("that you are signed in"), _("to know you again"), Until.SESSION, Whose.STAFF)
_ATTEMPT = Kept(
    _("a login that failed: what was typed as the name, kind of browser, page"),
    _("to lock an account that somebody guesses at"),
    Until.ATTEMPT,
    Whose.STAFF,
)
_CHANGED = Kept(
    _("what you changed in the set-up"), _("to see who changed it"), Until.ACCOUNT, Whose.STAFF
)
_TYPED = ("user_agent", "ip_address", "username", "http_accept", "path_info")

# The tables of libraries, which cannot say it themselves.
OF_LIBRARIES: dict[str, dict[str, Kept]] = {
    "sessions.Session": dict.fromkeys(("session_key", "session_data"), _SIGNED_IN),
    "admin.LogEntry": dict.fromkeys(
        ("user", "object_id", "object_repr", "change_message"), _CHANGED
    ),
    "axes.AccessAttempt": dict.fromkeys((*_TYPED, "get_data", "post_data"), _ATTEMPT),
    # Switched off in the settings: nothing is written there.
    "axes.AccessLog": dict.fromkeys((*_TYPED, "session_hash"), _ATTEMPT),
    "axes.AccessFailureLog": dict.fromkeys(_TYPED, _ATTEMPT),
}
