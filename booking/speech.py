"""What the server says, for displays and kiosks whose browser has no voice.

A program of the operator's choice makes the sound: it gets the sentence on its standard input
and writes a WAV file. What it made is kept on the disk, one file for each sentence, so a call
to a thousand displays is made once. Without such a program everything is only shown.
"""

import hashlib
import logging
import os
import shlex
import shutil
import subprocess
import threading
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings

logger = logging.getLogger(__name__)

# Seconds. What is spoken later than that is better not spoken.
PATIENCE = 8
# One at a time in each process: whoever asks for the same sentence finds it afterwards.
_making = threading.Lock()


def has_voice() -> bool:
    """Whether the program is there."""
    command = shlex.split(settings.SPEECH_COMMAND)
    return bool(command) and shutil.which(command[0]) is not None


def spoken(sentence: str, language: str) -> bytes | None:
    """The sentence as a WAV file; ``None`` where it cannot be made now."""
    if not has_voice():
        return None
    name = hashlib.sha256("\0".join((settings.SPEECH_COMMAND, language, sentence)).encode())
    path = settings.SPEECH_DIR / f"{name.hexdigest()[:32]}.wav"
    try:
        return _kept(path) or _made(path, sentence, language)
    except (OSError, subprocess.SubprocessError) as error:
        logger.warning("speech: a sentence is not spoken: %r", error)
        return None


def _kept(path: Path) -> bytes | None:
    try:
        sound = path.read_bytes()
    except FileNotFoundError:
        return None
    os.utime(path)  # what is heard often stays longest
    return sound


def _made(path: Path, sentence: str, language: str) -> bytes:
    with _making:
        if sound := _kept(path):
            return sound
        path.parent.mkdir(parents=True, exist_ok=True)
        _forget_oldest(path.parent)
        # Under its own name only once it is whole: other processes look for it too.
        with NamedTemporaryFile(dir=path.parent, suffix=".part") as part:
            subprocess.run(
                _command(Path(part.name), language),
                input=sentence.encode(),
                check=True,
                timeout=PATIENCE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            sound = Path(part.name).read_bytes()
            if not sound:
                raise OSError("the speech command wrote nothing")
            whole = Path(f"{part.name}.whole")
            whole.write_bytes(sound)
            whole.replace(path)
        return sound


def _command(file: Path, language: str) -> list[str]:
    """The words of the command, filled one by one: no shell reads them."""
    # A voice has no variants: Leichte Sprache, de-simple, is spoken by a German one.
    values = {"language": language.partition("-")[0], "file": str(file)}
    return [word.format(**values) for word in shlex.split(settings.SPEECH_COMMAND)]


def _forget_oldest(folder: Path) -> None:
    """Make room: what was not heard for longest goes, down to nine tenths of the limit."""
    files = sorted(
        ((entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in os.scandir(folder)),
        reverse=True,
    )
    size = 0
    for _heard_at, length, path in files:
        size += length
        if size > 0.9 * settings.SPEECH_BYTES_AT_MOST:
            Path(path).unlink(missing_ok=True)
