"""Proof of work for holds in a rush: none in quiet times, harder the more are made.

Nobody looks at pictures: a device searches a number, which costs a person a moment and a program
that wants a thousand places a thousand of them. Challenges come from ``altcha``: signed, for one
office, good for five minutes and for one hold. Who cannot or does not want to solve one confirms
by mail instead, see ``limits.WITHOUT_PROOF_AT_ONCE``.
"""

import secrets
import time
from typing import Any
from uuid import UUID

import altcha
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from .client import network_key
from .domain.errors import ProofNeeded
from .throttle import count_lately, is_first_use

ALGORITHM = "PBKDF2/SHA-256"
# Rounds of each try: what browsers do in machine code, so that a script of theirs is no slower
# than a program. The tries make the difference: the search ends in the upper half of them.
ROUNDS = 1000
TRIES = 600
HARDEST = 16
SECONDS_VALID = 300
# Beyond this it is no payload of ours.
LENGTH_AT_MOST = 4000


def require_proof(request: HttpRequest, office_id: UUID, payload: str) -> None:
    """Raise ``ProofNeeded`` where holds are made quicker than usual and ``payload`` proves nothing.

    Programs on this machine need none. Without a cache the rate is not known, and nobody does.
    """
    network = network_key(request)
    if not network or (payload and _is_proof(payload, office_id)):
        return
    excess = max(
        _excess("holds-of-office", str(office_id), settings.PROOF_ABOVE_OF_OFFICE),
        _excess("holds-of-network", network, settings.PROOF_ABOVE_OF_NETWORK),
    )
    if excess > 1:
        raise ProofNeeded(_challenge(office_id, min(excess, HARDEST)))


def _excess(name: str, whose: str, normal: int) -> float:
    """How many times as many as usual there were in the last minute, this one counted."""
    return count_lately(name, whose) / normal if normal else 0.0


def _challenge(office_id: UUID, excess: float) -> dict[str, Any]:
    most = int(TRIES * excess)
    challenge = altcha.create_challenge(
        ALGORITHM,
        ROUNDS,
        counter=most // 2 + secrets.randbelow(most // 2),
        expires_at=int(time.time()) + SECONDS_VALID,
        data={"office": str(office_id), "most": most},
        hmac_secret=_secret("challenge"),
        hmac_key_secret=_secret("solution"),
    )
    return challenge.to_dict()


def _is_proof(payload: str, office_id: UUID) -> bool:
    if len(payload) > LENGTH_AT_MOST:
        return False
    result = altcha.verify_solution(
        payload, _secret("challenge"), hmac_key_secret=_secret("solution")
    )
    if not result.verified:
        return False
    challenge = altcha.Payload.from_base64(payload).challenge
    return (challenge.parameters.data or {}).get("office") == str(office_id) and is_first_use(
        "proof", str(challenge.signature), seconds=2 * SECONDS_VALID
    )


def _secret(kind: str) -> str:
    return salted_hmac("proof of work", kind, algorithm="sha256").hexdigest()
