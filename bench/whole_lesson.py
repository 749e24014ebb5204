"""`python -m bench.whole_lesson --folder DIR --language id`: a class of thirty goes through a shipped lesson.

A scripted teacher, the wall and one phone are pages in a real browser, 29 phones speak the page's protocol.
Each step is photographed on the wall and on the phone, and each vote is counted in the class's own file. It
is no part of `make bench`: it takes minutes, and its pictures are for people to look at.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import click
from playwright.async_api import Page, async_playwright

from bench.phones import Phone
from bench.report import machine
from bench.serving import free_port
from core.classroom.counting import tally
from core.classroom.leading import current
from core.classroom.records import Class
from core.classroom.seats import join
from core.classroom.store import ClassStore
from core.project import ROOT

SEATS = 30
PATIENCE = 180_000
LETTERS = "ABCD"


@dataclass
class Found:
    """votes: of each vote, how many of the thirty answers are in the class's file. counted: seconds from a
    tap until a phone says that its answer counts. steps: (title, phases) in their order.
    """

    votes: list[int] = field(default_factory=list)
    counted: list[float] = field(default_factory=list)
    steps: list[tuple[str, list[str]]] = field(default_factory=list)


@click.command()
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--lesson", default="street", show_default=True)
@click.option("--language", type=click.Choice(["en", "id"]), default="en", show_default=True)
def main(folder: Path, lesson: str, language: str) -> None:
    """Play a lesson through; exit with 1 if an answer was lost."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environment = {"STREETSCOPE_DATA": str(folder / "data"), "STREETSCOPE_CACHE": str(folder / "cache")}
    command = [sys.executable, "-m", "core", "class", "--lesson", lesson, "--language", language, "--new"]
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("Ctrl+C"):
                break
        opened = re.search(r"join\?class=(\w+).*PIN (\d{6})", said, re.DOTALL)
        if opened is None:
            raise click.ClickException(said)
        store = ClassStore(folder / "data" / ".classroom" / "class.sqlite")
        began = time.perf_counter()
        found = asyncio.run(_play(f"http://127.0.0.1:{port}", opened[2], store, folder, language))
        store.close()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()
    lost = sum(SEATS - each for each in found.votes)
    summary = {
        "machine": machine(),
        "lesson": lesson,
        "language": language,
        "minutes": (time.perf_counter() - began) / 60,
        "steps": found.steps,
        "votes": len(found.votes),
        "answers lost": lost,
        "a tap until it counts, p50 and p95, s": _quantiles(found.counted),
    }
    (folder / f"summary-{language}.json").write_text(json.dumps(summary, indent=1) + "\n")
    print(json.dumps(summary, indent=1))
    sys.exit(lost > 0)


async def _play(url: str, pin: str, store: ClassStore, folder: Path, language: str) -> Found:
    found, chance = Found(), random.Random(19)  # noqa: S311
    async with async_playwright() as playwright, AsyncExitStack() as opened:
        chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        browser = await playwright.chromium.launch(executable_path=chromium)
        opened.push_async_callback(browser.close)

        async def page(path: str, width: int, height: int) -> Page:
            context = await browser.new_context(
                viewport={"width": width, "height": height}, locale=language, reduced_motion="reduce"
            )
            context.set_default_timeout(PATIENCE)
            one = await context.new_page()
            await one.goto(f"{url}/{path}")
            return one

        teacher = await page("classroom", 1280, 900)
        await teacher.locator(".st-key-teachers_pin input").fill(pin)
        await teacher.get_by_test_id("stBaseButton-primaryFormSubmit").click()
        wall = await page("classroom?view=projector", 1280, 720)
        now = _now(store)
        phone = await page(f"join?class={now.code}", 390, 780)
        await phone.get_by_test_id("stBaseButton-primaryFormSubmit").click()
        await phone.wait_for_url(re.compile("seat="))
        phones = []
        for _ in range(SEATS - 1):
            address = f"{url}/join?seat={join(store, now.code).token}"
            phones.append(await opened.enter_async_context(Phone(address)))
        await _photograph(folder, language, "00-lobby", wall, phone)
        await _press(teacher, store, "to_wait")
        while True:
            now = _now(store)
            number = len(found.steps) + 1
            found.steps.append((now.step, []))
            await _step(teacher, wall, phone, phones, store, folder, language, number, found, chance)
            following = teacher.locator('[class*="st-key-class_next_"] button')
            if not await following.count():
                return found
            await _press(teacher, store, "next")


