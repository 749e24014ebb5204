"""`python -m bench.whole_lesson --folder DIR --language id`: a class of thirty goes through a shipped lesson.

A scripted teacher, the wall and one phone are pages in a real browser, 29 phones speak the page's protocol.
Each step is photographed on the wall and on the phone, and each vote is counted in the class's own file. It
is no part of `make bench`: it takes minutes, and its pictures are for people to look at.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import click
import numpy as np
from playwright.async_api import Page, async_playwright

from bench.cable_out import packets, shut_in, watched
from bench.lesson_report import StepFound, write_summary
from bench.phones import Phone
from bench.serving import CHROMIUM_ARGUMENTS, free_port
from core.classroom import answering
from core.classroom.counting import clicks, tally
from core.classroom.leading import current
from core.classroom.lessons import open_lesson, pixels_of
from core.classroom.records import Class, Click
from core.classroom.seats import join
from core.classroom.store import ClassStore
from core.errors import ClassroomError
from core.lessons.answers import look_of
from core.lessons.keys.look import Look
from core.lessons.lesson import Lesson
from core.project import ROOT

PATIENCE = 600
"""Seconds that a step may take: no finding is about a machine that has other work."""

LETTERS = "ABCD"
KNOW = {1: 0.4, 2: 0.75}
"""The share of phones that know the answer before and after discussion; the others guess."""

_DRAWN = """() => !document.querySelector("[data-stale=true]") &&
  document.querySelector("[data-testid=stApp]").dataset.testScriptState === "notRunning" """
"""Whether nothing of an earlier run is left on a page, faded."""

SECONDS = 5.0
SEATS = 30


@click.command()
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--lesson", default="street", show_default=True)
@click.option("--language", type=click.Choice(["en", "id"]), default="en", show_default=True)
@click.option("--seats", type=click.IntRange(2, 60), default=SEATS, show_default=True)
@click.option("--cable-out", is_flag=True, help="Play it on a machine without a network; see cable_out.py.")
@click.option("--shut-in", "is_shut_in", is_flag=True, hidden=True)
def main(folder: Path, lesson: str, language: str, seats: int, cable_out: bool, is_shut_in: bool) -> None:
    """Play a lesson through; exit with 1 if an answer was lost, or if anything left a machine shut in."""
    if cable_out:
        arguments = ["--folder", str(folder), "--lesson", lesson, "--language", language]
        arguments += ["--seats", str(seats), "--shut-in"]
        sys.exit(shut_in(["bench.whole_lesson", *arguments]))
    before = watched() if is_shut_in else None
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
        play = Play(f"http://127.0.0.1:{port}", store, folder, open_lesson(lesson, language), seats)
        try:
            asyncio.run(play.through(opened[2]))
        finally:
            minutes = (time.perf_counter() - began) / 60
            left = None if before is None else packets() - before
            lost = write_summary(folder, lesson, language, minutes, play.steps, left, play.elsewhere)
            store.close()
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()
    print((folder / f"summary-{language}.md").read_text("utf-8"))
    sys.exit(bool(lost or left or play.elsewhere))


@dataclass
class Play:
    """A lesson being played: who is there, and what was found so far."""

    url: str
    store: ClassStore
    folder: Path
    lesson: Lesson
    seats: int
    steps: list[StepFound] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(19))  # noqa: S311

    async def through(self, pin: str) -> None:
        """Let everybody in, and go through all steps."""
        async with async_playwright() as playwright, AsyncExitStack() as opened:
            chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
            browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
            opened.push_async_callback(browser.close)

            async def page(path: str, width: int, height: int) -> Page:
                context = await browser.new_context(
                    viewport={"width": width, "height": height},
                    locale=self.lesson.language,
                    reduced_motion="reduce",
                )
                context.set_default_timeout(1000 * PATIENCE)
                one = await context.new_page()
                one.on("request", lambda request: self._note(request.url))
                await one.goto(f"{self.url}/{path}")
                return one

            self.teacher = await page("classroom", 1280, 900)
            await self.teacher.locator(".st-key-teachers_pin input").fill(pin)
            await self.teacher.get_by_test_id("stBaseButton-primaryFormSubmit").click()
            self.wall = await page("classroom?view=projector", 1280, 720)
            now = self.now()
            self.phone = await page(f"join?class={now.code}", 390, 780)
            await self._photograph("00-join")
            await self.phone.get_by_test_id("stBaseButton-primaryFormSubmit").click()
            await self.phone.wait_for_url(re.compile("seat="))
            for _ in range(self.seats - 1):
                self.tokens.append(join(self.store, now.code).token)
                address = f"{self.url}/join?seat={self.tokens[-1]}"
                self.phones.append(await opened.enter_async_context(Phone(address)))
            await asyncio.sleep(2.5)
            await self._photograph("00-lobby")
            await self._go_on("to_wait")
            following = self.teacher.locator('[class*="st-key-class_next_"] button')
            while True:
                await self._step()
                if not await following.count():
                    return
                await self._go_on("next")

    def _note(self, address: str) -> None:
        """Keep what a page has asked others than our server for."""
        if not address.startswith((self.url, "data:", "blob:")):
            self.elsewhere.append(address)

    def now(self) -> Class:
        """The class as it is now."""
        now = current(self.store)
        if now is None:
            raise click.ClickException("The class has ended by itself.")
        return now

    async def _step(self) -> None:
        """All that can be done in a step, in the order in which it is offered; a picture of each phase."""
        found = self.steps[-1]
        while True:
            now = self.now()
            found.phases.append(now.phase)
            if now.phase in ("vote", "revote") and now.question is not None:
                if now.question.options:
                    await self._answer(now, found)
                else:
                    await self._hunt(now, found)
            await asyncio.sleep(2.5)  # the wall and the phone look every other second
            if now.phase == "reveal":  # a machine with other work is later
                await self.phone.locator(".st-key-hand_in").wait_for(state="detached")
            await self._photograph(f"{len(self.steps):02}-{now.step}-{now.phase}")
            for phase in ("vote", "discuss", "revote", "reveal"):
                if await self.teacher.locator(f'[class*="st-key-class_to_{phase}_"] button').count():
                    await self._press(f"to_{phase}")
                    break
            else:
                for who, page in (("wall", self.wall), ("phone", self.phone)):
                    await page.wait_for_function(_DRAWN)
                    found.axe += [f"{who}: {each}" for each in await serious(page)]
                return

    async def _answer(self, now: Class, found: StepFound) -> None:
        """Thirty answers within five seconds."""
        assert now.question is not None  # noqa: S101 (it is asked)
        options, right, ballot = len(now.question.options), now.question.right, now.ballot or 1
        buttons = self.phone.get_by_role("button", name=re.compile(r"^[A-D] ·"))

        async def one(each: Phone, option: int) -> None:
            label = f"**{LETTERS[option]}**"
            await each.until(lambda seen: label in seen.buttons, PATIENCE)
            await asyncio.sleep(self.chance.uniform(0, SECONDS))
            tapped = time.perf_counter()
            await each.press(label)
            counts = await each.until(lambda seen: any(f"{label} ·" in text for text in seen.texts), PATIENCE)
            found.counted.append(counts - tapped)

        guesses = [self.chance.randrange(options) for _ in range(self.seats)]
        chosen = [right if self.chance.random() < KNOW[ballot] else guess for guess in guesses]
        await self._photograph(f"{len(self.steps):02}-{now.step}-{now.phase}-open", buttons.first)
        await asyncio.gather(buttons.nth(chosen[-1]).click(), *map(one, self.phones, chosen[:-1]))
        deadline = time.monotonic() + PATIENCE
        while tally(self.store, now.step, ballot, options).total < self.seats and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
        found.votes.append(tally(self.store, now.step, ballot, options).total)

    async def _hunt(self, now: Class, found: StepFound) -> None:
        """The phone in the browser hands in the pixel in the middle, the others some that they have found.

        Of theirs every other one is right; they are put into the class's file as the page does it.
        """
        step = self.lesson.step(now.step)
        assert step is not None  # noqa: S101
        assert now.question is not None  # noqa: S101
        look = look_of(step.shows, "street-lite0", Look("street-lite0"))
        hunted = await asyncio.to_thread(pixels_of, step, now.question, self.lesson.language, look)
        height, width = hunted.hits.shape
        places = np.argwhere(hunted.hits)
        for number, token in enumerate(self.tokens):
            row, col = (
                self.chance.choice(places) if number % 2 else (self.chance.randrange(height), width // 3)
            )
            pixel = Click(int(row), int(col), height, width, hunted.check(int(row), int(col)))
            try:
                answering.click(self.store, token, now.step, pixel)
            except ClassroomError as error:
                raise click.ClickException(str(error)) from error
        hand_in = self.phone.locator(".st-key-hand_in button")
        await hand_in.click()
        while len(clicks(self.store, now.step)) < self.seats:
            await asyncio.sleep(0.2)
        found.pixels = len(clicks(self.store, now.step))

    async def _go_on(self, key: str) -> None:
        """Go to another step, and see how long it takes to reach the wall and the phone."""
        began = time.perf_counter()
        moving = asyncio.create_task(self._press(key))
        before = (self.now().step, self.now().phase)
        while (self.now().step, self.now().phase) == before:
            await asyncio.sleep(0.05)
            if moving.done():
                moving.result()
        now = self.now()
        step = self.lesson.step(now.step)
        assert step is not None  # noqa: S101

        async def painted(page: Page) -> float:
            await page.get_by_role("heading", name=step.title, exact=True).wait_for()
            return time.perf_counter() - began

        wall, phone = await asyncio.gather(painted(self.wall), painted(self.phone))
        await moving
        self.steps.append(StepFound(step.id, step.title, self.seats, wall=wall, phone=phone))
        click.echo(f"{len(self.steps)} of {len(self.lesson.steps)}: {step.title}", err=True)

    async def _press(self, key: str) -> None:
        """Press one of the teacher's buttons, and wait until the class has moved on."""
        before = self.now()
        await self.teacher.locator(f'[class*="st-key-class_{key}_"] button').click()
        while (self.now().step, self.now().phase) == (before.step, before.phase):
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.5)
        await self.teacher.get_by_test_id("stSpinner").wait_for(state="detached")
        await self.teacher.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()

    async def _photograph(self, name: str, after: Any = None) -> None:
        """The wall, the phone and the teacher's screen. after: an element of the phone to wait for."""
        if after is not None:
            await after.wait_for()
        language = self.lesson.language
        for page in (self.wall, self.phone):
            await page.wait_for_function(_DRAWN)
        people = (("wall", self.wall), ("phone", self.phone), ("teacher", self.teacher))
        for who, page in people:
            await page.screenshot(path=self.folder / f"{language}-{name}-{who}.png", full_page=who == "phone")


async def serious(page: Page) -> list[str]:
    """What axe finds serious or worse on a page: rule and place."""
    place = distribution("axe-playwright-python").locate_file("axe_playwright_python/axe.min.js")
    await page.evaluate(Path(str(place)).read_text("utf-8"))
    found = await page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['id']} {node['target']}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


if __name__ == "__main__":
    main()
