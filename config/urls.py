"""Every address of the site. Pages carry their language in the path: German none, ``/en/``."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from booking.api.v1 import api
from booking.health import health_view
from booking.sign_in import StaffLoginView

from .staff_prefix import staff_patterns

handler500 = "booking.unavailable.server_error"

urlpatterns = [
    path("health", health_view, name="health"),
    path("api/v1/", api.urls),
    *staff_patterns(
        path("staff/login/", StaffLoginView.as_view(), name="login"),
        path("staff/logout/", LogoutView.as_view(), name="logout"),
        path("setup/", admin.site.urls),
        path("demo/", include("booking.demo.urls")),
        path("", include("booking.pairing.urls")),
        path("", include("queue_display.urls")),
    ),
    *i18n_patterns(
        path("kiosk/", include("kiosk.urls")),
        path("ticket/", include("queue_display.ticket_urls")),
        path("", include("booking.citizen.urls")),
        prefix_default_language=False,
    ),
]
