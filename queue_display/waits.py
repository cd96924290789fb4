"""The waits that displays show beside the calls, by letter: where a forecast joins."""

from collections.abc import Callable, Mapping
from uuid import UUID

# Minutes from and to that somebody waits who comes now with this letter; ``None``: nobody knows.
Waits = Mapping[str, tuple[int, int] | None]
Forecast = Callable[[UUID], Waits | None]

_forecasts: list[Forecast] = []


def use_forecast(forecast: Forecast) -> None:
    """From now on ``forecast`` is asked; for the ``ready`` of whoever has one.

    It is asked with every state of an office, so it must answer from what is computed already.
    It answers ``None`` for an office that it knows nothing of.
    """
    _forecasts[:] = [forecast]


def waits_of_office(office_id: UUID) -> Waits | None:
    """What is forecast for an office; ``None`` where nothing forecasts its waits."""
    return _forecasts[0](office_id) if _forecasts else None
