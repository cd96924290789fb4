"""KERN's style sheet without the parts no page uses: a third of it goes over the wire.

Made from the package when static files are looked for or collected, so that nothing of it lies
in the repository and no step has to be remembered.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

ADDRESS = "vendor/kern/kern-lean.css"
SOURCE = settings.BASE_DIR / "node_modules/@kern-ux/native/dist/kern.min.css"
# Where pages name KERN's classes.
USERS = (
    ("templates", "*.html"),
    ("static/js", "*.js"),
    ("deploy/nginx", "*.html"),
    *((package, "*.py") for package in ("booking", "kiosk", "queue_display")),
)
CLASS = re.compile(r"kern-[a-z0-9]+(?:[-_]+[a-z0-9]+)*(?:--)?")
IN_SELECTOR = re.compile(r"\.(kern-[\w-]+)")
# A name that a template finishes: kern-alert--{{ kind }}.
KINDS = ("info", "success", "warning", "danger")
# Within these are rules again; of everything else that begins with @ nothing is taken apart.
NESTING = ("@media", "@supports", "@layer", "@container")


def classes_in_use() -> frozenset[str]:
    """Every class of KERN that a page, a script or a form names."""
    found: set[str] = set()
    for folder, pattern in USERS:
        for path in (settings.BASE_DIR / folder).rglob(pattern):
            found.update(CLASS.findall(path.read_text()))
    open_ended = {name for name in found if name.endswith("--")}
    return frozenset(found - open_ended | {f"{n}{kind}" for n in open_ended for kind in KINDS})


def lean(css: str, classes: Iterable[str]) -> str:
    """The rules that may apply where only these of KERN's classes are used; no fonts."""
    return "".join(_lean(css, frozenset(classes)))


def _lean(css: str, classes: frozenset[str]) -> Iterator[str]:
    for prelude, body in _blocks(css):
        if body is None:
            yield prelude
        elif prelude.startswith(NESTING):
            if inner := "".join(_lean(body, classes)):
                yield f"{prelude}{{{inner}}}"
        elif prelude.startswith("@"):
            if not prelude.startswith("@font-face"):
                yield f"{prelude}{{{body}}}"
        elif kept := [one for one in _split(prelude) if _may_apply(one, classes)]:
            yield f"{','.join(kept)}{{{body}}}"


def _may_apply(selector: str, classes: frozenset[str]) -> bool:
    """Classes in ``:not()`` and ``:is()`` need not be there."""
    bare = re.sub(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)", "", selector)
    return all(name in classes for name in IN_SELECTOR.findall(bare))


def _blocks(css: str) -> Iterator[tuple[str, str | None]]:
    """Prelude and body of each block, in order; a statement without a block has no body."""
    begin, depth, opened, quote = 0, 0, 0, ""
    for place, letter in enumerate(css):
        if quote:
            if letter == quote and css[place - 1] != "\\":
                quote = ""
        elif letter in "\"'":
            quote = letter
        elif letter == "{":
            depth += 1
            if depth == 1:
                opened = place
        elif letter == "}":
            depth -= 1
            if depth == 0:
                yield css[begin:opened].strip(), css[opened + 1 : place]
                begin = place + 1
        elif letter == ";" and depth == 0:
            yield css[begin : place + 1], None
            begin = place + 1


def _split(selectors: str) -> list[str]:
    """The selectors of a list; commas in parentheses do not part them."""
    found, depth, begin = [], 0, 0
    for place, letter in enumerate(selectors):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            found.append(selectors[begin:place])
            begin = place + 1
    return [*found, selectors[begin:]]


class LeanKern(BaseFinder):
    """Finds the one file, and makes it the first time a process looks for it."""

    def check(self, **options: Any) -> list:
        return []

    def find(self, path: str, find_all: bool = False, **options: Any) -> str | list[str]:
        if path != ADDRESS:
            return []
        return [str(made())] if find_all else str(made())

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, Any]]:
        made()
        yield ADDRESS, FileSystemStorage(location=folder())


def folder() -> Path:
    return settings.VAR_DIR / "lean"


@lru_cache
def made() -> Path:
    """Where the file lies. Whole at every moment: several processes may make it at once."""
    path = folder() / ADDRESS
    path.parent.mkdir(parents=True, exist_ok=True)
    css = lean(SOURCE.read_text(), classes_in_use())
    if not path.exists() or path.read_text() != css:
        with NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
            file.write(css)
        Path(file.name).replace(path)
    return path
