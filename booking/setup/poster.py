"""Posters for check-in on one's own phone: to print, and to make the printed ones void."""

from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from booking.documents.poster_pdf import poster_pdf
from booking.domain.links import poster_link
from booking.domain.phone_check_in import renew_poster
from booking.models import Office

from .scope import changeable, visible


@require_GET
def posters(request: HttpRequest) -> HttpResponse:
    """The offices, and what each allows."""
    offices = visible(Office, request.user).select_related("authority")
    context = admin.site.each_context(request) | {
        "title": _("Posters for check-in"),
        "offices": list(offices),
        "by_poster": Office.PhoneCheckIn.POSTER,
    }
    return render(request, "setup/posters.html", context)


@require_GET
def poster_file(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """The poster as a sheet to print, in the languages of the town that we speak."""
    office = get_object_or_404(
        visible(Office, request.user).select_related("authority"), pk=office_id
    )
    if office.phone_check_in != Office.PhoneCheckIn.POSTER:
        raise Http404
    spoken = [code for code, _name in settings.LANGUAGES if code in office.authority.languages]
    pdf = poster_pdf(office, link=poster_link(office), languages=spoken[:2] or ["de"])
    disposition = 'inline; filename="poster.pdf"'
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": disposition}
    )


@require_POST
def poster_renew(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """The posters that hang lead nowhere from now on."""
    office = get_object_or_404(changeable(Office, request.user), pk=office_id)
    renew_poster(office)
    said = _("The former posters of %(office)s are void. Please print the new one.")
    messages.success(request, said % {"office": office.name})
    return redirect("admin:posters")
