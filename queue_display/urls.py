from django.urls import include, path

from .display import display, display_time
from .ticket import ticket, ticket_leave

urlpatterns = [
    path("", include("queue_display.desk_urls")),
    path("", include("queue_display.reception_urls")),
    path("display/", display, name="display"),
    path("display/time/", display_time, name="display_time"),
    path("ticket/<uuid:ticket_id>/", ticket, name="ticket"),
    path("ticket/<uuid:ticket_id>/leave/", ticket_leave, name="ticket_leave"),
]
