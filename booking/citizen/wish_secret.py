"""The secret link of a wish, which only mails to its address tell."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from booking.models import Wish
from booking.security import is_wish_secret, wish_secret

from .secret import kept_secret, wrong_secret


def to_wish(wish: Wish, query: str = "") -> HttpResponse:
    return redirect(reverse("wish", args=[wish.pk, wish_secret(wish.pk)]) + query)


def wish_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page below the secret link: 404 without the secret, kept by no cache or index."""

    @never_cache
    @wraps(view)
    def page(request: HttpRequest, wish_id: UUID, wish_key: str, **more: UUID) -> HttpResponse:
        if not is_wish_secret(wish_id, wish_key):
            return wrong_secret(request)
        wishes = Wish.objects.select_related("authority", "appointment__office")
        wish = get_object_or_404(wishes.prefetch_related("offices", "items__service"), pk=wish_id)
        return kept_secret(view(request, wish, **more))

    return page
