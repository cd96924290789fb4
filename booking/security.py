"""Secrets and tokens: made here, compared here, stored only as hashes or not at all."""

import hashlib
import secrets
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

CODE_DIGITS = 8
# Hexadecimal digits of what a mail says: 128 bits.
ANSWER_LENGTH = 32
PAIRING_DIGITS = 6


def new_token() -> str:
    """A token of 256 random bits, for a device or a script."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is stored of a token; it is long and random, so one round is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_digits(count: int) -> str:
    """So many random decimal digits, the first never zero."""
    return str(10 ** (count - 1) + secrets.randbelow(9 * 10 ** (count - 1)))


def link_secret(what: str, whose: object) -> str:
    """The secret part of a link to ``what``, an appointment or the like, of that id.

    Derived from ``SECRET_KEY``, so that later mails can repeat the link although nothing
    of it is stored.
    """
    return _secret(what, whose, settings.SECRET_KEY)


def is_link_secret(what: str, whose: object, secret: str, *, length: int | None = None) -> bool:
    """Whether ``secret``, of the first ``length`` digits, opens it.

    Also under a former ``SECRET_KEY``.
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    right = (_secret(what, whose, key)[:length] for key in keys)
    return any(constant_time_compare(one, secret) for one in right)


def appointment_secret(appointment_id: UUID) -> str:
    return link_secret("appointment", appointment_id)


def is_appointment_secret(appointment_id: UUID, secret: str) -> bool:
    return is_link_secret("appointment", appointment_id, secret)


def wish_secret(wish_id: UUID) -> str:
    """The secret part of a wish's link: whoever has it reads the mails to its address."""
    return link_secret("wish", wish_id)


def is_wish_secret(wish_id: UUID, secret: str) -> bool:
    return is_link_secret("wish", wish_id, secret)


def mail_answer(appointment_id: UUID, email: str) -> str:
    """What only a mail to the address says: whoever knows it has read the mail."""
    return link_secret("mail answer", f"{appointment_id} {email}")[:ANSWER_LENGTH]


def is_mail_answer(appointment_id: UUID, email: str, answer: str) -> bool:
    """Whether ``answer`` stood in a mail to the address, also under a former ``SECRET_KEY``."""
    whose = f"{appointment_id} {email}"
    return is_link_secret("mail answer", whose, answer, length=ANSWER_LENGTH)


def _secret(what: str, whose: object, key: str) -> str:
    return salted_hmac(what, str(whose), secret=key, algorithm="sha256").hexdigest()
