from django.urls import path, re_path

from .consumers import DisplayConsumer, NobodyConsumer, TicketConsumer
from .desk_consumer import desk_socket

websocket_urlpatterns = [
    path("ws/display/", DisplayConsumer.as_asgi()),
    path("ws/ticket/<uuid:ticket_id>/", TicketConsumer.as_asgi()),
    path("ws/desk/<uuid:office_id>/", desk_socket),
    re_path("", NobodyConsumer.as_asgi()),
]
