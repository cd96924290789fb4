"""Devices: asked for, confirmed, seen, revoked."""

from datetime import timedelta

import pytest

from booking.domain import devices
from booking.domain.errors import PairingCodeUnknown
from booking.models import Device
from tests.conftest import TUESDAY

KIOSK, DISPLAY = Device.Kind.KIOSK, Device.Kind.DISPLAY


@pytest.fixture
def asking(db):
    return devices.request_pairing(KIOSK)


def test_a_device_that_asks_shows_six_digits_and_opens_nothing(asking):
    device, token = asking
    assert len(device.pairing_code) == 6
    assert device.pairing_code.isdecimal()
    assert token not in device.token_hash
    assert devices.device_of_token(token) is None


def test_the_confirmed_device_belongs_to_the_office(asking, office):
    device, token = asking
    devices.confirm_pairing(code=device.pairing_code, kind=KIOSK, office=office, name="Entrance")
    found = devices.device_of_token(token, kind=KIOSK)
    assert (found, found.office, found.name, found.pairing_code) == (
        device,
        office,
        "Entrance",
        None,
    )


def test_a_code_may_be_typed_with_a_space_or_a_hyphen(asking, office):
    code = asking[0].pairing_code
    devices.confirm_pairing(code=f" {code[:3]} -{code[3:]}", kind=KIOSK, office=office)
    assert devices.device_of_token(asking[1]) is not None


def test_a_code_confirms_only_once(asking, office):
    code = asking[0].pairing_code
    devices.confirm_pairing(code=code, kind=KIOSK, office=office)
    with pytest.raises(PairingCodeUnknown):
        devices.confirm_pairing(code=code, kind=KIOSK, office=office)


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "１２３４５６", "\x00", "9" * 500])
def test_an_unknown_code_is_refused(asking, office, code):
    with pytest.raises(PairingCodeUnknown):
        devices.confirm_pairing(code=code, kind=KIOSK, office=office)


def test_a_display_cannot_be_confirmed_as_a_kiosk(office):
    device, _token = devices.request_pairing(DISPLAY)
    with pytest.raises(PairingCodeUnknown):
        devices.confirm_pairing(code=device.pairing_code, kind=KIOSK, office=office)


def test_a_code_expires_after_half_an_hour(asking, office, set_time):
    device, _token = asking
    assert devices.is_pairing_open(device)
    set_time(TUESDAY + timedelta(minutes=31))
    assert not devices.is_pairing_open(device)
    with pytest.raises(PairingCodeUnknown):
        devices.confirm_pairing(code=device.pairing_code, kind=KIOSK, office=office)


def test_forgotten_requests_are_cleared_away(asking, set_time):
    set_time(TUESDAY + timedelta(minutes=31))
    devices.request_pairing(KIOSK)
    assert Device.objects.count() == 1


def test_a_code_already_shown_is_not_given_twice(asking, monkeypatch):
    taken = asking[0].pairing_code
    codes = iter([taken, "123456" if taken != "123456" else "123457"])
    monkeypatch.setattr(devices, "new_digits", lambda count: next(codes))
    second, _token = devices.request_pairing(KIOSK)
    assert second.pairing_code != taken


def test_a_revoked_device_opens_nothing(office):
    device, token = devices.make_device(kind=KIOSK, office=office)
    devices.revoke_device(device)
    assert devices.device_of_token(token) is None
    assert devices.pairing_of_token(token, kind=KIOSK).revoked_at == TUESDAY


def test_the_token_of_a_display_is_no_token_of_a_kiosk(office):
    _device, token = devices.make_device(kind=DISPLAY, office=office)
    assert devices.device_of_token(token, kind=KIOSK) is None
    assert devices.pairing_of_token(token, kind=KIOSK) is None


def test_being_seen_is_written_once_a_minute(office, set_time):
    device, _token = devices.make_device(kind=KIOSK, office=office)
    devices.mark_seen(device)
    set_time(TUESDAY + timedelta(seconds=30))
    devices.mark_seen(device)
    device.refresh_from_db()
    assert device.last_seen_at == TUESDAY
    set_time(TUESDAY + timedelta(seconds=61))
    devices.mark_seen(device)
    device.refresh_from_db()
    assert device.last_seen_at == TUESDAY + timedelta(seconds=61)
