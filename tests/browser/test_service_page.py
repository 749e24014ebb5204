"""The Service page with a real service: a key is made, a photo sent with it, refused once it is revoked."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.house import APP, House
from tests.conftest import ROOT

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Serve

PATIENCE = 240.0


@pytest.fixture(scope="module")
def settings(house: House, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The house, with a folder for a service."""
    return house.settings | {"STREETSCOPE_SERVICE": str(tmp_path_factory.mktemp("service")), "NATS_URL": ""}


@pytest.fixture
def service(settings: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`make serve` in that folder, once it answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "service", "--port", "0"],
        cwd=ROOT,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        assert "answers at" in process.stdout.readline()
        yield process
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def app_beside(serve: Serve, settings: dict[str, str]) -> RunningApp:
    """The app that looks into the same folder."""
    return serve(APP, env=settings)


def test_a_key_opens_the_service_until_it_is_revoked(
    app_beside: RunningApp, service: subprocess.Popen[str], open_page: OpenPage
) -> None:
    page = open_page(f"{app_beside.url}/service")
    page.get_by_role("button", name="Make a key").click()
    page.get_by_role("textbox", name="Name").fill("classroom")
    page.get_by_role("button", name="Make", exact=True).click()
    made = page.get_by_text(re.compile(r"^ss_[0-9a-f]{8}_[0-9a-f]{64}$"))
    expect(made).to_be_visible()
    key = made.inner_text()
    expect(page.get_by_text("it is not shown again", exact=False)).to_be_visible()
    page.get_by_role("button", name="I have copied it").click()
    expect(made).to_have_count(0)

    field = page.get_by_role("textbox", name="Key", exact=True)
    field.fill(key)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Answered in", exact=False)).to_be_visible()
    expect(page.get_by_role("img", name="Mask of china.jpg at size trained", exact=False)).to_be_visible()
    expect(page.get_by_text("Bearer $STREETSCOPE_KEY", exact=False)).to_be_visible()
    expect(page.get_by_text(key)).to_have_count(0)
    expect(page.get_by_text("One photo in the last", exact=False)).to_be_visible()  # by itself

    page.get_by_role("button", name="Revoke a key").click()
    page.get_by_text("Programs that use it are refused from then on").click()
    page.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_text("No key opens anything yet", exact=False)).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("This key is revoked", exact=False)).to_be_visible()

    service.terminate()  # the page sees it by itself
    expect(page.get_by_text("No service runs here", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_have_count(0)
