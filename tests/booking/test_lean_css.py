"""KERN's style sheet without what no page uses."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template

from booking.lean_css import ADDRESS, SOURCE, classes_in_use, lean

# The whole has 35 kB.
BYTES = 15_000


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        (".kern-a{x:1}.kern-b{x:2}", ".kern-a{x:1}"),
        (".kern-a,.kern-b>p{x:1}", ".kern-a{x:1}"),
        (".kern-a .kern-b{x:1}", ""),
        (".kern-a--big{x:1}", ""),
        (".kern-a:not(.kern-b){x:1}", ".kern-a:not(.kern-b){x:1}"),
        (":is(.kern-b,.kern-a):hover{x:1}", ":is(.kern-b,.kern-a):hover{x:1}"),
        ("body,:root{--x:1}", "body,:root{--x:1}"),
        ("@media print{.kern-a{x:1}.kern-b{x:2}}", "@media print{.kern-a{x:1}}"),
        ("@media print{.kern-b{x:2}}", ""),
        ('@charset "UTF-8";p{x:1}', '@charset "UTF-8";p{x:1}'),
        ("@font-face{font-family:x}p{x:1}", "p{x:1}"),
        ("@keyframes k{0%{x:1}to{x:2}}", "@keyframes k{0%{x:1}to{x:2}}"),
        ('.kern-a{b:url("data:;{}")}.kern-b{x:1}', '.kern-a{b:url("data:;{}")}'),
    ],
)
def test_what_cannot_apply_is_left_out(css, expected):
    assert lean(css, ["kern-a"]) == expected


def test_a_name_that_a_template_finishes_stands_for_every_kind():
    assert "kern-icon--{{ kind }}" in get_template("components/alert.html").template.source
    kinds = {f"kern-icon--{kind}" for kind in ("info", "success", "warning", "danger")}
    assert kinds <= classes_in_use()


def test_every_class_in_use_that_kern_has_keeps_its_rules():
    whole, kept = SOURCE.read_text(), lean(SOURCE.read_text(), classes_in_use())
    for name in classes_in_use():
        own = rf"\.{name}(?![\w-])"
        assert bool(re.search(own, whole)) == bool(re.search(own, kept)), name


def test_what_is_served_is_small_and_found_like_any_file():
    css = Path(finders.find(ADDRESS)).read_bytes()
    assert 5_000 < len(gzip.compress(css, 9)) <= BYTES
    every = [path for finder in finders.get_finders() for path, _storage in finder.list([])]
    assert every.count(ADDRESS) == 1


def test_another_file_is_none_of_its_business():
    assert finders.find("vendor/kern/kern-none.css") is None
