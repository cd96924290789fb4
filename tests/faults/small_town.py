"""One office with its kiosk, display and clerk, made in an installation from outside.

Open all day every day, because processes run by the real clock.
"""

import json
from dataclasses import dataclass
from datetime import time, timedelta

import httpx

from tests.installation import Installation

BUILD = "from tests.faults.small_town import build; build()"
ANSWER_SECONDS = 20


@dataclass(frozen=True)
class SmallTown:
    """The ids and tokens that whoever stands outside needs."""

    office: str
    offering: str
    counter: str
    kiosk: str
    spare_kiosk: str
    displays: list[str]
    clerk: str
    starts: list[str]

    def client(self, url: str, **headers: str) -> httpx.Client:
        """An HTTP client of the API at ``url``."""
        return httpx.Client(base_url=f"{url}/api/v1", timeout=ANSWER_SECONDS, headers=headers)

    def at_the_kiosk(self, url: str) -> httpx.Client:
        return self.client(url, Authorization=f"Bearer {self.kiosk}")

    def at_the_desk(self, url: str) -> httpx.Client:
        return self.client(url, Authorization=f"Bearer {self.clerk}")

    def draw_ticket(self, kiosk: httpx.Client) -> dict[str, object]:
        """A ticket without an appointment, as the kiosk draws it."""
        answer = kiosk.post(
            f"/offices/{self.office}/visits", json={"offerings": [{"id": self.offering}]}
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    def check_in(self, kiosk: httpx.Client, code: str) -> httpx.Response:
        return kiosk.post(f"/offices/{self.office}/visits", json={"code": code})

    def hold(self, citizen: httpx.Client, start: str) -> dict[str, str]:
        answer = citizen.post(
            f"/offices/{self.office}/appointments",
            json={"offerings": [{"id": self.offering}], "start": start},
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    def book(self, citizen: httpx.Client, start: str, email: str) -> dict[str, str]:
        """An appointment for somebody, as the API's clients make it."""
        held = self.hold(citizen, start)
        answer = citizen.post(
            f"/appointments/{held['id']}/confirm",
            headers={"X-Appointment-Secret": held["secret"]},
            json={"name": "Muster", "email": email},
        )
        assert answer.status_code == 200, answer.text
        return held | answer.json()


def make_small_town(installation: Installation) -> SmallTown:
    """Migrate and build it."""
    installation.manage("migrate", "--verbosity=0")
    return SmallTown(**json.loads(installation.manage("shell", "--no-imports", "-c", BUILD)))


def build() -> None:
    """Runs inside the installation, and prints what makes a :class:`SmallTown`."""
    from booking import clock
    from booking.domain.availability import free_starts
    from booking.domain.devices import make_device
    from booking.domain.items import Item
    from booking.domain.permissions import make_staff_token
    from booking.models import Device
    from tests import factories

    office = factories.OfficeFactory(
        last_ticket_minutes=0, check_in_opens_minutes=1440, check_in_closes_minutes=1440
    )
    offering = factories.OfferingFactory(office=office)
    for weekday in range(7):
        factories.make_hours(
            office,
            weekday=weekday,
            opens=time(0),
            closes=time(23, 59),
            unit_minutes=10,
            counters=20,
            online_counters=20,
        )
    counter = factories.CounterFactory(office=office)
    clerk = factories.make_staff(office)
    tomorrow = clock.today(office.zone) + timedelta(days=1)
    free = free_starts(office, [Item(offering, 1)], first_day=tomorrow, days=20)
    displays = [make_device(kind=Device.Kind.DISPLAY, office=office)[1] for _ in range(3)]
    town = SmallTown(
        office=str(office.pk),
        offering=str(offering.pk),
        counter=str(counter.pk),
        kiosk=make_device(kind=Device.Kind.KIOSK, office=office)[1],
        spare_kiosk=make_device(kind=Device.Kind.KIOSK, office=office)[1],
        displays=displays,
        clerk=make_staff_token(clerk),
        starts=[start.isoformat() for starts in free.values() for start in starts],
    )
    print(json.dumps(town.__dict__))
