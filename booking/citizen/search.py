"""Finding a service by the words citizens use: synonyms, typing mistakes, parts of compounds.

Plain Python and RapidFuzz: a town has some dozens of services.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from booking.models import Service

# Of a query, as many words as a sentence somebody might type.
WORDS = 10
# How much a word counts by where the service has it.
NAME, KEYWORDS, SUMMARY = 1.0, 0.95, 0.5
# Two words alike enough to be one with a typing mistake, of so many letters at least.
ALIKE, ALIKE_LETTERS = 0.74, 4
# The same for a part of a compound.
PART_ALIKE, PART_LETTERS = 86, 6
# What German puts between the parts of a compound.
LINK = re.compile(r"^(es|en|er|s|n|e)(?=\w{4})")
# Of the best, what still belongs to the answer where nothing has every word.
WORTH_SHOWING = 0.6


def fold(text: str) -> str:
    """Without case, accents and the ways to write an umlaut: Müller, MUELLER, muller."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub("([aou])e", r"\1", bare)


def find_services(services: Sequence[Service], query: str) -> list[Service]:
    """The services the query may mean, the likeliest first, in the active language.

    Words that no service knows – "ich brauche einen neuen" – count for nothing.
    """
    texts = [_Text.of(service) for service in services]
    words = list(dict.fromkeys(_words(query)))[:WORDS]
    scores = {word: [text.score(word) for text in texts] for word in words}
    known = [word for word in words if any(scores[word])]
    if not known:
        return []
    weights = {word: _weight(scores[word]) for word in known}
    total = [sum(weights[word] * scores[word][n] for word in known) for n in range(len(texts))]
    complete = [n for n in range(len(texts)) if all(scores[word][n] for word in known)]
    enough = WORTH_SHOWING * max(total)
    found = complete or [n for n in range(len(texts)) if total[n] >= enough]
    found.sort(key=lambda n: (-round(total[n], 6), n))
    return [services[n] for n in found]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


def _weight(scores: Sequence[float]) -> float:
    """A word that few services have says more about what is meant."""
    return log(1 + len(scores) / sum(1 for score in scores if score))


@dataclass(frozen=True)
class _Text:
    """The words of one service."""

    name: Sequence[str]
    keywords: Sequence[str]
    summary: Sequence[str]

    @classmethod
    def of(cls, service: Service) -> "_Text":
        texts = (service.name, service.keywords, service.summary)
        return cls(*(_words(text or "") for text in texts))

    def score(self, word: str) -> float:
        """How well a word of the query fits: the best place, and a little for the others.

        Of two names with the word, the shorter says less else.
        """
        in_name, in_keywords = _fit(word, self.name), KEYWORDS * _fit(word, self.keywords)
        if in_name:
            in_name += 0.05 / len(self.name)
        best = max(in_name, in_keywords, _compound(word, [*self.name, *self.keywords]))
        best += 0.2 * min(in_name, in_keywords)
        return max(best, SUMMARY * _fit(word, self.summary))


def _fit(word: str, words: Sequence[str]) -> float:
    return max((_alike(word, other) for other in words), default=0)


def _compound(word: str, words: Sequence[str]) -> float:
    """A compound of two words of the service: Hundeanmeldung, Online-Ausweis in one."""
    for first in words:
        if len(first) >= ALIKE_LETTERS and word.startswith(first):
            rest = LINK.sub("", word[len(first) :])
            if len(rest) >= ALIKE_LETTERS and _fit(rest, words) >= ALIKE * 0.7:
                return 0.85
    return 0


def _alike(word: str, other: str) -> float:
    """How far a typed word means a word of a service, from 0 to 1."""
    if word == other:
        return 1
    if other.startswith(word):
        return 0.9
    if len(word) >= ALIKE_LETTERS and word in other:
        return 0.8
    if len(other) >= ALIKE_LETTERS and word.startswith(other):
        return 0.6 + 0.2 * len(other) / len(word)  # Reisepassverlängerung: what it is about
    if len(other) >= ALIKE_LETTERS and word.endswith(other):
        return 0.5 + 0.2 * len(other) / len(word)
    if min(len(word), len(other)) < ALIKE_LETTERS:
        return 0
    alike = OSA.normalized_similarity(word, other)
    if alike >= ALIKE:
        return 0.7 * alike
    if min(len(word), len(other)) >= PART_LETTERS and fuzz.partial_ratio(word, other) >= PART_ALIKE:
        return 0.45
    return 0
