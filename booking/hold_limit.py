"""A limit on holds per client, for the pages and the API alike: nobody takes all the times.

And one on wishes, each of which writes a mail to an address that somebody has typed.
"""

from django.conf import settings
from django.http import HttpRequest

from .client import client_of
from .throttle import count_attempt

WISHES_PER_MINUTE = 5


def limit_wishes(request: HttpRequest) -> None:
    """Count one wish by the client; raise ``TooManyAttempts`` beyond the limit."""
    if client := client_of(request):
        count_attempt("wishes", client, limit=WISHES_PER_MINUTE)


def limit_holds(request: HttpRequest) -> None:
    """Count one hold by the client; raise ``TooManyAttempts`` beyond the limit.

    Programs on this machine are not limited.
    """
    client = client_of(request)
    if settings.HOLDS_PER_MINUTE and client:
        count_attempt("holds", client, limit=settings.HOLDS_PER_MINUTE)
