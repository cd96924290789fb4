"""A limit on wrong secrets per client, for the pages and the API alike.

Nobody guesses 256 bits; but nobody shall keep the server busy with trying. Right secrets are
never asked: whoever has one gets in, whatever others behind the same address do.
"""

from django.http import HttpRequest

from .client import client_of
from .throttle import count_attempt

WRONG_SECRETS_PER_MINUTE = 30
RETRY_AFTER_SECONDS = 60


def count_wrong_secret(request: HttpRequest) -> None:
    """Count one by the client; raise ``TooManyAttempts`` beyond the limit.

    Programs on this machine are not limited.
    """
    if client := client_of(request):
        count_attempt("secret", client, limit=WRONG_SECRETS_PER_MINUTE)
