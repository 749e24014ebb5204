"""The app in Indonesian, in the pseudo-language, and without a network."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from core.languages import PSEUDO
from tests.access import serious, settled
from tests.access_texts import escaped
from tests.browser.house import APP, House
from tests.browser.test_guests import Network, inside, ip

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Serve

pytestmark = pytest.mark.browser

DONE = ("", "about", "compare")
"""The pages of which no text has escaped: the list may only grow. `make access` looks at all pages."""

OURS = frozenset({"street", "knows", "Boat", "Sea"})
"""Names of the house's own data and models."""


def test_the_language_is_switched_and_stays(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/compare", apart=True)
    expect(page.locator(".page-title h2")).to_have_text("What changes with size or model?")
    # Two runs later the server has no English code any more: the browser must not still be fetching it.
    expect(page.locator(".viewer").first.get_by_text("Pointer", exact=True)).to_be_visible()

    page.locator(".st-key-language_switch button:visible").first.click()
    page.get_by_role("button", name="Bahasa Indonesia").click()

    title = page.locator(".page-title h2")
    expect(title).to_have_text("Apa yang berubah dengan ukuran atau model?")
    expect(page).to_have_url(re.compile("language=id"))
    expect(page.locator(".viewer").first.get_by_text("Penunjuk", exact=True)).to_be_visible()
    expect(page.locator(".st-key-compare_first .viewer")).to_have_count(1)  # the English one is gone

    page.reload()
    expect(title).to_have_text("Apa yang berubah dengan ukuran atau model?")
    page.locator(".st-key-page_row").get_by_role("link", name="Jelajahi").click()
    expect(title).to_have_text("Ada apa di jalan ini?")
    expect(page).to_have_url(re.compile("language=id"))


def test_no_text_escapes_and_nobody_is_kept_out(app: RunningApp, open_page: OpenPage) -> None:
    for name in DONE:
        page = open_page(f"{app.url}/{name}?language={PSEUDO}", apart=True)
        settled(page)
        assert (name, escaped(page, OURS)) == (name, [])
        assert (name, serious(page)) == (name, [])


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Network]:
    """A machine with its network cable out: a network namespace with nothing but loopback."""
    machine = Network(tmp_path)
    if shutil.which("ip") is None or ip("netns", "add", machine.here).returncode != 0:
        pytest.skip("a network namespace needs Linux, the command ip and root")
    try:
        assert ip("-n", machine.here, "link", "set", "lo", "up").returncode == 0
        yield machine
    finally:
        ip("netns", "delete", machine.here)


def test_explore_works_with_the_network_cable_out(
    alone: Network, serve: Serve, house: House, chromium: Browser
) -> None:
    with inside(alone.here):
        app = serve(APP, env=house.settings, options=("--logger.level=error",))
    browser = alone.browser(chromium, alone.here)
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{app.url}/?language=id")
    expect(page.locator(".viewer[data-ready=true]")).to_be_visible()
    expect(page.locator(".viewer[data-logits=ready]")).to_be_visible()
    expect(page.locator(".page-title h2")).to_have_text("Ada apa di jalan ini?")

    others = [url for url in asked if not url.startswith((app.url, "data:", "blob:"))]
    assert asked
    assert others == []
    browser.close()
