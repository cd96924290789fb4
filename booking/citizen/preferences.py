"""The filters of the page of times, in the address: without JavaScript, and to be kept."""

from collections.abc import Sequence
from uuid import UUID

from django.http import QueryDict
from django.utils.dates import WEEKDAYS

from booking.domain.finding import AtOffice, Part, Preferences
from booking.spoken_languages import language_name


def preferences_in(data: QueryDict) -> Preferences:
    """What the address asks for; what makes no sense is left out."""
    part = data.get("part", "")
    return Preferences(
        offices=frozenset(filter(None, map(_uuid, data.getlist("office")))),
        weekdays=frozenset(
            int(text) for text in data.getlist("weekday") if text in map(str, WEEKDAYS)
        ),
        part=Part(part) if part in list(Part) else None,
        step_free=data.get("step_free") == "1",
        language=data.get("language", "")[:10],
    )


def pairs_of_preferences(preferences: Preferences) -> list[tuple[str, str]]:
    """As names and values of the address."""
    return [
        *(("office", str(pk)) for pk in sorted(preferences.offices)),
        *(("weekday", str(number)) for number in sorted(preferences.weekdays)),
        *([("part", str(preferences.part))] if preferences.part else []),
        *([("step_free", "1")] if preferences.step_free else []),
        *([("language", preferences.language)] if preferences.language else []),
    ]


def filters(offices: Sequence[AtOffice], preferences: Preferences) -> dict[str, object]:
    """What there is to choose from, each with whether it is chosen.

    Filters that would change nothing are left out.
    """
    spoken = {code for one in offices for code in one.office.spoken_languages}
    several = len(offices) > 1
    return {
        "offices": [
            {"office": one.office, "chosen": one.office.pk in preferences.offices}
            for one in (offices if several else ())
        ],
        "weekdays": [
            {"number": number, "name": WEEKDAYS[number], "chosen": number in preferences.weekdays}
            for number in range(6)
        ],
        "part": preferences.part,
        "step_free": preferences.step_free,
        "offers_step_free": several and any(one.office.step_free for one in offices),
        "languages": sorted(
            (
                {"code": code, "name": language_name(code), "chosen": code == preferences.language}
                for code in spoken
            ),
            key=lambda one: str(one["name"]),
        )
        if several
        else [],
        "chosen": bool(pairs_of_preferences(preferences)),
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
