"""The only place of group names and message types. Nothing personal ever goes through them."""

from uuid import UUID

# Over the channel layer: the queue of an office has changed, read it again.
QUEUE_CHANGED = "queue.changed"

# To the browsers.
SNAPSHOT = "snapshot"
TICKET = "ticket"
DESK_CHANGED = "changed"

# Close codes (4000–4999 are the application's own, RFC 6455 7.4.2).
DEVICE_UNKNOWN = 4401
NOT_STAFF = 4403
TICKET_UNKNOWN = 4404
# The visit went on to another office: connect again and hear from that one.
MOVED = 4301
# The settings of the display are others than those of its page: load it again.
SETTINGS_CHANGED = 4302
# Too many sockets with the same key: the newer ones stay.
CROWDED = 4429
# Not 1008: the server's library lets an application close with 1000 and 3000–4999 alone.
TOO_TALKATIVE = 4413


def office_group(office_id: UUID) -> str:
    """The group of all processes with sockets of the office: letters, digits and hyphens."""
    return f"office-{office_id}"
