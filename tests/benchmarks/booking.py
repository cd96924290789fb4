"""Booking over HTTP, hold and confirm: against the least two writing requests can cost."""

import json
from typing import Any

from tests.installation import Program

from .http_load import Load, Requests, ask, figures, in_turn, load, start_web
from .rows import Row, at_least
from .stage import ConditionBroken, Stage, Town

SECONDS = 5
JSON = {"Content-Type": "application/json"}
DETAILS = json.dumps({"name": "A Citizen", "email": "citizen@example.org", "phone": ""})
# Slots whose number of places taken is not the number of appointments that overlap them.
MISCOUNTED = """
    SELECT count(*) FROM booking_slot AS slot
    JOIN booking_openinghours AS series ON series.id = slot.series_id
    WHERE slot.start > now() AND slot.booked <> (
        SELECT count(*) FROM booking_appointment AS one
        WHERE one.series_id = slot.series_id AND one.state IN ('held', 'booked')
          AND one.start > slot.start - interval '1 day'
          AND one.start < slot.start + make_interval(mins => series.unit_minutes)
          AND one."end" > slot.start
    )
"""


def hold_and_confirm(world: dict[str, Any]) -> Requests:
    """A flow: some free time is held, then confirmed."""
    offering = world["offerings"][0]
    bodies = [
        json.dumps({"offerings": [{"id": offering}], "start": start}) for start in world["starts"]
    ]
    hold = {
        "method": "POST",
        "path": f"/api/v1/offices/{world['office']}/appointments",
        "headers": JSON,
        "bodies": bodies,
        "keep": True,
    }
    confirm = {
        "method": "POST",
        "path": "/api/v1/appointments/{id}/confirm",
        "headers": JSON | {"X-Appointment-Secret": "{secret}"},
        "body": DETAILS,
        "follow": True,
    }
    return [hold, confirm]


def two_updates(town: Town, web: Program, flow: Requests) -> Requests:
    """The same two requests, as large both ways, to views that update one row each."""
    hold, confirm = flow
    held = ask(web, hold | {"body": hold["bodies"][0]})
    answer = json.loads(held)
    path = confirm["path"].format(**answer)
    headers = confirm["headers"] | {"X-Appointment-Secret": answer["secret"]}
    town.write_down("held", held)
    town.write_down("confirmed", ask(web, confirm | {"path": path, "headers": headers}))
    return [
        hold | {"path": "/limits/update/held"},
        confirm | {"path": "/limits/update/confirmed?{id}"},
    ]


def booking(stage: Stage) -> list[Row]:
    """A booking costs at most two and a half times what any two writing requests cost."""
    town = stage.town("booking")
    flow = hold_and_confirm(town.build())
    web = start_web(town, town.installation.web(), flow)
    least = two_updates(town, web, flow)

    def run(asked: Requests) -> Load:
        done = load(town, web, asked, stage.seconds(SECONDS))
        require_granted(done)
        return done

    ratio, found, limits = in_turn(lambda: run(flow), lambda: run(least))
    require_counted(town)
    return [
        Row(
            "booking",
            "POST …/appointments and …/confirm, free places everywhere, 8 clients, 2 processes",
            "the same two requests to views with one update of one row in a transaction",
            **at_least(0.4, ratio),
            raw=figures("bookings", found, 2) | figures("two updates", limits, 2),
        )
    ]


def require_granted(done: Load) -> None:
    """Nobody may be refused while there are places everywhere."""
    if refused := {status: n for status, n in done.statuses.items() if int(status) >= 300}:
        raise ConditionBroken(f"refused although there was room: {refused}")


def require_counted(town: Town) -> None:
    """Places taken are exactly the appointments there are."""
    if miscounted := town.execute(MISCOUNTED)[0][0]:
        raise ConditionBroken(f"{miscounted} slots count other than their appointments")
