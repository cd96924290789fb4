"""A limit on holds per client, for the pages and the API alike: nobody takes all the times."""

from django.conf import settings
from django.http import HttpRequest

from .client import client_of
from .throttle import count_attempt


def limit_holds(request: HttpRequest) -> None:
    """Count one hold by the client; raise ``TooManyAttempts`` beyond the limit.

    Programs on this machine are not limited.
    """
    client = client_of(request)
    if settings.HOLDS_PER_MINUTE and client:
        count_attempt("holds", client, limit=settings.HOLDS_PER_MINUTE)
