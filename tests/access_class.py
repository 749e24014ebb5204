"""The pages of class mode, for `tests/access.py`: a teacher, a phone and a wall, by the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

from core.classroom import leading
from core.classroom.lessons import first_step, lesson_name
from core.classroom.store import CLASS, ClassStore, class_file
from tests.access_keyboard import press, reach

LESSON, HUNT = "street", "hunt"
TEACHER, PHONE, WALL = "classroom", "join", "classroom?view=projector"


@dataclass(frozen=True)
class Screens:
    """Tabs of three people, each in a window of its own."""

    teacher: Page
    phone: Page
    wall: Page


def class_settings(settings: dict[str, str]) -> dict[str, str]:
    """The environment of a server in class mode. settings: of a server that is not."""
    return {**settings, CLASS: "1", "STREETSCOPE_GUESTS": "1"}


def open_store(data: Path) -> ClassStore:
    """Where the class of a data folder is kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_DATA", str(data))
        return ClassStore(class_file())


def play(store: ClassStore, url: str, language: str, screens: Screens) -> Iterator[tuple[str, Page]]:
    """Go through a lesson by the keyboard alone; yields each screen that shows something new."""
    name = lesson_name(LESSON)
    now = leading.open_class(store, name, language, first_step(name, language), anew=True)
    teacher, phone, wall = screens.teacher, screens.phone, screens.wall
    teacher.goto(f"{url}/{TEACHER}?language={language}")
    yield "classroom: PIN", teacher
    reach(teacher, teacher.locator(".st-key-teachers_pin input"))
    teacher.keyboard.type(leading.teachers_pin(store))
    teacher.keyboard.press("Enter")
    teacher.locator("[class*=st-key-class_to_wait] button").wait_for()
    wall.goto(f"{url}/{WALL}&language={language}")
    phone.goto(f"{url}/{PHONE}?class={now.code}&language={language}")
    join = phone.get_by_test_id("stBaseButton-primaryFormSubmit")
    join.wait_for()
    yield "join: code", phone
    press(phone, join)
    phone.locator(".st-key-phone").wait_for()
    yield from _all("lobby", screens)

    _press(teacher, "class_to_wait")
    yield from _all("wait", screens)
    _press(teacher, "class_to_vote")
    answers = phone.locator(".st-key-answers button")
    answers.first.wait_for()
    yield from _all("vote", screens)
    press(phone, answers.first)
    phone.get_by_test_id("stAlert").wait_for()
    yield "join: answered", phone
    _press(teacher, "class_to_discuss")
    phone.get_by_role("heading").first.wait_for()
    yield from _all("discuss", screens)
    _press(teacher, "class_to_revote")
    press(phone, answers.nth(1))
    _press(teacher, "class_to_reveal")
    phone.get_by_test_id("stProgress").first.wait_for()
    wall.get_by_test_id("stProgress").first.wait_for()
    press(teacher, teacher.locator(".st-key-class_results summary"))
    teacher.get_by_test_id("stDataFrame").wait_for()
    yield from _all("reveal", screens)
    yield from _hunt(store, screens)
    leading.end_class(store)
    phone.get_by_test_id("stAlert").wait_for()
    yield from _all("end", screens)


def _hunt(store: ClassStore, screens: Screens) -> Iterator[tuple[str, Page]]:
    """A step at which pixels are chosen: their map on the wall."""
    now = leading.current(store)
    assert now is not None
    leading.go_to(store, now, HUNT)
    _press(screens.teacher, f"class_to_vote_{HUNT}")
    screens.phone.locator(".viewer[data-ready=true]").wait_for()
    reach(screens.phone, screens.phone.get_by_role("application"))
    screens.phone.keyboard.press("ArrowRight")
    press(screens.phone, screens.phone.locator(".st-key-hand_in button"))
    yield from _all("hunt", screens)
    _press(screens.teacher, "class_to_reveal")
    screens.phone.locator(".viewer").wait_for(state="detached")
    yield from _all("hunt revealed", screens)


def _all(moment: str, screens: Screens) -> Iterator[tuple[str, Page]]:
    yield f"classroom: {moment}", screens.teacher
    yield f"projector: {moment}", screens.wall
    yield f"join: {moment}", screens.phone


def _press(teacher: Page, key: str) -> None:
    button = teacher.locator(f"[class*=st-key-{key}] button")
    press(teacher, button)
    button.wait_for(state="detached")
