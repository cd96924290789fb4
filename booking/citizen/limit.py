"""Too many already: a page that says which limit it is and what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from booking.domain.errors import LimitReached
from booking.models import Office


def limit_page(request: HttpRequest, office: Office, reached: LimitReached) -> HttpResponse:
    """Nothing was booked or held; what was booked before stands."""
    context = {"authority": office.authority, "office": office, "reached": reached}
    return render(request, "citizen/limit.html", context, status=409)
