"""The accessibility statement, as each authority fills it in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from booking.models import Authority


@require_safe
def accessibility(request: HttpRequest, authority: str) -> HttpResponse:
    """In the order of the model statement of Implementing Decision (EU) 2018/1523."""
    town = get_object_or_404(Authority, slug=authority)
    lines = (line.strip() for line in (town.inaccessible or "").splitlines())
    context = {"authority": town, "inaccessible": [line for line in lines if line]}
    return render(request, "citizen/accessibility.html", context)
