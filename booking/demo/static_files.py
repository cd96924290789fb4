"""Collecting static files for the demo, only when one of them has changed."""

import hashlib

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

STAMP = "collected"


def collect_if_changed() -> bool:
    """Collect the static files unless they are as they were; whether it was needed."""
    stamp_file = settings.STATIC_ROOT / STAMP
    stamp = _stamp()
    if stamp_file.exists() and stamp_file.read_text() == stamp:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp_file.write_text(stamp)
    return True


def _stamp() -> str:
    """Changes with the path, size or time of any source file."""
    found = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found.update(
                f"{path} {storage.size(path)} {storage.get_modified_time(path)}\n".encode()
            )
    return found.hexdigest()
