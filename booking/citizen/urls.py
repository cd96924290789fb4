"""The citizen's pages. A town's own address comes last: it would swallow the others."""

from django.urls import path

from .answer import answer
from .appointment import appointment
from .cancel import cancel
from .choose import choose
from .downloads import appointment_ics, confirmation_pdf
from .hold import hold
from .start import home, privacy, start
from .times import times

SECRET = "appointment/<uuid:appointment_id>/<str:secret>/"  # noqa: S105 - an address

urlpatterns = [
    path("", home, name="home"),
    path("book/<uuid:office_id>/", choose, name="choose"),
    path("book/<uuid:office_id>/times/", times, name="times"),
    path("book/<uuid:office_id>/hold/", hold, name="hold"),
    path(SECRET, appointment, name="appointment"),
    path(f"{SECRET}cancel/", cancel, name="cancel"),
    path(f"{SECRET}confirm/<str:answer>/", answer, name="answer"),
    path(f"{SECRET}confirmation.pdf", confirmation_pdf, name="confirmation_pdf"),
    path(f"{SECRET}appointment.ics", appointment_ics, name="appointment_ics"),
    path("<slug:authority>/", start, name="start"),
    path("<slug:authority>/privacy/", privacy, name="privacy"),
]
