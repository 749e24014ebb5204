"""What strangers wrote is shown as they wrote it, and no browser fetches anything for it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hostile import hostile, visible

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Serve

WORDS_APP = Path(__file__).with_name("words_app.py")

# Of everything below an element: what it is, and what it names that a browser could fetch or open.
_ELEMENTS = """element => [...element.querySelectorAll('*')].flatMap(each => [each.tagName.toLowerCase(),
    ...[...each.attributes].filter(a => ['src', 'href', 'srcset', 'poster', 'data', 'action'].includes(a.name)
        || a.name.startsWith('on')).map(a => `${each.tagName} ${a.name}=${a.value}`)])"""

_EACH = f"""() => Object.fromEntries([...document.querySelectorAll('[class*=st-key-text_]')].map(shown => [
    [...shown.classList].find(name => name.startsWith('st-key-text_')).slice(12),
    [...shown.querySelectorAll('[data-testid=stMarkdownContainer]')].map(part =>
        [part.innerText, [...new Set(({_ELEMENTS})(part))]])]))"""


class Canary:
    """A server that nobody should ask for anything."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(404)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    canary.close()


@pytest.fixture(autouse=True)
def nobody_is_asked(canary: Canary) -> Iterator[None]:
    canary.asked.clear()
    yield
    assert canary.asked == []


@pytest.fixture(scope="module")
def words(serve: Serve, canary: Canary) -> RunningApp:
    return serve(WORDS_APP, env={"CANARY": canary.address})


def shown(page: Page) -> None:
    """Wait until all of a page is there."""
    expect(page.get_by_text("That is all.", exact=True)).to_be_visible()
    page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')")


def test_every_hostile_text_is_shown_as_it_was_written(
    words: RunningApp, canary: Canary, open_page: OpenPage
) -> None:
    page = open_page(f"{words.url}/?show=all")
    shown(page)
    found: dict[str, list[tuple[str, list[str]]]] = page.evaluate(_EACH)
    texts = hostile(canary.address)
    wrong = []
    for number, text in enumerate(texts):
        seen = visible(text)
        sentence = visible(f"In {text}, {text} or {text}: {text}.")
        parts = found[str(number)]
        if [" ".join(part.split()) for part, _ in parts] != [seen, sentence, seen]:
            wrong.append((text, parts))
        if not {name for _, names in parts for name in names} <= {"p", "span", "strong", "ul", "li"}:
            wrong.append((text, parts))
    assert wrong == []
    assert len(found) == len(texts) > 300


def test_every_kind_of_element_shows_the_text_and_nothing_else(
    words: RunningApp, canary: Canary, open_page: OpenPage
) -> None:
    page = open_page(f"{words.url}/?show=kinds")
    shown(page)
    page.get_by_test_id("stTooltipHoverTarget").first.hover()
    expect(page.get_by_test_id("stTooltipContent")).to_contain_text("/help")
    body = page.locator("body")
    assert not [each for each in body.evaluate(_ELEMENTS) if canary.address in each]
    seen = page.evaluate("() => document.body.innerText")
    for kind in KINDS:
        assert f"![a](http://{canary.address}/{kind}) <img src=http://{canary.address}/{kind}>" in seen, kind


KINDS = (
    *("markdown", "help", "caption", "header", "subheader", "error", "title", "warning", "info", "success"),
    *("badge", "metric", "value", "delta", "table", "image", "progress", "toast", "expander", "page_link"),
    *("popover", "tab", "segmented", "option", "pills", "radio", "toggle", "checkbox", "slider", "download"),
    *("uploader", "text", "code"),
)
