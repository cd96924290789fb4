"""What a process has found out and may need again, up to a number of answers."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """The answers used last. Unlike ``lru_cache`` it can be asked for several at once, so that
    those it lacks are found together.
    """

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._answers: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def keep(self, key: K, answer: V) -> None:
        with self._lock:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            if len(self._answers) > self._at_most:
                self._answers.popitem(last=False)
