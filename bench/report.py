"""What a part of the bench found: rows for a table, goals that were met or missed, as JSON and Markdown."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
Value = float | int | str | None
Row = dict[str, Value]


@dataclass(frozen=True)
class Goal:
    """A figure and the bound that it should meet."""

    what: str
    value: float
    unit: str
    bound: float
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the figure meets the bound."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound


@dataclass(frozen=True)
class Report:
    """A part's results. method: how they were measured, in a sentence or two."""

    title: str
    method: str
    rows: list[Row]
    goals: list[Goal]


def write(name: str, report: Report) -> None:
    """Write `name`.json and `name`.md into bench/."""
    stamp = {"machine": machine(), "date": datetime.now(UTC).date().isoformat()}
    (HERE / f"{name}.json").write_text(json.dumps(stamp | asdict(report), indent=1) + "\n")
    head = f"# {report.title}\n\n`make bench` on {stamp['machine']}, {stamp['date']}. {report.method}\n"
    (HERE / f"{name}.md").write_text(f"{head}\n{table(report.rows)}\n\n{table(goal_rows(report.goals))}\n")


def write_summary() -> None:
    """README.md: the goals of all parts, from the JSON files that are there."""
    rows, found = [], []
    for path in sorted(HERE.glob("*.json")):
        content = json.loads(path.read_text())
        found.append(f"[{content['title']}]({path.stem}.md), {content['machine']}, {content['date']}")
        rows += goal_rows([Goal(**goal) for goal in content["goals"]])
    listed = "\n".join(f"- {line}" for line in found)
    (HERE / "README.md").write_text(
        "# Speed and memory\n\nWritten by `make bench`; each file says when and on which machine it was "
        f"measured.\n\n{table(rows)}\n\n{listed}\n"
    )


def goal_rows(goals: list[Goal]) -> list[Row]:
    """Goals as rows of a table."""
    return [
        {
            "what": goal.what,
            "measured": f"{number(goal.value)} {goal.unit}".strip(),
            "goal": f"{'at least' if goal.at_least else 'at most'} {number(goal.bound)} {goal.unit}".strip(),
            "met": "yes" if goal.is_met else "**no**",
        }
        for goal in goals
    ]


def table(rows: list[Row]) -> str:
    """Rows as a Markdown table; the columns are those of any row, in order of appearance."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [columns, ["---"] * len(columns)]
    lines += [[number(row.get(column)) for column in columns] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: Value) -> str:
    """Three significant digits; whole numbers above."""
    if value is None:
        return ""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def machine() -> str:
    """The processor's name, whether it has bfloat16, which decides our speed, and its cores."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        text = info.read_text()
        models = [line for line in text.splitlines() if line.startswith("model name")]
        name = models[0].partition(":")[2].strip() if models else name
        has = "with" if "avx512_bf16" in text or "amx_bf16" in text else "without"
        name += f" {has} bfloat16"
    return f"{name}, {os.cpu_count()} cores, {platform.system()}"
