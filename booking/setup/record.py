"""The record of processing, as the models declare it: for whoever is responsible for privacy."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from booking.domain.own_data import record_of_processing
from booking.models import Authority
from booking.models.personal import Whose

from .scope import visible


@require_GET
def record(request: HttpRequest) -> HttpResponse:
    """What is kept of citizens and staff, why, and how long at an authority."""
    authorities = list(visible(Authority, request.user))
    wanted = request.GET.get("authority")
    chosen = next((one for one in authorities if one.slug == wanted), None)
    chosen = chosen or next(iter(authorities), Authority())
    groups = [
        (
            heading,
            [
                (entry, entry.kept.until.text(chosen.retention_days))
                for entry in record_of_processing(whose)
            ],
        )
        for heading, whose in (
            (_("Of citizens"), Whose.CITIZEN),
            (_("Of staff"), Whose.STAFF),
        )
    ]
    context = admin.site.each_context(request) | {
        "title": _("Record of processing"),
        "groups": groups,
        "chosen": chosen,
        "others": [one for one in authorities if one != chosen],
    }
    return render(request, "setup/record.html", context)
