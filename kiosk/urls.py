"""The kiosk's pages, under ``/kiosk/``."""

from django.urls import path

from . import tickets, views

urlpatterns = [
    path("", views.start, name="kiosk"),
    path("check-in/", views.check_in, name="kiosk_check_in"),
    path("services/", views.services, name="kiosk_services"),
    path("services/several/", views.several, name="kiosk_several"),
    path("services/<uuid:offering_id>/", views.quantity, name="kiosk_quantity"),
    path("ticket/<uuid:visit_id>/", tickets.ticket, name="kiosk_ticket"),
    path("ticket/<uuid:visit_id>/print/", tickets.print_ticket, name="kiosk_print"),
    path("ticket/<uuid:visit_id>/again/", tickets.print_again, name="kiosk_print_again"),
    path("ticket/<uuid:visit_id>/slip/", tickets.slip, name="kiosk_slip"),
    path("ticket/<uuid:visit_id>/ticket.pdf", tickets.ticket_pdf, name="kiosk_ticket_pdf"),
]
