"""Addresses of the front desk."""

from django.urls import path

from . import reception, reception_appointment, reception_booking, reception_ticket

OFFICE = "reception/<uuid:office_id>/"
HOLD = "reception/hold/<uuid:hold_id>/"
APPOINTMENT = "reception/appointment/<uuid:appointment_id>/"

urlpatterns = [
    path("reception/", reception.reception, name="reception"),
    path(OFFICE, reception.reception_office, name="reception_office"),
    path(f"{OFFICE}room/", reception.reception_room, name="reception_room"),
    path(f"{OFFICE}search/", reception.reception_search, name="reception_search"),
    path(f"{OFFICE}check-in/", reception.reception_check_in, name="reception_check_in"),
    path(f"{OFFICE}ticket/", reception_ticket.reception_ticket, name="reception_ticket"),
    path(f"{OFFICE}kiosk/", reception_ticket.reception_kiosk, name="reception_kiosk"),
    path(f"{OFFICE}times/", reception_booking.reception_times, name="reception_times"),
    path(f"{OFFICE}hold/", reception_booking.reception_hold, name="reception_hold"),
    path(APPOINTMENT, reception_appointment.reception_appointment, name="reception_appointment"),
    path(f"{HOLD}book/", reception_booking.reception_book, name="reception_book"),
    path(f"{APPOINTMENT}booked/", reception_booking.reception_booked, name="reception_booked"),
    path(f"{HOLD}release/", reception_booking.reception_release, name="reception_release"),
    path(f"{APPOINTMENT}move/", reception_appointment.reception_move, name="reception_move"),
    path(f"{APPOINTMENT}name/", reception_appointment.reception_name, name="reception_name"),
    path(f"{APPOINTMENT}cancel/", reception_appointment.reception_cancel, name="reception_cancel"),
    path(f"{APPOINTMENT}resend/", reception_appointment.reception_resend, name="reception_resend"),
    path(
        f"{APPOINTMENT}confirmation.pdf",
        reception_appointment.reception_confirmation,
        name="reception_confirmation",
    ),
    path(
        "reception/visit/<uuid:visit_id>/priority/",
        reception_ticket.reception_priority,
        name="reception_priority",
    ),
    path(
        "reception/visit/<uuid:visit_id>/transfer/",
        reception_ticket.reception_transfer,
        name="reception_transfer",
    ),
]
