"""The files of ``deploy/`` as a test runs them: only places, ports and the name are others."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from tests.servers import ROOT

DEPLOY = ROOT / "deploy"
SYSTEMD = DEPLOY / "systemd"
APP, VAR = "/srv/schalter/app", "/srv/schalter/var"
SITE = "termine.example.org"


def fitted(text: str, others: Mapping[str, str]) -> str:
    """``text`` with each key of ``others`` replaced. All of them have to be in it."""
    for ours, other in others.items():
        assert ours in text, f"{ours!r} is not in the file any more"
        text = text.replace(ours, other)
    return text


def unit_lines(path: Path, name: str) -> list[str]:
    """All values of ``name=`` in a unit and in what its kind has in common, in systemd's order."""
    texts = [path.read_text()]
    if path.suffix == ".service":
        texts.append((SYSTEMD / "schalter-.service.d" / "common.conf").read_text())
    return [found for text in texts for found in re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)]


def unit_command(path: Path, others: Mapping[str, str]) -> list[str]:
    """What ``ExecStart=`` says, with each key of ``others`` replaced."""
    (line,) = unit_lines(path, "ExecStart")
    return shlex.split(fitted(line, others))


def unit_environment(path: Path) -> dict[str, str]:
    return environment(unit_lines(path, "Environment"))


def environment(lines: list[str]) -> dict[str, str]:
    """``NAME=value`` as systemd reads it: quotes may stand around the value."""
    found = {}
    for line in lines:
        if line.strip() and not line.startswith("#"):
            name, _equals, value = line.partition("=")
            found[name] = value.strip().strip('"')
    return found


def postgresql_settings() -> dict[str, str]:
    """``deploy/postgresql.conf`` as options of the server program."""
    text = (DEPLOY / "postgresql.conf").read_text()
    return dict(re.findall(r"^(\w+) = (.*?)\s*(?:#.*)?$", text, re.MULTILINE))
