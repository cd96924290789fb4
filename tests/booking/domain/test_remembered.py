from booking.domain.remembered import Remembered


def test_what_was_not_asked_for_longest_is_forgotten_first():
    remembered: Remembered[str, int] = Remembered(2)
    remembered.keep("a", 1)
    remembered.keep("b", 2)
    assert remembered.get("a") == 1
    remembered.keep("c", 3)
    assert [remembered.get(key) for key in "abc"] == [1, None, 3]


def test_keeping_again_replaces_and_takes_no_further_place():
    remembered: Remembered[str, int] = Remembered(2)
    remembered.keep("a", 1)
    remembered.keep("b", 2)
    remembered.keep("a", 3)
    assert [remembered.get(key) for key in "ab"] == [3, 2]
