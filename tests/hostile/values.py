"""Values that nobody types, and forms that hold some of them."""

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from hypothesis import strategies

from .pages import SCRIPT

Pairs = list[tuple[str, str]]

TEXTS = [
    "", " ", "\x00", "a\x00b", "\r\nSet-Cookie: a=b", "\t\x0b\x1b[2J", "\u202e\u2066abc", "\ufeff",
    "\U0001f600" * 150, "e\u0301" * 200, "x" * 20_000, SCRIPT, "%00", "%", "'; DROP TABLE a; --",
    "-1", "0", "1e309", "NaN", "1.5", "0x10", "²", "٣", "9" * 5000, "99999999999999999999",
    "-99999999999999999999", "32768", "2147483648", "9223372036854775808",
    "true", "null", "[]", "{}", ":", ",", "a@b", "javascript:alert(1)",
    "../../etc/passwd", "//evil.example", "https://evil.example/",
    "0001-01-01", "9999-12-31", "2026-02-30", "0001-01-01T00:00+14:00",
    "9999-12-31T23:59:59-12:00", "2026-11-24T10:00", "25:99",
    "00000000-0000-0000-0000-000000000000",
]  # fmt: skip
# The last are no UTF-8: a byte that never occurs, half a pair, an overlong zero, too large.
HOSTILE = [
    *(text.encode() for text in TEXTS),
    b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80",
]  # fmt: skip
VALUES = strategies.sampled_from(HOSTILE) | strategies.binary(max_size=40)
CHANGES = ["replace", "replace", "replace", "drop", "double", "array"]

# Read by the views besides what a page's own forms hold.
READ = re.compile(r"""(?:POST|GET|data|form)\.get(?:list)?\(\s*"(\w+)"|"(\w+)" in request""")
READ_BY_DJANGO = {
    "next", "q", "p", "o", "e", "all", "_popup", "_to_field", "_changelist_filters", "action",
    "_selected_action", "select_across", "index", "_save", "_saveasnew", "_addanother",
    "_continue", "post", "start__year", "start__month", "day__year", "day__gte",
    "first_day__year", "state__exact", "office__id__exact", "kind__exact", "is_active__exact",
}  # fmt: skip


def names_in_source() -> set[str]:
    """Every field that a view of ours asks a request for."""
    root = Path(settings.BASE_DIR)
    found = set()
    for app in ("booking", "kiosk", "queue_display"):
        for path in root.glob(f"{app}/**/*.py"):
            for pair in READ.findall(path.read_text()):
                found.update(pair)
    return found - {""}


NAMES = sorted(names_in_source() | READ_BY_DJANGO)


@strategies.composite
def changed(draw: strategies.DrawFn, valid: Pairs, others: Iterable[str] = NAMES) -> bytes:
    """A form or query in which some values are hostile, missing, doubled or made up."""
    pairs = [(name, value.encode()) for name, value in valid]
    own = sorted({name for name, _value in pairs})
    for _change in range(draw(strategies.integers(1, 3))):
        # Half of the changes in what the form has, however many other names there are.
        names = own if own and draw(strategies.booleans()) else sorted(others)
        pairs = _change_one(draw, pairs, draw(strategies.sampled_from(names)))
    return encoded(pairs)


def encoded(pairs: Iterable[tuple[str, str | bytes]]) -> bytes:
    return b"&".join(f"{quote(name)}={quote(value)}".encode() for name, value in pairs)


def _change_one(
    draw: strategies.DrawFn, pairs: list[tuple[str, bytes]], name: str
) -> list[tuple[str, bytes]]:
    kept = [pair for pair in pairs if pair[0] != name]
    match draw(strategies.sampled_from(CHANGES)):
        case "drop":
            return kept
        case "double":
            return [*pairs, (name, draw(VALUES)), (name, draw(VALUES))]
        case "array":
            return [*kept, (f"{name}[]", draw(VALUES)), (f"{name}[a]", draw(VALUES))]
        case _:
            return [*kept, (name, draw(VALUES))]
