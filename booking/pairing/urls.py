"""Where devices are paired. Stands before the addresses of kiosk and display."""

from django.urls import path

from booking.models import Device

from .views import pair_device, pairing_view

urlpatterns = [
    path("kiosk/pair/", pairing_view, {"kind": Device.Kind.KIOSK}, name="kiosk_pairing"),
    path("display/pair/", pairing_view, {"kind": Device.Kind.DISPLAY}, name="display_pairing"),
    path("staff/pair/", pair_device, name="pair_device"),
]
