"""The visitor's own page, under ``/ticket/``."""

from django.urls import path

from .ticket import ticket, ticket_leave

urlpatterns = [
    path("<uuid:ticket_id>/", ticket, name="ticket"),
    path("<uuid:ticket_id>/leave/", ticket_leave, name="ticket_leave"),
]
