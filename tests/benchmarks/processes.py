"""What processes and servers do for HTTP: one or two of them, gunicorn or Daphne."""

from collections.abc import Callable

from tests.installation import Program

from .availability import FEW, TASK, availability_of, from_memory
from .booking import hold_and_confirm, require_counted, require_granted, two_updates
from .http_load import Load, Requests, figures, in_turn, load, start_web
from .rows import Row, at_least
from .stage import Stage, Town

SECONDS = 3
WITHOUT_TARGET = {"target": "", "reached": None}


def two_processes(stage: Stage) -> list[Row]:
    """A second process brings more than half of a second one's worth, on two cores."""
    town = stage.town("processes")
    world = town.build(**TASK, appointments=FEW)
    asked = {"availability": availability_of(world), "booking": hold_and_confirm(world)}
    two, one = town.installation.web(processes=2), town.installation.web(processes=1)
    for program in (two, one):
        start_web(town, program, asked["availability"])
    rows = []
    for name, requests in asked.items():
        ratio, found, limits = compare(stage, town, two, one, requests)
        each = len(requests)
        rows.append(
            Row(
                f"two processes, {name}",
                f"{name} with two processes of gunicorn, 8 clients",
                "one process; the generator is niced and runs on the same cores",
                **at_least(1.6, ratio),
                raw=figures("two", found, each) | figures("one", limits, each),
            )
        )
    require_counted(town)
    return rows


def http_server(stage: Stage) -> list[Row]:
    """Whether HTTP belongs on a WSGI server beside Daphne, which keeps the sockets."""
    town = stage.town("http_server")
    world = town.build(**TASK, appointments=FEW)
    gunicorn, daphne = town.installation.web(processes=1), town.installation.sockets()
    times, flow = availability_of(world), hold_and_confirm(world)
    for program in (gunicorn, daphne):
        start_web(town, program, times)
    asked = {
        "bytes from memory": from_memory(town, gunicorn, times),
        "two updates": two_updates(town, gunicorn, flow),
        "availability": times,
        "booking": flow,
    }
    rows = []
    for name, requests in asked.items():
        ratio, found, limits = compare(stage, town, gunicorn, daphne, requests)
        each = len(requests)
        rows.append(
            Row(
                f"HTTP server, {name}",
                f"{name} on one process of gunicorn with four threads, 8 clients",
                "one Daphne",
                ratio=round(ratio, 2),
                **WITHOUT_TARGET,
                raw=figures("gunicorn", found, each) | figures("Daphne", limits, each),
            )
        )
    return rows


def compare(
    stage: Stage, town: Town, first: Program, second: Program, requests: Requests
) -> tuple[float, list[Load], list[Load]]:
    def run_on(program: Program) -> Callable[[], Load]:
        def run() -> Load:
            done = load(town, program, requests, stage.seconds(SECONDS))
            require_granted(done)
            return done

        return run

    return in_turn(run_on(first), run_on(second))
