"""What a browser that has seen nothing yet must fetch for each page: a classroom shares one network."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp

LIMIT = 3_100_000
"""Bytes, as they are transferred."""

PAGES = ("", "compare", "data", "training", "runs", "evaluate", "about")


def transferred(page: Page) -> Counter[str]:
    """The bytes that a page fetches from now on, by address; those of its websocket under that name."""
    bytes_of: Counter[str] = Counter()
    address: dict[str, str] = {}
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")

    def on_response(event: Any) -> None:
        address[event["requestId"]] = event["response"]["url"]

    def on_finished(event: Any) -> None:
        bytes_of[address.get(event["requestId"], "unknown")] += int(event["encodedDataLength"])

    def on_frame(event: Any) -> None:
        bytes_of["websocket"] += len(event["response"]["payloadData"]) * 3 // 4  # base64

    tools.on("Network.responseReceived", on_response)
    tools.on("Network.loadingFinished", on_finished)
    tools.on("Network.webSocketFrameReceived", on_frame)
    return bytes_of


@pytest.mark.parametrize("path", PAGES)
def test_the_first_load_of_each_page_is_small(app: RunningApp, open_page: OpenPage, path: str) -> None:
    page = open_page("about:blank", apart=True)
    fetched = transferred(page)
    page.goto(f"{app.url}/{path}")
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.locator("h2").first.wait_for()
    page.wait_for_load_state("networkidle")
    scripts = [url for url in fetched if url.endswith(".js")]
    assert len(scripts) > 20
    assert fetched["websocket"] > 0
    assert fetched.total() < LIMIT, fetched.most_common(8)
