"""What the demo town is made of; the texts of its services are in two files of their own."""

from dataclasses import dataclass, replace
from datetime import time

from . import citizen_office, daycare
from .texts import ServiceText

SLUG = "musterstadt"
NAME = "Musterstadt"
SUBDIVISION = "ST"
# Known to everybody on purpose: it opens nothing but a demo.
PASSWORD = "schalter-demo"  # noqa: S105


@dataclass(frozen=True)
class Hours:
    """One weekly series: weekday (0 is Monday), local times, and how many counters."""

    weekday: int
    opens: time
    closes: time
    counters: int
    online_counters: int
    short_notice_counters: int = 0


@dataclass(frozen=True)
class OfficeData:
    """One office of the town with all that belongs to it."""

    name_de: str
    name_en: str
    address: str
    directions_de: str
    directions_en: str
    notice_de: str
    notice_en: str
    unit_minutes: int
    counters: tuple[str, ...]
    services: tuple[ServiceText, ...]
    hours: tuple[Hours, ...]
    clerks: tuple[str, ...]
    step_free: bool = True
    spoken_languages: tuple[str, ...] = ()


CITIZEN_OFFICE = OfficeData(
    name_de="Bürgerbüro",
    name_en="Citizen office",
    address="Markt 1, 06712 Musterstadt",
    directions_de="Wartebereich im Erdgeschoss",
    directions_en="Waiting area on the ground floor",
    notice_de="Bitte halten Sie Ihre Unterlagen bereit.",
    notice_en="Please have your documents ready.",
    unit_minutes=10,
    counters=("1", "2", "3", "4", "5", "6"),
    services=citizen_office.SERVICES,
    hours=(
        Hours(0, time(8), time(12), 6, 4, 1),
        Hours(1, time(8), time(12), 6, 4, 1),
        Hours(1, time(13), time(16), 5, 3, 1),
        Hours(2, time(8), time(12), 5, 3, 1),
        Hours(3, time(8), time(12), 6, 4, 1),
        Hours(3, time(13), time(18), 6, 4, 1),
        Hours(4, time(8), time(12), 5, 3, 1),
    ),
    clerks=("clerk1", "clerk2", "clerk3", "clerk4", "clerk5", "clerk6"),
    spoken_languages=("ar", "en", "gsg", "uk"),
)

DAYCARE = OfficeData(
    name_de="Kindertageseinrichtungen",
    name_en="Daycare department",
    address="Rathausgasse 4, 06712 Musterstadt",
    directions_de="Wartebereich im 2. Obergeschoss, Aufzug rechts vom Eingang",
    directions_en="Waiting area on the second floor, lift to the right of the entrance",
    notice_de="",
    notice_en="",
    unit_minutes=15,
    counters=("11", "12"),
    services=daycare.SERVICES,
    hours=(
        Hours(0, time(9), time(12), 2, 1),
        Hours(1, time(8), time(12), 2, 1),
        Hours(1, time(13), time(16), 2, 1),
        Hours(2, time(9), time(12), 2, 1),
        Hours(3, time(8), time(12), 2, 1),
        Hours(3, time(13), time(18), 2, 1),
        Hours(4, time(9), time(12), 2, 1),
    ),
    clerks=("kita1", "kita2"),
)

NORTH_SERVICES = (
    "personalausweis", "reisepass", "ausweis-abholen", "wohnsitz-anmelden", "wohnsitz-ummelden",
    "meldebescheinigung", "fuehrungszeugnis", "beglaubigung",
)  # fmt: skip
# Of their own, so that nobody mistakes a ticket of one office for one of the other.
NORTH_LETTERS = {"A": "N", "B": "R", "C": "U"}
CITIZEN_OFFICE_NORTH = OfficeData(
    name_de="Bürgerbüro Nord",
    name_en="Citizen office north",
    address="Hafenstraße 12, 06712 Musterstadt",
    directions_de="Wartebereich im 1. Obergeschoss, kein Aufzug",
    directions_en="Waiting area on the first floor, no lift",
    notice_de="",
    notice_en="",
    unit_minutes=10,
    counters=("21", "22"),
    services=tuple(
        replace(text, letter=NORTH_LETTERS[text.letter])
        for text in citizen_office.SERVICES
        if text.slug in NORTH_SERVICES
    ),
    hours=(
        Hours(0, time(8), time(12), 2, 1),
        Hours(1, time(8), time(12), 2, 2),
        Hours(2, time(8), time(12), 2, 1),
        Hours(3, time(8), time(12), 2, 1),
        Hours(3, time(13), time(18), 2, 2),
        Hours(4, time(8), time(12), 2, 1),
    ),
    clerks=("nord1", "nord2"),
    step_free=False,
    spoken_languages=("en", "tr"),
)

OFFICES = (DAYCARE, CITIZEN_OFFICE, CITIZEN_OFFICE_NORTH)
LEAD = "lead"
FRONT_DESK = "frontdesk"
