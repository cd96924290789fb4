"""What the product is held against over HTTP: views that do next to nothing, on the same stack.

Same settings, middleware, server and processes. One answers bytes from memory; two stand for
hold and confirm, each with one trivial update in a transaction, answers of the same shape.
"""

import random
from functools import cache

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt

from config.urls import urlpatterns as product

from .limit_rows import ROWS, UPDATE


@cache
def recorded(name: str) -> bytes:
    """An answer of the product, written down by the benchmark before this was asked for."""
    return (settings.VAR_DIR / name).read_bytes()


def from_memory(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(recorded(name), content_type="application/json; charset=utf-8")


@csrf_exempt
def one_update(request: HttpRequest, name: str) -> HttpResponse:
    """One row of many in a transaction of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UPDATE, [random.randint(1, ROWS)])
    return from_memory(request, name)


urlpatterns: list[URLPattern | URLResolver] = [
    path("limits/memory/<name>", from_memory),
    path("limits/update/<name>", one_update),
    *product,
]
