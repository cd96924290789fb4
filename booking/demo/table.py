"""What the demo prints once it runs: where everything is and who may log in."""

from datetime import timedelta

from django.conf import settings

from booking.models import Appointment

from . import town
from .clock import ZONE, demo_time


def table(host: str, port: int) -> str:
    """One row for each surface, then what else is good to know."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(host, host)  # noqa: S104
    address = f"http://{shown}:{port}"
    clerks = town.CITIZEN_OFFICE.clerks
    desk = ", ".join([f"{clerks[0]} … {clerks[-1]}", *town.DAYCARE.clerks])
    rows = [
        ("citizen", "/", "no login"),
        ("kiosk", "/demo/kiosk/", _code_to_try()),
        ("display", "/demo/display/", "no login"),
        ("reception", "/reception/", f"{town.FRONT_DESK}; password {town.PASSWORD}"),
        ("desk", "/desk/", f"{desk}; password {town.PASSWORD}"),
        ("set-up", "/setup/", f"{town.LEAD}; password {town.PASSWORD}"),
    ]
    width = max(len(path) for _name, path, _login in rows) + len(address) + 2
    lines = [f"  {name:11}{address + path:{width}}{login}" for name, path, login in rows]
    return "\n".join(
        [
            "",
            f"  {town.NAME}, a town for trying out. Its clock shows {_time()}.",
            "",
            *lines,
            "",
            f"  Mails are written to {settings.VAR_DIR / 'mail'}.",
            "  Ctrl-C stops the demo.",
            "",
        ]
    )


def _time() -> str:
    return demo_time().astimezone(ZONE).strftime("%A, %-d %B %Y, %H:%M")


def _code_to_try() -> str:
    """The check-in code of somebody who has not come yet."""
    now = demo_time()
    code = (
        Appointment.objects.filter(
            state=Appointment.State.BOOKED,
            office__name_de=town.CITIZEN_OFFICE.name_de,
            visit=None,
            code__isnull=False,
            start__gt=now + timedelta(minutes=5),
            start__lt=now + timedelta(minutes=55),
        )
        .order_by("start")
        .values_list("code", flat=True)
        .last()
    )
    return f"no login; a check-in code to try: {code}" if code else "no login"
