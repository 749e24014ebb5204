"""A whole lesson on the page Lessons by the keyboard alone, for `tests/access.py`."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Locator, Page

from core.lessons.lesson import Step
from core.lessons.library import find
from tests.access_keyboard import press, reach

LESSON = "street"


def play_alone(page: Page, url: str, language: str) -> Iterator[str]:
    """Go through a lesson; yields each step's ID when all of the step is to be seen."""
    page.goto(f"{url}/lessons?language={language}")
    press(page, _button(page, f"lesson_begin_{LESSON}"))
    steps = find(LESSON, language).steps
    for number, step in enumerate(steps):
        page.get_by_role("heading", name=step.title, exact=True).wait_for()
        if step.activity == "click":
            reach(page, page.get_by_role("application").first)
            page.keyboard.press("ArrowRight")
        elif step.question is not None:
            _predict(page, step)
        if step.question is not None:
            press(page, _button(page, f"lesson_reveal_{step.id}"))
            _say(page, step)
        yield step.id
        press(page, _button(page, "lesson_next" if number + 1 < len(steps) else "lesson_end"))
    page.locator(f".st-key-lesson_begin_{LESSON}").wait_for()


def _predict(page: Page, step: Step) -> None:
    """Choose the second option by the arrow keys, and lock it."""
    options = page.locator(f".st-key-lesson_answer_{step.id}").get_by_role("radio")
    reach(page, options.first)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.locator(f".st-key-lesson_lock_{step.id} button:enabled").wait_for()
    press(page, _button(page, f"lesson_lock_{step.id}"))


def _say(page: Page, step: Step) -> None:
    reach(page, page.locator(f".st-key-lesson_answer_rule_{step.id} input"))
    page.keyboard.type("...")
    page.keyboard.press("Enter")


def _button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button").first
