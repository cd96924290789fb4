"""Secrets and tokens: made here, compared here, stored only as hashes or not at all."""

import hashlib
import secrets
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

CODE_DIGITS = 8
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


def is_link_secret(what: str, whose: object, secret: str) -> bool:
    """Whether ``secret`` opens it, also under a former ``SECRET_KEY``."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(_secret(what, whose, key), secret) for key in keys)


def appointment_secret(appointment_id: UUID) -> str:
    return link_secret("appointment", appointment_id)


def is_appointment_secret(appointment_id: UUID, secret: str) -> bool:
    return is_link_secret("appointment", appointment_id, secret)


def _secret(what: str, whose: object, key: str) -> str:
    return salted_hmac(what, str(whose), secret=key, algorithm="sha256").hexdigest()
