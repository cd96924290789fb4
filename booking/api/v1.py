"""The JSON API, version 1: one router per resource. Its contract is in ``docs/api.md``."""

from django.views.decorators.http import require_safe

from . import appointments, availability, catalogue, counters, next_times, queue, visits
from .docs import DocsPage
from .server import Api

DESCRIPTION = """\
Book, check in, call: the same rules as on the pages.

Ids are opaque strings. Times are ISO 8601 with the offset of the office. Send
`Accept-Language` for names and sentences in another language. Whatever goes wrong is
answered as `application/problem+json` with a `code` that never changes.
"""

api = Api(
    title="Schalter",
    version="1",
    urls_namespace="api-v1",
    description=DESCRIPTION,
    docs=DocsPage(),
    docs_decorator=require_safe,
    servers=[{"url": "/"}],
)
api.add_router("", catalogue.router)
api.add_router("", availability.router)
api.add_router("", next_times.router)
api.add_router("", appointments.router)
api.add_router("", visits.router)
api.add_router("", queue.router)
api.add_router("", counters.router)