async def _step(
    teacher: Page,
    wall: Page,
    phone: Page,
    phones: Sequence[Phone],
    store: ClassStore,
    folder: Path,
    language: str,
    number: int,
    found: Found,
    chance: random.Random,
) -> None:
    """All that can be done in a step, in the order in which it is offered, with a picture of each phase."""
    await _settle(teacher)
    while True:
        now = _now(store)
        found.steps[-1][1].append(now.phase)
        if now.phase in ("vote", "revote"):
            await _answer(phone, phones, store, now, found, chance)
        await asyncio.sleep(2.5)  # the wall and the phone look every other second
        await _photograph(folder, language, f"{number:02}-{now.step}-{now.phase}", wall, phone)
        for phase in ("vote", "discuss", "revote", "reveal"):
            button = teacher.locator(f'[class*="st-key-class_to_{phase}_"] button')
            if await button.count():
                await _press(teacher, store, f"to_{phase}")
                break
        else:
            return


async def _answer(
    phone: Page,
    phones: Sequence[Phone],
    store: ClassStore,
    now: Class,
    found: Found,
    chance: random.Random,
) -> None:
    """Thirty answers; a hunt has none."""
    buttons = phone.get_by_role("button", name=re.compile(r"^[A-D] ·"))
    try:
        await buttons.first.wait_for(timeout=15_000)
    except Exception:  # a step whose pixels are collected
        return
    options = await buttons.count()

    async def one(each: Phone, letter: str) -> None:
        label = f"**{letter}**"
        await each.until(lambda seen: label in seen.buttons)
        await asyncio.sleep(chance.uniform(0, 5))
        tapped = time.perf_counter()
        await each.press(label)
        found.counted.append(
            await each.until(lambda seen: any(f"{label} ·" in text for text in seen.texts)) - tapped
        )

    chosen = [chance.choice(LETTERS[:options]) for _ in phones]
    await asyncio.gather(buttons.first.click(), *map(one, phones, chosen))
    deadline = time.monotonic() + 60
    while True:
        total = tally(store, now.step, now.ballot or 1, options).total
        if total == SEATS or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.2)
    found.votes.append(total)


async def _press(teacher: Page, store: ClassStore, key: str) -> None:
    """Press one of the teacher's buttons, and wait until the class has moved on."""
    before = _now(store)
    await teacher.locator(f'[class*="st-key-class_{key}_"] button').click()
    while (_now(store).step, _now(store).phase) == (before.step, before.phase):
        await asyncio.sleep(0.1)
    await _settle(teacher)


async def _settle(teacher: Page) -> None:
    """Wait until the teacher's page is drawn."""
    await asyncio.sleep(0.5)
    await teacher.get_by_test_id("stSpinner").wait_for(state="detached")
    await teacher.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


async def _photograph(folder: Path, language: str, name: str, wall: Page, phone: Page) -> None:
    for who, page in (("wall", wall), ("phone", phone)):
        await page.screenshot(path=folder / f"{language}-{name}-{who}.png", full_page=who == "phone")


def _now(store: ClassStore) -> Class:
    now = current(store)
    if now is None:
        raise click.ClickException("The class has ended by itself.")
    return now


def _quantiles(seconds: Sequence[float]) -> list[float]:
    if len(seconds) < 2:
        return []
    return [round(statistics.median(seconds), 3), round(statistics.quantiles(seconds, n=20)[-1], 3)]


if __name__ == "__main__":
    main()
