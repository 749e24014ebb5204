"""`python -m tests.access`: every page in both themes and languages, at two widths, looked over by programs.

It counts what axe finds, what is smaller than a finger's 24 pixels, pages that are wider than a window of 320
pixels, what the keyboard alone does not reach or show, and texts that escaped: in the pseudo-language every
translated letter has an accent. A lesson alone and a whole class are played by the keyboard on the way.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from itertools import chain
from pathlib import Path
from typing import Any, Literal, get_args

from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.classroom.nicknames import ENGLISH
from core.classroom.store import ClassStore
from core.languages import PSEUDO
from tests.access_class import Screens, class_settings, open_store, play
from tests.access_deeds import EVALUATED, OUTCOMES, prepare
from tests.access_keyboard import walk
from tests.access_lesson import play_alone
from tests.access_texts import escaped, states, troubles
from tests.browser.conftest import CHROMIUM_ARGUMENTS, executable, start_server, stop_servers
from tests.told_service import LETTER, told_service

ROOT = Path(__file__).parents[1]
PAGES = (
    *("", "gather", "annotate", "compare", "data", "training", "runs", "evaluate", "service", "about"),
    "paint",
    *("inside", *(f"inside?view={view}" for view in ("corrupt", "field", "features", "temperature"))),
    *("lessons", *(f"lessons?lesson=street{step}" for step in ("", "&step=hunt", "&step=train"))),
    *(EVALUATED, "runs?compare=run-1,run-2", f"gather?photos={OUTCOMES}"),
    "annotate?dataset=toytown&frame=toytown000_00",
    *("classroom", "join"),
)
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
LANGUAGES = ("en", "id")
PARTS = ("pages", "lesson", "class", "keyboard", "texts")
SMALLEST_TARGET = 24
"""CSS pixels. Source: WCAG 2.2, success criterion 2.5.8."""

NARROWEST = 320
"""CSS pixels. Source: WCAG 2.2, success criterion 1.4.10."""

_TRIES = 20
"""A page may draw itself anew while axe looks at it: what is about to change is pale, and counted as such."""

_LOOKS_EVERY = 200
"""Milliseconds between two looks at whether a page has come to rest."""

_ASKED = Path(__file__).with_suffix(".js").read_text("utf-8")

Kind = Literal[
    "seen", "critical", "serious", "moderate", "minor", "streamlit", "small", "wide", "keyboard", "escaped"
]
"""seen: a screen that was looked at. Then axe's, from worst to least; streamlit: of its own elements."""

_NEVER: tuple[Kind, ...] = ("critical", "serious", "small", "wide", "keyboard")
"""What no page may have."""

# The place where files are dropped has a role that says it is nothing, and a name; no option changes either.
_STREAMLITS_FAULTS = re.compile(r"presentation-role-conflict .*data-testid=\"stFileUploaderDropzone\"")
"""What axe finds in elements of Streamlit's own that no option and no theme reaches."""


@dataclass(frozen=True)
class Finding:
    """kind: what is counted. page: where, with theme, language and width. what: what is wrong there."""

    kind: Kind
    page: str
    what: str


@dataclass(frozen=True)
class Looks:
    """What each page is looked at in: themes of the system, languages, and widths in CSS pixels."""

    themes: tuple[Theme, ...] = THEMES
    languages: tuple[str, ...] = LANGUAGES
    widths: tuple[int, ...] = (1280, NARROWEST)


@cache
def axe() -> str:
    """The source of axe-core, as a package brings it."""
    found = distribution("axe-playwright-python").locate_file("axe_playwright_python/axe.min.js")
    return Path(str(found)).read_text("utf-8")


def settled(page: Page) -> None:
    """Wait until a page has drawn itself."""
    page.locator(".page-title, [data-testid=stHeading]").first.wait_for(state="attached")
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
    page.wait_for_function(f"() => {{ {_ASKED}; return isStill(); }}", polling=_LOOKS_EVERY)


