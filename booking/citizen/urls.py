"""The citizen's pages. A town's own address comes last: it would swallow the others."""

from django.urls import path

from .appointment import appointment
from .cancel import cancel
from .choose import choose
from .downloads import appointment_ics, confirmation_pdf
from .hold import hold
from .make_wish import earlier, make_wish, wish_sent
from .offer import offer
from .start import home, privacy, start
from .times import times
from .wish import change_wish, wish, withdraw_wish

SECRET = "appointment/<uuid:appointment_id>/<str:secret>/"  # noqa: S105 - an address
WISH = "wish/<uuid:wish_id>/<str:wish_key>/"

urlpatterns = [
    path("", home, name="home"),
    path("book/<uuid:office_id>/", choose, name="choose"),
    path("book/<uuid:office_id>/times/", times, name="times"),
    path("book/<uuid:office_id>/hold/", hold, name="hold"),
    path(SECRET, appointment, name="appointment"),
    path(f"{SECRET}cancel/", cancel, name="cancel"),
    path(f"{SECRET}confirmation.pdf", confirmation_pdf, name="confirmation_pdf"),
    path(f"{SECRET}appointment.ics", appointment_ics, name="appointment_ics"),
    path(f"{SECRET}earlier/", earlier, name="earlier"),
    path("book/<uuid:office_id>/wish/", make_wish, name="make_wish"),
    path("book/<uuid:office_id>/wish/sent/", wish_sent, name="wish_sent"),
    path(WISH, wish, name="wish"),
    path(f"{WISH}change/", change_wish, name="change_wish"),
    path(f"{WISH}withdraw/", withdraw_wish, name="withdraw_wish"),
    path(f"{WISH}offer/<uuid:offer_id>/", offer, name="offer"),
    path("<slug:authority>/", start, name="start"),
    path("<slug:authority>/privacy/", privacy, name="privacy"),
]
