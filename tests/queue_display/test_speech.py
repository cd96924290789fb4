"""The server's voice: made once for each sentence, kept on the disk, missed by nobody."""

import shutil
import sys
import threading
import wave
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings as project

from booking import speech
from queue_display.wording import spoken_call

# Writes down the sentence and the language instead of speaking.
SPEAKER = """
import pathlib, sys
file, language = sys.argv[1:]
pathlib.Path(file).write_bytes(language.encode() + b" " + sys.stdin.buffer.read())
log = pathlib.Path(__file__).with_suffix(".log")
log.open("a").write("spoken\\n")
"""


@pytest.fixture
def speaker(tmp_path, settings) -> Path:
    """A speech command that counts in ``speaker.log`` how often it was asked."""
    program = tmp_path / "speaker.py"
    program.write_text(SPEAKER)
    settings.SPEECH_COMMAND = f"{sys.executable} {program} {{file}} {{language}}"
    settings.SPEECH_DIR = tmp_path / "speech"
    return program


def times_asked(speaker: Path) -> int:
    return speaker.with_suffix(".log").read_text().count("spoken")


def test_a_sentence_is_made_once(speaker):
    sounds = [speech.spoken("Nummer A 17; echo $HOME", "de") for _ in range(3)]
    assert sounds == [b"de Nummer A 17; echo $HOME"] * 3
    assert times_asked(speaker) == 1


def test_each_language_has_a_sound_of_its_own(speaker):
    assert speech.spoken("A 17", "de") != speech.spoken("A 17", "en")


def test_a_thousand_displays_that_ask_at_once_cost_one_run(speaker):
    asking = [threading.Thread(target=speech.spoken, args=("A 17", "de")) for _ in range(20)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert times_asked(speaker) == 1


@pytest.mark.parametrize("command", ["", "no-such-program-anywhere {file}"])
def test_without_the_program_nobody_speaks(settings, command):
    settings.SPEECH_COMMAND = command
    assert not speech.has_voice()
    assert speech.spoken("A 17", "de") is None


@pytest.mark.parametrize("code", ["raise SystemExit(1)", "pass"])
def test_a_program_that_fails_or_writes_nothing_leaves_no_sound_behind(speaker, settings, code):
    speaker.write_text(code)
    assert speech.spoken("A 17", "de") is None
    assert list(settings.SPEECH_DIR.iterdir()) == []


def test_a_program_that_hangs_is_given_up(speaker, monkeypatch):
    monkeypatch.setattr(speech, "PATIENCE", 0.2)
    speaker.write_text("import time; time.sleep(30)")
    assert speech.spoken("A 17", "de") is None


def test_what_was_not_heard_for_longest_makes_room(speaker, settings):
    settings.SPEECH_BYTES_AT_MOST = 100
    for number in range(30):
        speech.spoken(f"A {number:03}", "de")
    kept = list(settings.SPEECH_DIR.iterdir())
    assert sum(file.stat().st_size for file in kept) <= 100
    assert speech.spoken("A 029", "de") == b"de A 029"
    assert times_asked(speaker) == 30


def test_a_disk_that_takes_nothing_costs_the_voice_alone(speaker, settings, tmp_path):
    settings.SPEECH_DIR = tmp_path / "file"
    settings.SPEECH_DIR.write_text("not a folder")
    assert speech.spoken("A 17", "de") is None


@pytest.mark.parametrize("language", [code for code, _name in project.LANGUAGES])
@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_the_default_command_speaks(settings, tmp_path, language):
    settings.SPEECH_DIR = tmp_path
    sound = speech.spoken(spoken_call("A017", "3", {}, language), language)
    with wave.open(BytesIO(sound)) as heard:
        assert 1 < heard.getnframes() / heard.getframerate() < 10
