from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from booking.domain.devices import device_of_token
from booking.domain.permissions import staff_of_token


def output_of(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_staff_token_prints_a_token_that_works_and_nothing_else(clerk):
    printed = output_of("staff_token", clerk.username)

    assert printed.count("\n") == 1
    assert staff_of_token(printed.strip()) == clerk


def test_staff_token_refuses_strangers_and_those_who_left(clerk):
    clerk.is_active = False
    clerk.save()

    for name in ("nobody", clerk.username):
        with pytest.raises(CommandError, match=name):
            output_of("staff_token", name)


@pytest.mark.parametrize("kind", ["kiosk", "display"])
def test_pair_device_prints_a_token_that_works_and_nothing_else(office, kind):
    printed = output_of("pair_device", "--office", str(office.pk), "--kind", kind)

    assert printed.count("\n") == 1
    device = device_of_token(printed.strip())
    assert (device.kind, device.office) == (kind, office)


def test_pair_device_lists_the_offices_when_the_id_is_wrong(office):
    for wrong in ("1", str(uuid4())):
        with pytest.raises(CommandError, match=str(office.pk)):
            output_of("pair_device", "--office", wrong, "--kind", "kiosk")


def test_pair_device_refuses_an_unknown_kind(office):
    with pytest.raises(CommandError, match="toaster"):
        output_of("pair_device", "--office", str(office.pk), "--kind", "toaster")
