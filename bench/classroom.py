"""Thirty phones answer within five seconds: how long until each says that its answer counts; is any lost?"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.phones import Phone
from bench.report import Goal, Report, Row
from bench.serving import Server, served
from core.classroom.answering import look
from core.classroom.leading import begin, go_to, open_class
from core.classroom.lessons import open_lesson
from core.classroom.records import Class, Question
from core.classroom.seats import join
from core.classroom.store import CLASS, ClassStore

SEATS, SECONDS, ROUNDS = 30, 5.0, 3
OPTIONS = ("Road", "Car", "Sky", "Tree")
LETTERS = "ABCD"
QUESTION = Question("What does the network see here?", OPTIONS, right=1)


@dataclass
class Found:
    """What the votes took.

    opened: seconds from the opening of a vote until a phone offered the answers. counted: from a tap until it
    said that the answer counts. lost: answers that a phone called counted and that are not in the class.
    processor: share of all cores that the server took while the class voted.
    """

    opened: list[float] = field(default_factory=list)
    counted: list[float] = field(default_factory=list)
    lost: int = 0
    processor: list[float] = field(default_factory=list)


def measure() -> Report:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        store = ClassStore(data / ".classroom" / "class.sqlite")
        with served("serve.py", STREETSCOPE_DATA=folder, **{CLASS: "1"}) as app:
            found = asyncio.run(_lesson(app, store, _written_lesson(data / "lesson")))
        store.close()
    rows: list[Row] = [
        _row("a vote opens: a phone offers the answers", found.opened),
        _row("a tap: the phone says that the answer counts", found.counted),
    ]
    rows.append(
        {"what": "processor that the server takes meanwhile", "share": statistics.mean(found.processor)}
    )
    return Report(
        "A class",
        f"{SEATS} phones that speak the page's own protocol and look every two seconds whether the class has "
        f"moved on, and a projector that looks every second. In {2 * ROUNDS} votes each phone answers once, "
        f"at a random moment of {SECONDS:.0f} seconds.",
        rows,
        [
            Goal("class: a tap until the answer counts, 95th percentile", _p95(found.counted), "s", 2),
            Goal("class: answers that counted and were lost", float(found.lost), "", 0),
        ],
    )


def _written_lesson(folder: Path) -> str:
    """A lesson with a step for each round; what it asks is above."""
    folder.mkdir()
    steps = [f'[[steps]]\nid = "step-{number}"\nminutes = 5\n' for number in range(ROUNDS)]
    (folder / "lesson.toml").write_text('languages = ["en"]\n' + "".join(steps))
    words = [
        f"## step-{number}: Step {number}\nLook at the wall.\n### Teacher\nGo on.\n"
        for number in range(ROUNDS)
    ]
    (folder / "en.md").write_text("# A lesson\nFor the bench.\n### Audience\nPhones.\n" + "".join(words))
    return str(folder)


async def _lesson(app: Server, store: ClassStore, name: str) -> Found:
    steps = [step.id for step in open_lesson(name, "en").steps]
    now = open_class(store, name, "en", steps[0])
    tokens = [join(store, now.code).token for _ in range(SEATS)]
    found, chance = Found(), random.Random(19)  # noqa: S311
    async with AsyncExitStack() as opened:
        await opened.enter_async_context(Phone(f"{app.url}/classroom?view=projector"))
        phones = []
        for token in tokens:
            phones.append(await opened.enter_async_context(Phone(f"{app.url}/join?seat={token}")))
            await asyncio.sleep(0.2)  # as a class comes in: the measuring begins once all are there
        await asyncio.sleep(3 * SECONDS)
        for number in range(ROUNDS):
            now = await _vote(
                app, begin(store, now, "vote", question=QUESTION), store, phones, tokens, chance, found
            )
            now = begin(store, now, "discuss")
            await asyncio.sleep(SECONDS)
            now = await _vote(app, begin(store, now, "revote"), store, phones, tokens, chance, found)
            now = begin(store, now, "reveal")
            await asyncio.sleep(SECONDS)
            if number + 1 < ROUNDS:
                now = go_to(store, now, steps[number + 1])
                await asyncio.sleep(SECONDS)
    return found


async def _vote(
    app: Server,
    now: Class,
    store: ClassStore,
    phones: list[Phone],
    tokens: list[str],
    chance: random.Random,
    found: Found,
) -> Class:
    start = time.perf_counter()
    server = psutil.Process(app.pid)
    before = sum(server.cpu_times()[:2])
    chosen = [chance.randrange(len(OPTIONS)) for _ in phones]
    moments = [chance.uniform(0, SECONDS) for _ in phones]

    async def one(phone: Phone, option: int, moment: float) -> None:
        label = f"**{LETTERS[option]}**"
        found.opened.append(await phone.until(lambda page: label in page.buttons) - start)
        await asyncio.sleep(max(0.0, start + SECONDS + moment - time.perf_counter()))
        tapped = time.perf_counter()
        await phone.press(label)
        words = f"Your answer: {label}"
        found.counted.append(
            await phone.until(lambda page: any(words in text for text in page.texts)) - tapped
        )

    await asyncio.gather(*map(one, phones, chosen, moments))
    spent = sum(server.cpu_times()[:2]) - before
    found.processor.append(spent / (time.perf_counter() - start) / (psutil.cpu_count() or 1))
    for token, option in zip(tokens, chosen, strict=True):
        place = look(store, token)
        found.lost += place is None or place.votes.get(now.ballot or 1) != option
    return now


def _row(what: str, seconds: list[float]) -> Row:
    return {
        "what": what,
        "times": len(seconds),
        "median, s": statistics.median(seconds),
        "95th percentile, s": _p95(seconds),
        "most, s": max(seconds),
    }


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]
