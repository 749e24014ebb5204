"""What a class of thirty took to go through a lesson: step by step, as JSON and as Markdown."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.report import Row, machine, table


@dataclass
class StepFound:
    """A step of the lesson as it was played.

    seats: how many answer. votes: of each vote, how many of their answers are in the class's file. counted:
    seconds from a tap until a phone says that its answer counts. wall, phone: seconds from the teacher's
    click until the wall and the phone show the step. pixels: handed in at a hunt. axe: what axe finds
    serious on wall and phone.
    """

    id: str
    title: str
    seats: int
    phases: list[str] = field(default_factory=list)
    votes: list[int] = field(default_factory=list)
    counted: list[float] = field(default_factory=list)
    wall: float = 0.0
    phone: float = 0.0
    pixels: int = 0
    axe: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """Answers that are not in the class's file."""
        return sum(self.seats - each for each in self.votes)

    def row(self) -> Row:
        """The step as a row of a table."""
        p50, p95, most = quantiles(self.counted)
        return {
            "step": self.title,
            "votes asked": self.seats * len(self.votes),
            "cast": sum(self.votes),
            "lost": self.lost,
            "pixels": self.pixels,
            "until it counts, p50, s": p50,
            "p95, s": p95,
            "most, s": most,
            "first paint on the wall, s": self.wall,
            "on the phone, s": self.phone,
            "axe, serious": len(self.axe),
        }


def quantiles(seconds: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """The median, the 95th percentile and the most; None of too few."""
    if len(seconds) < 2:
        return None, None, None
    return statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1], max(seconds)


def write_summary(
    folder: Path,
    lesson: str,
    language: str,
    minutes: float,
    steps: list[StepFound],
    packets: int | None,
    elsewhere: list[str],
) -> int:
    """Write summary-LANGUAGE.json and .md into the folder; how many answers were lost.

    packets: that left a machine whose cable was out; None on another machine. elsewhere: addresses of others
    that the pages have asked for something.
    """
    p50, p95, most = quantiles([each for step in steps for each in step.counted])
    lost = sum(step.lost for step in steps)
    total: dict[str, float | int | str | None] = {
        "machine": machine(),
        "lesson": lesson,
        "language": language,
        "students": max((step.seats for step in steps), default=0),
        "minutes": minutes,
        "votes": sum(len(step.votes) for step in steps),
        "answers asked": sum(step.seats * len(step.votes) for step in steps),
        "answers lost": lost,
        "until it counts, p50, s": p50,
        "until it counts, p95, s": p95,
        "until it counts, most, s": most,
        "axe, serious": sum(len(step.axe) for step in steps),
        "requests of the pages to others": len(elsewhere),
        "packets that left the machine": "not watched" if packets is None else packets,
    }
    name = folder / f"summary-{language}"
    content = total | {"steps": [asdict(step) for step in steps]}
    name.with_suffix(".json").write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    facts: list[Row] = [{"what": what, "value": value} for what, value in total.items()]
    found = sorted({each for step in steps for each in step.axe})
    listed = "".join(f"- {each}\n" for each in found)
    name.with_suffix(".md").write_text(
        f"# A class in the lesson {lesson!r} ({language})\n\n{table(facts)}\n\n"
        f"{table([step.row() for step in steps])}\n\n{listed}",
        "utf-8",
    )
    return lost
