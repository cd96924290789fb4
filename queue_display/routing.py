from django.urls import path

from .consumers import DisplayConsumer, TicketConsumer

websocket_urlpatterns = [
    path("ws/display/", DisplayConsumer.as_asgi()),
    path("ws/ticket/<uuid:ticket_id>/", TicketConsumer.as_asgi()),
]
