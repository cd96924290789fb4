"""The citizen's pages. A town's own address comes last: it would swallow the others."""

from django.urls import path

from .accessibility import accessibility
from .answer import answer
from .appointment import appointment
from .cancel import cancel
from .choose import choose, services
from .downloads import appointment_ics, confirmation_pdf
from .find import find
from .here import here, poster
from .hold import hold
from .late import late
from .make_wish import earlier, make_wish, wish_sent
from .move import move
from .offer import offer
from .own_data import delete, own_data
from .reminders import reminders
from .start import home, privacy, start
from .subscription import subscribe, subscription, subscription_ics
from .times import times, town_times
from .wish import change_wish, wish, withdraw_wish

SECRET = "appointment/<uuid:appointment_id>/<str:secret>/"  # noqa: S105 - an address
CALENDAR = "calendar/<uuid:subscription_id>/<str:key>/"
WISH = "wish/<uuid:wish_id>/<str:wish_key>/"

urlpatterns = [
    path("", home, name="home"),
    path("book/<uuid:office_id>/", choose, name="choose"),
    path("book/<uuid:office_id>/times/", times, name="times"),
    path("book/<uuid:office_id>/hold/", hold, name="hold"),
    path(SECRET, appointment, name="appointment"),
    path(f"{SECRET}cancel/", cancel, name="cancel"),
    path(f"{SECRET}confirm/<str:answer>/", answer, name="answer"),
    path(f"{SECRET}move/", move, name="move"),
    path(f"{SECRET}reminders/", reminders, name="reminders"),
    path(f"{SECRET}late/", late, name="late"),
    path(f"{SECRET}here/", here, name="here"),
    path(f"{SECRET}data.json", own_data, name="own_data"),
    path(f"{SECRET}delete/", delete, name="delete"),
    path(f"{SECRET}calendar/", subscribe, name="subscribe"),
    path(f"{SECRET}confirmation.pdf", confirmation_pdf, name="confirmation_pdf"),
    path(f"{SECRET}appointment.ics", appointment_ics, name="appointment_ics"),
    path(f"{SECRET}earlier/", earlier, name="earlier"),
    path("book/<uuid:office_id>/wish/", make_wish, name="make_wish"),
    path("book/<uuid:office_id>/wish/sent/", wish_sent, name="wish_sent"),
    path(WISH, wish, name="wish"),
    path(f"{WISH}change/", change_wish, name="change_wish"),
    path(f"{WISH}withdraw/", withdraw_wish, name="withdraw_wish"),
    path(f"{WISH}offer/<uuid:offer_id>/", offer, name="offer"),
    path("here/<uuid:office_id>/<str:poster>/", poster, name="poster"),
    path(CALENDAR, subscription, name="subscription"),
    path(f"{CALENDAR}appointments.ics", subscription_ics, name="subscription_ics"),
    path("<slug:authority>/", start, name="start"),
    path("<slug:authority>/services/", services, name="services"),
    path("<slug:authority>/times/", town_times, name="town_times"),
    path("<slug:authority>/privacy/", privacy, name="privacy"),
    path("<slug:authority>/accessibility/", accessibility, name="accessibility"),
    path("<slug:authority>/find/", find, name="find"),
]
