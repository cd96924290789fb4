"""Finding a service by the words citizens use. Plain Python: a town has some dozens."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches

from booking.models import Service


def fold(text: str) -> str:
    """Without case, accents and the ways to write an umlaut: Müller, MUELLER, muller."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub("([aou])e", r"\1", bare)


def find_services(services: Sequence[Service], query: str) -> list[Service]:
    """Those in which every word of the query occurs, in the active language.

    Where none does, words that look alike count as well.
    """
    words = fold(query).split()
    texts = [(service, _text(service)) for service in services]
    found = [service for service, text in texts if all(word in text for word in words)]
    if found or not words:
        return found
    vocabulary = sorted({word for _service, text in texts for word in re.findall(r"\w+", text)})
    alike = [get_close_matches(word, vocabulary, cutoff=0.75) for word in words]
    return [
        service
        for service, text in texts
        if all(any(match in text for match in matches) for matches in alike)
    ]


def _text(service: Service) -> str:
    return fold(" ".join([service.name, service.summary or "", service.keywords or ""]))
