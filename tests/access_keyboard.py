"""The keyboard alone, for `tests/access.py`: Tab reaches all that can be worked, and one sees where it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Locator, Page

MOST_TABS = 250
"""Elements that can be reached on a page, at most; more would be a keyboard's labyrinth."""

_ASKED = Path(__file__).with_suffix(".js").read_text("utf-8")


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until an element has the focus; AssertionError if it never has."""
    wanted.wait_for()
    for _ in range(MOST_TABS):
        if wanted.evaluate("element => element === element.getRootNode().activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is out of the keyboard's reach")


def press(page: Page, wanted: Locator) -> None:
    """Reach a button by Tab, and press it by Enter."""
    reach(page, wanted)
    page.keyboard.press("Enter")


def walk(page: Page) -> Iterator[str]:
    """Go through a settled page by Tab: what is not reached, does not show the focus, or is a trap."""
    page.evaluate(_ASKED)
    page.evaluate("() => keyboard.begin()")
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("() => keyboard.step()"):
            break
    else:
        yield f"no end after {MOST_TABS} elements"
    yield from page.evaluate("() => keyboard.faults()")


def order(page: Page) -> list[str]:
    """After `walk`: what had the focus, in that order."""
    names: list[str] = page.evaluate("() => keyboard.order()")
    return names
