"""Answers kept for those who ask the same again: by the photo, the request and the model's weights."""

from __future__ import annotations

import hashlib
import threading

from cachetools import LRUCache

from service.engine.answers import Answer
from service.engine.requests import Request


def answer_key(photo: bytes, request: Request, weights: str, version: str) -> str:
    """32 hexadecimal digits: the same for the same photo, request, weights and version of StreetScope."""
    of_photo = hashlib.sha256(photo).hexdigest()
    return hashlib.sha256(repr((of_photo, request, weights, version)).encode()).hexdigest()[:32]


class KeptAnswers:
    """Answers by their keys; the least recently used go first. Threads may ask at once."""

    def __init__(self, most_bytes: int) -> None:
        self._answers: LRUCache[str, Answer] = LRUCache(most_bytes, lambda answer: len(answer.body))
        self._lock = threading.Lock()

    def find(self, key: str) -> Answer | None:
        """The answer of a key, if it is still kept."""
        with self._lock:
            return self._answers.get(key)

    def keep(self, key: str, answer: Answer) -> None:
        """Keep an answer, unless it alone is larger than all that may be kept."""
        with self._lock:
            if len(answer.body) <= self._answers.maxsize:
                self._answers[key] = answer

    def amount(self) -> tuple[int, int]:
        """How many answers are kept, and their bytes."""
        with self._lock:
            return len(self._answers), round(self._answers.currsize)
