"""Which counters will be there later today, by what past days were like. Pure.

Nobody types in when the second clerk has lunch, but they have it every day. So each round of
the forecast takes a past day and lets every counter come and go as it did then, from the
present moment on. Moments are minutes since midnight of their day.
"""

from collections.abc import Hashable, Mapping, Sequence
from math import inf
from typing import NamedTuple


class Span(NamedTuple):
    """A counter is there from one moment until another."""

    since: float
    until: float


# By counter: when somebody worked there on a past day.
PastDay = Mapping[Hashable, Sequence[Span]]
# Somebody is late by this much before they are taken to be away today.
LATENESS = 10.0
# A pause that began within the last minutes on a past day begins now.
OVERRUN = 30.0
# Who is there when the doors close serves those who are inside.
CLOSING = 15.0
ALWAYS = (Span(-inf, inf),)


def likely_spans(
    counter: Hashable, *, present: bool, now: float, closes: float, past: PastDay
) -> Sequence[Span]:
    """When the counter will be there, if today goes on like that past day.

    A counter that was never there on that day says nothing: one that is there now stays, one
    that is not stays away.
    """
    spans = past.get(counter, ())
    later = [_until_empty(span, closes) for span in spans if span.since > now]
    current = next((span for span in spans if span.since <= now < span.until), None)
    if present:
        if current is not None:
            return [_until_empty(current, closes), *later]
        if any(now - OVERRUN <= span.until <= now for span in spans):
            return [Span(-inf, now), *later]
        return [Span(-inf, later[0].until), *later[1:]] if later else ALWAYS
    if current is not None and now - current.since < LATENESS:
        return [Span(now + LATENESS / 2, _until_empty(current, closes).until), *later]
    return later


def _until_empty(span: Span, closes: float) -> Span:
    return Span(span.since, inf) if span.until >= closes - CLOSING else span