def violations(page: Page) -> Iterator[tuple[Kind, str]]:
    """What axe finds: how bad it is, and rule, place and why."""
    page.evaluate(axe())
    for _ in range(_TRIES):
        settled(page)
        found: dict[str, Any] = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
        if page.evaluate(f"() => {{ {_ASKED}; return isDrawn(); }}"):
            break
    for each in found["violations"]:
        for node in each["nodes"]:
            checks = [*node["any"], *node["all"], *node["none"]]
            why = "; ".join(check["message"] for check in checks)
            what = f"{each['id']} {node['html'][:160]} ({node['target'][-1][-80:]}): {why}"
            kind: Kind = "streamlit" if _STREAMLITS_FAULTS.match(what) else each["impact"] or "minor"
            yield kind, what


def serious(page: Page) -> list[str]:
    """What axe finds serious or worse: rule, place and why."""
    return [what for kind, what in violations(page) if kind in ("serious", "critical")]


def small_targets(page: Page) -> list[str]:
    """What one taps or clicks that is smaller than a finger needs."""
    found: list[str] = page.evaluate(
        f"(least) => {{ {_ASKED}; return smallTargets(least); }}", SMALLEST_TARGET
    )
    return found


def is_wide(page: Page) -> bool:
    """Whether a page has to be scrolled sideways."""
    wide: bool = page.evaluate("() => document.scrollingElement.scrollWidth > window.innerWidth")
    return wide


def new_tab(browser: Browser) -> Page:
    """A tab in a window of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(180_000)
    return context.new_page()


def look_at(page: Page, where: str, looks: Looks) -> Iterator[Finding]:
    """What is wrong with what a tab shows, in all themes and widths."""
    for theme in looks.themes:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", theme)
        for width in looks.widths:
            page.set_viewport_size({"width": width, "height": 900})
            settled(page)
            here = f"{where} {theme} {width}"
            yield Finding("seen", here, "")
            yield from (Finding(kind, here, what) for kind, what in violations(page))
            yield from (Finding("small", here, what) for what in small_targets(page))
            if width == NARROWEST and is_wide(page):
                yield Finding("wide", here, "")
            if folder := os.environ.get("ACCESS_PICTURES"):
                page.screenshot(
                    path=Path(folder) / f"{here.strip('/').replace('/', '-').replace(' ', '-')}.png"
                )


def look_over(browser: Browser, url: str, names: Iterable[str], looks: Looks) -> Iterator[Finding]:
    """All findings on the pages of these addresses."""
    for name in names:
        for language in looks.languages:
            page = new_tab(browser)
            page.goto(f"{url}/{name}{'&' if '?' in name else '?'}language={language}")
            prepare(page, name, settled)
            yield from look_at(page, f"/{name} {language}", looks)
            page.context.close()


def walk_through(page: Page, where: str) -> Iterator[Finding]:
    """What is wrong for those who have only a keyboard."""
    page.set_viewport_size({"width": 1280, "height": 900})
    settled(page)
    yield from (Finding("keyboard", where, fault) for fault in walk(page))


def look_by_keyboard(browser: Browser, url: str, names: Iterable[str]) -> Iterator[Finding]:
    """What is wrong on these pages for those who have only a keyboard."""
    for name in names:
        page = new_tab(browser)
        page.goto(f"{url}/{name}")
        prepare(page, name, settled)
        yield from walk_through(page, f"/{name}")
        page.context.close()


def look_for_english(browser: Browser, url: str, names: Iterable[str]) -> Iterator[Finding]:
    """Texts of these pages that have escaped translation."""
    for name in names:
        page = new_tab(browser)
        page.goto(f"{url}/{name}{'&' if '?' in name else '?'}language={PSEUDO}")
        prepare(page, name, settled)
        seen = set[str]()
        for state in chain(states(page, settled), troubles(page, name, settled)):
            new = [text for text in escaped(page) if text not in seen]
            seen.update(new)
            yield from (Finding("escaped", f"/{name} {state}".rstrip(), text) for text in new)
        page.context.close()


def look_for_english_in_class(browser: Browser, url: str, store: ClassStore) -> Iterator[Finding]:
    """Texts of class mode that have escaped translation."""
    screens = Screens(new_tab(browser), new_tab(browser), new_tab(browser))
    nicknames = frozenset(word for words in ENGLISH for word in words)
    for moment, page in play(store, url, PSEUDO, screens):
        yield from (Finding("escaped", moment, text) for text in escaped(page, nicknames))
    for page in (screens.teacher, screens.phone, screens.wall):
        page.context.close()


def look_at_lesson(browser: Browser, url: str, looks: Looks) -> Iterator[Finding]:
    """All findings on the steps of a lesson, each with its answer."""
    for language in looks.languages:
        page = new_tab(browser)
        for step in play_alone(page, url, language):
            yield from look_at(page, f"lesson: {step} {language}", looks)
        page.context.close()


def look_at_class(browser: Browser, url: str, store: ClassStore, looks: Looks) -> Iterator[Finding]:
    """All findings on the pages of class mode, at each moment of a lesson."""
    for language in looks.languages:
        screens = Screens(new_tab(browser), new_tab(browser), new_tab(browser))
        for moment, page in play(store, url, language, screens):
            yield from look_at(page, f"{moment} {language}", looks)
            if language == looks.languages[0]:
                yield from walk_through(page, moment)
        for page in (screens.teacher, screens.phone, screens.wall):
            page.context.close()


@contextmanager
def served(settings: dict[str, str], folder: Path) -> Iterator[str]:
    """The address of the app, on a server of its own."""
    app, process = start_server(ROOT / "serve.py", settings, (), folder / "log")
    try:
        yield app.url
    finally:
        stop_servers(process)


@contextmanager
def a_browser() -> Iterator[Browser]:
    """The browser that everything is looked at in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


