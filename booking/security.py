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


def appointment_secret(appointment_id: UUID) -> str:
    """The secret part of an appointment's link.

    Derived from ``SECRET_KEY``, so that later mails can repeat the link although nothing
    of it is stored.
    """
    return _secret(appointment_id, settings.SECRET_KEY)


def is_appointment_secret(appointment_id: UUID, secret: str) -> bool:
    """Whether ``secret`` opens the appointment, also under a former ``SECRET_KEY``."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(_secret(appointment_id, key), secret) for key in keys)


def wish_secret(wish_id: UUID) -> str:
    """The secret part of a wish's link: whoever has it reads the mails to its address."""
    return _secret(wish_id, settings.SECRET_KEY, "wish")


def is_wish_secret(wish_id: UUID, secret: str) -> bool:
    """Whether ``secret`` opens the wish, also under a former ``SECRET_KEY``."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(_secret(wish_id, key, "wish"), secret) for key in keys)


def _secret(whose: UUID, key: str, kind: str = "appointment") -> str:
    return salted_hmac(kind, str(whose), secret=key, algorithm="sha256").hexdigest()
