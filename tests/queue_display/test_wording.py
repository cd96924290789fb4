"""How a call is spoken."""

import pytest

from queue_display.wording import NUMBER, is_name, spoken_call, spoken_number


@pytest.mark.parametrize(
    ("number", "spoken"), [("A001", "A 1"), ("B120", "B 120"), ("C1000", "C 1000")]
)
def test_no_voice_reads_the_zeros_of_a_number(number, spoken):
    assert spoken_number(number) == spoken


@pytest.mark.parametrize(("label", "name"), [("3", False), ("Z 12", False), ("Empfang", True)])
def test_a_label_with_a_word_in_it_is_a_name(label, name):
    assert is_name(label) is name


@pytest.mark.parametrize(
    ("label", "places", "language", "sentence"),
    [
        ("3", {}, "de", "Nummer A 17, bitte zu Schalter 3."),
        ("3", {}, "en", "Number A 17, please go to Counter 3."),
        ("Empfang", {}, "de", "Nummer A 17, bitte kommen: Empfang."),
        (
            "3",
            {"de": "im ersten Stock"},
            "de",
            "Nummer A 17, bitte zu Schalter 3. im ersten Stock.",
        ),
        # Nobody reads German with an English voice.
        ("3", {"de": "im ersten Stock"}, "en", "Number A 17, please go to Counter 3."),
        # But Leichte Sprache with a German one.
        (
            "3",
            {"de": "im ersten Stock"},
            "de-simple",
            "Nummer A 17. Bitte gehen Sie zu Schalter 3. im ersten Stock.",
        ),
        ("3", {}, "uk", "Номер A 17, прошу підійти: Вікно 3."),
        ("3", {}, "ar", "الرقم A 17، يرجى التوجه إلى الشباك 3."),
    ],
)
def test_a_call_is_a_sentence_in_its_language(label, places, language, sentence):
    assert spoken_call("A017", label, places, language) == sentence


@pytest.mark.parametrize("text", ["A17", "017", "A017 and more", "a017", ""])
def test_only_ticket_numbers_are_spoken(text):
    assert NUMBER.fullmatch("A017")
    assert not NUMBER.fullmatch(text)