def look(parts: Sequence[str], names: Sequence[str], looks: Looks) -> Iterator[Finding]:
    """All findings of these parts."""
    from tests.access_house import (
        furnish,
    )  # training takes seconds to import, and `tests.browser` imports this

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        settings = furnish(folder)
        if {"pages", "lesson", "keyboard", "texts"} & {*parts}:
            service = told_service(folder / "data" / ".service", LETTER | {"model": "street-lite0"})
            with service, a_browser() as browser, served(settings, folder) as url:
                if "pages" in parts:
                    yield from look_over(browser, url, names, looks)
                if "lesson" in parts:
                    yield from look_at_lesson(browser, url, looks)
                if "keyboard" in parts:
                    yield from look_by_keyboard(browser, url, names)
                if "texts" in parts:
                    yield from look_for_english(browser, url, names)
        if "class" in parts:
            store = open_store(folder / "data")
            with a_browser() as browser, served(class_settings(settings), folder) as url:
                yield from look_at_class(browser, url, store, looks)
                if "texts" in parts:
                    yield from look_for_english_in_class(browser, url, store)
            store.close()


def main() -> None:
    """Look the app over, on servers of its own, and print what is found."""
    ask = argparse.ArgumentParser(prog="python -m tests.access", description=__doc__)
    ask.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    ask.add_argument("--pages", nargs="+", default=PAGES, help="addresses, such as inside?view=field")
    ask.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    ask.add_argument("--languages", nargs="+", default=LANGUAGES)
    ask.add_argument("--widths", nargs="+", type=int, default=(1280, NARROWEST))
    asked = ask.parse_args()
    looks = Looks(tuple(asked.themes), tuple(asked.languages), tuple(asked.widths))
    found: list[Finding] = []
    for each in look(asked.parts, asked.pages, looks):
        sys.stderr.write(f"{each.kind}: {each.page} {each.what}\n")
        found.append(each)
    for kind in get_args(Kind):
        those = sorted({(each.page, each.what) for each in found if each.kind == kind})
        named = "" if kind == "seen" else "".join(f"  {page} {what}\n" for page, what in those)
        sys.stdout.write(f"{kind}: {len(those)}\n{named}")
    sys.exit(any(each.kind in _NEVER for each in found))


if __name__ == "__main__":
    main()
