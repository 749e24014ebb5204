"""A whole lesson in class: a teacher, three phones, a wall, and a server that is killed in the middle."""

from __future__ import annotations

import contextlib
import csv
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Page, expect

from core.classroom.counting import tally
from core.classroom.store import ClassStore
from tests.conftest import ROOT

TINY = ROOT / "tests/core/classroom/tiny"
NOT_FOR_STUDENTS = ("annotate", "training", "lessons", "gather")


@dataclass
class OpenClass:
    """`python -m core class` as a teacher starts it; killed and started again, it goes on."""

    data: Path
    port: int
    code: str = ""
    pin: str = ""
    process: subprocess.Popen[str] | None = None
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def file(self) -> Path:
        return self.data / ".classroom" / "class.sqlite"

    def start(self) -> None:
        command = [sys.executable, "-m", "core", "class", "--host", "127.0.0.1", "--port", str(self.port)]
        environment = {"STREETSCOPE_DATA": str(self.data), "STREETSCOPE_CACHE": str(self.data / ".cache")}
        self.process = subprocess.Popen(
            [*command, "--lesson", str(TINY)],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.said = []
        for line in self.process.stdout:
            self.said.append(line)
            if line.startswith("Ctrl+C"):
                break
        found = re.search(r"join\?class=(\w+).*PIN (\d{6})", "".join(self.said), re.DOTALL)
        assert found is not None, self.said
        self.code, self.pin = found[1], found[2]

    def kill(self) -> None:
        """As a laptop whose battery is empty: the command, and with it the server."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def interrupt(self) -> str:
        """Ctrl+C; what the command still says."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.communicate()[0]


class Person(Protocol):
    """Opens an address in a browser of its own."""

    def __call__(self, url: str, width: int = 390, height: int = 780) -> Page: ...


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenClass]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    one = OpenClass(tmp_path / "data", port)
    one.start()
    yield one
    if one.process is not None and one.process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            one.interrupt()


@pytest.fixture
def person(chromium: Browser) -> Iterator[Person]:
    contexts = []

    def one(url: str, width: int = 390, height: int = 780) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(url)
        return page

    yield one
    for context in contexts:
        for page in context.pages:
            expect(page.get_by_test_id("stException")).to_have_count(0)
        context.close()


def give_pin(teacher: Page, pin: str) -> None:
    teacher.get_by_role("textbox", name="The teacher's PIN").fill(pin)
    teacher.get_by_role("button", name="Lead the class").click()


def press(teacher: Page, name: str) -> None:
    teacher.get_by_role("button", name=name, exact=True).click()


def answer(phone: Page, letter: str) -> None:
    phone.get_by_role("button", name=f"{letter} ·").click()
    expect_answer(phone, letter)


def expect_answer(phone: Page, letter: str) -> None:
    expect(phone.get_by_text(f"Your answer: {letter} ·")).to_be_visible()


