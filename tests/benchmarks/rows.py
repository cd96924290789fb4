"""A row of the table: a figure, the limit it is held against, and what it has to reach."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Row:
    """One promise. ``reached`` is ``None`` where nothing has to be reached, or none was measured.

    ``ratio`` is held against ``target`` (such as ``≥ 0.5`` or ``≤ 3``); ``raw`` are the figures
    it comes from, each name with its unit.
    """

    name: str
    measured: str
    limit: str
    ratio: float | None
    target: str
    reached: bool | None
    raw: dict[str, Any] = field(default_factory=dict)
    note: str = ""


def at_least(target: float, ratio: float) -> dict[str, Any]:
    return {"ratio": round(ratio, 3), "target": f"≥ {target:g}", "reached": ratio >= target}


def at_most(target: float, ratio: float) -> dict[str, Any]:
    return {"ratio": round(ratio, 3), "target": f"≤ {target:g}", "reached": ratio <= target}


def table(rows: list[Row]) -> str:
    """For a terminal: a line each, and the raw figures below it."""
    lines = []
    for row in rows:
        lines.append(verdict(row))
        limit = f"; against {row.limit}" if row.limit else ""
        lines.append(f"       {row.measured}{limit}")
        if row.raw:
            lines.append(
                "       " + ", ".join(f"{name} {value}" for name, value in row.raw.items())
            )
        if row.note:
            lines.append(f"       {row.note}")
    return "\n".join(lines)


def verdict(row: Row) -> str:
    """One line: reached or not, and by what."""
    reached = {True: "ok", False: "MISSED", None: "–"}[row.reached]
    ratio = "–" if row.ratio is None else f"{row.ratio:g}"
    return f"{reached:7}{row.name}: {ratio} ({row.target or 'no target'})"


def write(rows: list[Row], machine: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"machine": machine, "rows": [asdict(row) for row in rows]}
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def markdown(document: dict[str, Any]) -> str:
    """What ``write`` has written, as a table for the documentation."""
    lines = [
        "| row | measured | against | figure | to reach | | raw figures |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in document["rows"]:
        reached = {True: "reached", False: "**missed**", None: ""}[row["reached"]]
        ratio = "" if row["ratio"] is None else f"{row['ratio']:g}"
        raw = ", ".join(f"{name} {value}" for name, value in row["raw"].items())
        cells = [
            row["name"], row["measured"], row["limit"], ratio, row["target"], reached,
            " – ".join(filter(None, [raw, row["note"]])),
        ]  # fmt: skip
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)
