"""What came of the tries of one part of the attack."""

from __future__ import annotations

import importlib
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Outcome = Literal["taken", "refused", "traceback", "lost", "too much"]
"""How a try ended: taken as it is, refused with one sentence, with a traceback, with something lost that was
there before, or with more time or memory than its limit."""

HARM: tuple[Outcome, ...] = ("traceback", "lost", "too much")


@dataclass
class Tally:
    """The outcomes of one part, and the worst of it.

    seconds: processor time of the dearest try. megabytes: memory that the greediest try added.
    notes: what else was measured.
    """

    part: str
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    seconds: float = 0.0
    megabytes: float = 0.0
    harm: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, outcome: Outcome, what: str, *, seconds: float = 0.0, megabytes: float = 0.0) -> None:
        """Write down one try; `what` names it, and is kept if it did harm."""
        self.outcomes[outcome] += 1
        self.seconds = max(self.seconds, seconds)
        self.megabytes = max(self.megabytes, megabytes)
        if outcome in HARM:
            self.harm.append(f"{self.part}: {outcome}: {what}")

    def row(self) -> str:
        """One line of the table that `python -m tests.attack` prints."""
        counts = "".join(f"{self.outcomes[outcome]:>11}" for outcome in ("taken", "refused", *HARM))
        return f"{self.part:<12}{self.outcomes.total():>7}{counts}{self.seconds:>11.1f}{self.megabytes:>8.0f}"


HEADING = (
    f"{'part':<12}{'tries':>7}{'taken':>11}{'refused':>11}{'traceback':>11}{'lost':>11}{'too much':>11}"
    f"{'worst s':>11}{'MB':>8}"
)


def attacked(part: str) -> tuple[str, list[str]]:
    """Make the tries of a part; its row of the table with its notes, and what did harm."""
    tally = Tally(part)
    with tempfile.TemporaryDirectory(prefix=f"attack-{part}-") as folder:
        importlib.import_module(f"tests.attack.{part}").attack(tally, Path(folder))
    return "\n".join((tally.row(), *tally.notes)), tally.harm
