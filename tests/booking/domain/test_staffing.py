"""Counters come and go as on a past day."""

from math import inf

from booking.domain.staffing import ALWAYS, Span, likely_spans

DAY = {1: [Span(480, 700), Span(730, 1080)]}


def spans(now, *, present, past=DAY, closes=1080):
    return list(likely_spans(1, present=present, now=now, closes=closes, past=past))


def test_lunch_comes_as_it_did():
    assert spans(600, present=True, closes=1200) == DAY[1]


def test_the_last_span_ends_when_nobody_waits_any_more():
    assert spans(600, present=True)[-1] == Span(730, inf)


def test_whoever_is_not_there_comes_when_they_did():
    assert spans(400, present=False)[0] == Span(480, 700)


def test_late_by_a_few_minutes_is_soon_there_later_is_away():
    assert spans(485, present=False)[0].since == 490
    assert spans(500, present=False) == [Span(730, inf)]


def test_a_pause_that_is_overdue_begins_with_the_next_person():
    assert spans(710, present=True)[0].until == 710


def test_a_day_without_the_counter_says_nothing():
    assert spans(600, present=True, past={}) == list(ALWAYS)
    assert spans(600, present=False, past={}) == []
