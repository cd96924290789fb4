"""The kiosk's pages, under ``/kiosk/``."""

from django.urls import path

from . import aloud, booked, page, tickets, times, views

urlpatterns = [
    path("", views.start, name="kiosk"),
    path("finish/", page.finish, name="kiosk_finish"),
    path("aid/", page.aid, name="kiosk_aid"),
    path("aloud/", aloud.kiosk_aloud, name="kiosk_aloud"),
    path("check-in/", views.check_in, name="kiosk_check_in"),
    path("services/", views.services, name="kiosk_services"),
    path("services/several/", views.several, name="kiosk_several"),
    path("services/<uuid:offering_id>/", views.quantity, name="kiosk_quantity"),
    path("times/", times.times_for, name="kiosk_times_for"),
    path("times/<uuid:offering_id>/", times.times, name="kiosk_times"),
    path("booked/<uuid:booked_id>/", booked.booked, name="kiosk_booked"),
    path("booked/<uuid:booked_id>/print/", booked.print_booked, name="kiosk_print_booked"),
    path("booked/<uuid:booked_id>/slip/", booked.booked_slip, name="kiosk_booked_slip"),
    path("ticket/<uuid:visit_id>/", tickets.ticket, name="kiosk_ticket"),
    path("ticket/<uuid:visit_id>/print/", tickets.print_ticket, name="kiosk_print"),
    path("ticket/<uuid:visit_id>/again/", tickets.print_again, name="kiosk_print_again"),
    path("ticket/<uuid:visit_id>/slip/", tickets.slip, name="kiosk_slip"),
    path("ticket/<uuid:visit_id>/ticket.pdf", tickets.ticket_pdf, name="kiosk_ticket_pdf"),
]
