"""The ASGI application: pages and API over HTTP, displays, desks and tickets over sockets."""

import os
import time

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
http = get_asgi_application()

from twisted.internet import reactor  # noqa: E402

# Consumers import models, so the router can only be read once Django has started.
from queue_display.origins import OriginValidatorForBrowsers  # noqa: E402
from queue_display.routing import websocket_urlpatterns  # noqa: E402
from queue_display.socket_limits import SocketLimits  # noqa: E402

# Daphne's reactor, which the app "daphne" has installed, measures pauses by the wall clock: where
# that is set back by an hour, pings and timeouts would stop for an hour.
reactor.seconds = time.monotonic

sockets = SocketLimits(
    OriginValidatorForBrowsers(URLRouter(websocket_urlpatterns), settings.ALLOWED_HOSTS)
)
application = ProtocolTypeRouter({"http": http, "websocket": sockets})
