"""How far one student is in a lesson: predictions, what was revealed, and their own words.

Plain data that a page keeps for a visitor; nothing of it is written to a disk.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LONGEST_SENTENCE = 300


@dataclass
class Given:
    """What a student has done with one question.

    chosen: the option, from 0; None before. locked: it can be changed no more. revealed: the right one has
    been shown. sentence: the rule in their own words. found: the pixels that they clicked, right ones only;
    tries: clicks in all. again: the same for the question put about another picture.
    """

    chosen: int | None = None
    locked: bool = False
    revealed: bool = False
    sentence: str = ""
    found: list[tuple[int, int]] = field(default_factory=list)
    tries: int = 0
    again: Given | None = None


@dataclass
class Progress:
    """A student's way through one lesson. given: by the IDs of steps."""

    given: dict[str, Given] = field(default_factory=dict)

    def of(self, step: str) -> Given:
        """What was done in a step."""
        return self.given.setdefault(step, Given())

    def clear(self) -> None:
        """Begin anew."""
        self.given.clear()
