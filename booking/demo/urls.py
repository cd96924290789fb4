"""Addresses under ``/demo/``, which only the demo answers."""

from django.urls import path

from booking.models import Device

from . import views

urlpatterns = [
    path("kiosk/", views.demo_device, {"kind": Device.Kind.KIOSK}, name="demo_kiosk"),
    path("display/", views.demo_device, {"kind": Device.Kind.DISPLAY}, name="demo_display"),
]