def test_a_lesson_from_joining_to_the_end(opened: OpenClass, person: Person, tmp_path: Path) -> None:
    teacher = person(f"{opened.url}/classroom", 1280, 800)
    give_pin(teacher, "000000" if opened.pin != "000000" else "111111")
    expect(teacher.get_by_text("This is not the PIN", exact=False)).to_be_visible()
    give_pin(teacher, opened.pin)
    expect(teacher.get_by_role("heading", name="1. Welcome")).to_be_visible()
    wall = person(f"{opened.url}/classroom?view=projector", 1280, 720)
    expect(wall.get_by_role("img", name="QR code of the address to join by")).to_be_visible()

    phones = [person(f"{opened.url}/join?class={opened.code}") for _ in range(3)]
    for phone in phones:
        phone.get_by_role("button", name="Join the class").click()
        expect(phone.get_by_text("You are in.", exact=False)).to_be_visible()
        expect(phone).to_have_url(re.compile(r"/join\?(.*&)?seat=[\w-]{22}"))
    first, second, third = phones
    expect(wall.get_by_test_id("stMetricValue")).to_have_text("3")

    press(teacher, "Begin the lesson")
    expect(first.get_by_role("heading", name="Welcome")).to_be_visible()

    # A student looks around, and no address leads to what is the teacher's.
    third.goto(f"{opened.url}/explore?{third.url.partition('?')[2]}")
    expect(third.get_by_role("link", name="Back to the class")).to_be_visible()
    expect(third.locator(".viewer[data-ready=true]")).to_be_visible()
    expect(third.locator("input[type=file]")).to_have_count(0)
    expect(third.get_by_role("button", name="Camera")).to_have_count(0)
    for path in NOT_FOR_STUDENTS:
        third.goto(f"{opened.url}/{path}")
        expect(third.get_by_text("In class, only the teacher can open this page.")).to_be_visible()
    third.goto(f"{opened.url}/classroom")
    expect(third.get_by_role("button", name="Lead the class")).to_be_visible()
    expect(third.get_by_text("Wait until everybody has joined.")).to_have_count(0)
    third.goto(first.url.partition("?")[0])
    expect(third.get_by_role("textbox", name="Room code")).to_be_visible()

    # The vote, a phone that reloads, and a server that is killed.
    press(teacher, "Next step")
    expect(teacher.get_by_text("Let everybody choose before anybody speaks.")).to_be_visible()
    press(teacher, "Open the vote")
    answer(first, "A")
    answer(second, "C")
    expect(wall.get_by_test_id("stMetricValue").nth(1)).to_have_text("2")
    expect(wall.get_by_test_id("stProgress")).to_have_count(0)
    for page in (first, teacher):
        page.reload()
    expect_answer(first, "A")
    expect(teacher.get_by_text("Let everybody choose before anybody speaks.")).to_be_visible()
    opened.kill()
    expect(first.get_by_text("The computer of this class does not answer.")).to_be_visible()
    code, pin = opened.code, opened.pin
    opened.start()
    assert (opened.code, opened.pin) == (code, pin)
    store = ClassStore(opened.file)
    assert tally(store, "sure", 1, 4).counts == (1, 0, 1, 0)
    for phone in (first, second):
        phone.reload()
    expect_answer(first, "A")
    expect_answer(second, "C")
    third.goto(f"{opened.url}/join")
    third.get_by_role("textbox", name="Room code").fill(code.lower())
    third.get_by_role("button", name="Join the class").click()
    answer(third, "A")

    # Discussion, second vote, reveal.
    teacher.goto(f"{opened.url}/classroom")
    give_pin(teacher, pin)
    press(teacher, "Let them discuss")
    expect(first.get_by_role("heading", name="Discuss")).to_be_visible()
    press(teacher, "Open the second vote")
    answer(first, "C")
    answer(third, "D")
    teacher.get_by_text("No phones? Cards A to D").click()
    cards = teacher.locator(".st-key-cards")
    expect(cards.get_by_text("After discussion", exact=True)).to_be_visible()
    # Once the phones' answers are there nothing moves under the pointer: the first ones push the cards down.
    expect(teacher.get_by_text("After discussion, answers: 2", exact=False)).to_be_visible()
    cards.get_by_role("spinbutton", name="B", exact=True).fill("4")
    cards.get_by_role("button", name="Count these cards").click()
    expect(teacher.get_by_text("After discussion, answers: 6", exact=False)).to_be_visible()
    press(teacher, "Reveal")
    wall.goto(f"{opened.url}/classroom?view=projector")
    for page in (first, wall):
        expect(page.get_by_text("Being sure is not being right.")).to_be_visible()
        expect(page.get_by_role("img", name="The picture of this step")).to_be_visible()
    assert wall.get_by_test_id("stMain").evaluate("main => main.scrollHeight <= main.clientHeight")
    expect(first.get_by_role("button", name="A ·")).to_have_count(0)

    # A hunt, the files, and the end.
    press(teacher, "Next step")
    press(teacher, "Collect pixels")
    first.get_by_role("button", name="Hand in pixel").click()
    expect(first.get_by_text("Handed in: 1 of 10 pixels", exact=False)).to_be_visible()
    expect(wall.get_by_role("img", name="1 pixel has been chosen.")).to_be_visible()
    expect(wall.get_by_test_id("stMetricValue").nth(1)).to_have_text("1")
    teacher.get_by_text("Answers so far").click()
    with teacher.expect_download() as waiting:
        teacher.get_by_role("button", name="CSV", exact=True).click()
    waiting.value.save_as(tmp_path / "class.csv")
    question, pixels = csv.DictReader((tmp_path / "class.csv").read_text("utf-8").splitlines())
    assert [question[name] for name in ("before", "after", "A", "B", "D")] == [
        "3",
        "6",
        "2 / 0",
        "0 / 4",
        "0 / 1",
    ]
    assert pixels["before"] == "1"
    with store.reading() as database:
        names = [name for (name,) in database.execute("SELECT nickname FROM seats")]
    assert len(names) == 4  # the third phone took a new seat
    teacher.get_by_role("button", name="End the class").click()
    press(teacher, "Delete everything and end")
    expect(first.get_by_text("This class has ended", exact=False)).to_be_visible()
    expect(wall.get_by_text("The class has ended.")).to_be_visible()
    left = b"".join(path.read_bytes() for path in opened.file.parent.iterdir())
    assert not [name for name in names if name.encode() in left]
    store.close()
    assert opened.interrupt().endswith("The class has ended, and its answers are deleted.\n")
