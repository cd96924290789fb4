"""Every change of a kiosk or display: asking to be paired, being confirmed, being revoked."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from booking import clock
from booking.models import Device, Office
from booking.security import PAIRING_DIGITS, hash_token, new_digits, new_token

from .announcements import announce
from .errors import PairingCodeUnknown

PAIRING_LASTS = timedelta(minutes=30)
# Seen is written at most this often, so that a busy kiosk does not write with every page.
SEEN_EVERY = timedelta(minutes=1)


def request_pairing(kind: str) -> tuple[Device, str]:
    """A device that asks to be paired, and the token it keeps. It shows ``pairing_code``."""
    now = clock.now()
    forget_unpaired()
    token = new_token()
    while True:
        try:
            with transaction.atomic():
                device = Device.objects.create(
                    kind=kind,
                    token_hash=hash_token(token),
                    pairing_code=new_digits(PAIRING_DIGITS),
                    created_at=now,
                )
        except IntegrityError:  # another device shows this code
            continue
        return device, token


def forget_unpaired() -> int:
    """Delete the devices whose pairing code has run out; how many there were."""
    lapsed = clock.now() - PAIRING_LASTS
    return Device.objects.filter(paired_at__isnull=True, created_at__lt=lapsed).delete()[0]


def confirm_pairing(*, code: str, kind: str, office: Office, name: str = "") -> Device:
    """Bind the device that shows ``code`` to an office. Raises ``PairingCodeUnknown``."""
    now = clock.now()
    # Digits as typed: with a space in the middle, or a hyphen.
    digits = "".join(character for character in code if character in "0123456789")
    waiting = Device.objects.filter(
        pairing_code=digits, kind=kind, created_at__gte=now - PAIRING_LASTS
    )
    device = waiting.first()
    if device is None or not waiting.update(
        office=office, name=name, pairing_code=None, paired_at=now
    ):
        raise PairingCodeUnknown
    device.refresh_from_db()
    return device


def make_device(*, kind: str, office: Office, name: str = "") -> tuple[Device, str]:
    """A device paired by the operator at the command line, and its token."""
    token = new_token()
    now = clock.now()
    device = Device.objects.create(
        kind=kind,
        office=office,
        name=name,
        token_hash=hash_token(token),
        created_at=now,
        paired_at=now,
    )
    return device, token


def revoke_device(device: Device) -> None:
    """The device's token opens nothing any more."""
    Device.objects.filter(pk=device.pk, revoked_at__isnull=True).update(revoked_at=clock.now())


@transaction.atomic
def settings_changed(device: Device) -> None:
    """Call it once what a display shows has been saved: its screens load their page again."""
    Device.objects.filter(pk=device.pk).update(revision=F("revision") + 1)
    if device.office_id is not None:
        announce(device.office_id)


def displays_showing(office_id: UUID) -> QuerySet[Device]:
    """The displays that show an office's calls: its own, and those of others in its room."""
    shared = Device.also_shows.through.objects.filter(office=office_id)
    return Device.objects.filter(
        Q(office=office_id) | Q(pk__in=shared.values("device")),
        kind=Device.Kind.DISPLAY,
        revoked_at__isnull=True,
    )


def device_of_token(token: str, *, kind: str | None = None) -> Device | None:
    """The paired device that holds ``token``; ``None`` while it still asks or once revoked."""
    devices = Device.objects.filter(
        token_hash=hash_token(token), paired_at__isnull=False, revoked_at__isnull=True
    )
    if kind is not None:
        devices = devices.filter(kind=kind)
    return devices.select_related("office__authority").first()


def pairing_of_token(token: str, *, kind: str) -> Device | None:
    """The device that holds ``token``, however its pairing stands; for the pairing page."""
    return Device.objects.filter(token_hash=hash_token(token), kind=kind).first()


def is_pairing_open(device: Device) -> bool:
    """Whether the lead can still confirm the code that the device shows."""
    return device.paired_at is None and device.created_at >= clock.now() - PAIRING_LASTS


def mark_seen(device: Device) -> None:
    """Note that the device is alive."""
    now = clock.now()
    Device.objects.filter(
        Q(last_seen_at__isnull=True)
        | Q(last_seen_at__lt=now - SEEN_EVERY)
        | Q(last_seen_at__gt=now),  # the clock was set back
        pk=device.pk,
    ).update(last_seen_at=now)


def mark_all_seen(device_ids: Collection[UUID]) -> None:
    """Note that the devices are alive, in one statement; for whoever watches many."""
    Device.objects.filter(pk__in=device_ids).update(last_seen_at=clock.now())
