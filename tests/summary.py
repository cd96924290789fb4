"""What the long tests have shown, for somebody who runs them and has not written them."""

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def summary(reports: Iterable[pytest.TestReport]) -> list[str]:
    """A line for each file: how its tests ended, how long they took, what they are about."""
    by_file: dict[str, list[pytest.TestReport]] = defaultdict(list)
    for report in reports:
        by_file[report.nodeid.partition("::")[0]].append(report)
    return [
        f"{ended(by_file[name]):<20} {sum(one.duration for one in by_file[name]) / 60:5.1f} min  "
        f"{name}: {about(ROOT / name)}"
        for name in sorted(by_file)
    ]


def ended(reports: list[pytest.TestReport]) -> str:
    tests = {one.nodeid for one in reports}
    failed = {one.nodeid for one in reports if one.failed}
    skipped = {one.nodeid for one in reports if one.skipped}
    if failed:
        return f"{len(failed)} of {len(tests)} FAILED"
    if skipped:
        return f"{len(skipped)} of {len(tests)} not run"
    return f"{len(tests)} passed"


def about(path: Path) -> str:
    """The first line of the file's own words."""
    text = ast.get_docstring(ast.parse(path.read_text())) or ""
    return text.partition("\n")[0]
