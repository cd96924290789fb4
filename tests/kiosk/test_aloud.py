"""The server's voice for a kiosk whose browser has none."""

import sys

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
# Writes down the language and the sentence instead of speaking.
SPEAKER = (
    "import pathlib, sys; file, language = sys.argv[1:];"
    "pathlib.Path(file).write_bytes(language.encode() + b' ' + sys.stdin.buffer.read())"
)


@pytest.fixture(autouse=True)
def _speaker(tmp_path, settings):
    program = tmp_path / "speaker.py"
    program.write_text(SPEAKER)
    settings.SPEECH_COMMAND = f"{sys.executable} {program} {{file}} {{language}}"
    settings.SPEECH_DIR = tmp_path / "speech"


def say(kiosk, sentence, path="/kiosk/aloud/"):
    return kiosk.post(path, {"sentence": sentence})


def test_a_sentence_is_spoken_in_the_language_of_the_page(kiosk):
    assert say(kiosk, "Willkommen!").content == b"de Willkommen!"
    english = say(kiosk, " Welcome!\n What brings you here?", "/en/kiosk/aloud/")
    assert english.content == b"en Welcome! What brings you here?"
    assert english["Content-Type"] == "audio/wav"


@pytest.mark.parametrize("sentence", ["", "   ", "x" * 401, "a\0b"])
def test_nonsense_is_not_spoken(kiosk, sentence):
    assert say(kiosk, sentence).status_code == 400


def test_without_a_voice_nothing_is_found(kiosk, settings):
    settings.SPEECH_COMMAND = ""
    assert say(kiosk, "Willkommen!").status_code == 404


def test_only_a_kiosk_is_spoken_to(kiosk):
    assert say(Client(), "Willkommen!").status_code == 302


def test_a_kiosk_that_talks_without_end_is_stopped(kiosk, monkeypatch):
    monkeypatch.setattr("kiosk.aloud.SENTENCES_PER_MINUTE", 1)
    assert [say(kiosk, "Guten Tag").status_code for _ in range(2)] == [200, 429]
