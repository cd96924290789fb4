"""Where staff and displays go; the visitor's own page is in ``ticket_urls``."""

from django.urls import include, path

from .display import (
    display,
    display_notices,
    display_picture,
    display_speech,
    display_test,
    display_time,
)

urlpatterns = [
    path("", include("queue_display.desk_urls")),
    path("", include("queue_display.reception_urls")),
    path("display/", display, name="display"),
    path("display/time/", display_time, name="display_time"),
    path("display/notices/", display_notices, name="display_notices"),
    path("display/picture/<uuid:notice_id>/<str:digest>/", display_picture, name="display_picture"),
    path(
        "display/speech/<uuid:counter_id>/<str:number>/<str:language>/",
        display_speech,
        name="display_speech",
    ),
    path("display/test/", display_test, name="display_test"),
]
