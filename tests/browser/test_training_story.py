"""The whole story in a real Chromium: start, watch, reload, stop, resume, publish, segment a street."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from core.toytown import toytown
from core.training.runs.records import read_history
from core.training.runs.status import LIVE, read_status
from tests.browser.house import APP
from tests.browser.test_training_page import set_epochs, start_button, stop_button
from tests.conftest import save_colour_model

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Serve


EPOCHS = 2000
"""More than there is time for: the run is stopped in the middle, as people do."""

_GROWN = re.compile(r"Curves over (\d+) epochs: training loss")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A model store that this process looks into as well; what still trains in it at the end is killed."""
    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_MODELS", str(folder))
        save_colour_model("street-lite0")
        yield folder
        for path in folder.glob("runs/*/status.json"):
            status = read_status(path.parent)
            if status.state in LIVE and status.pid is not None:
                os.kill(status.pid, 9)


@pytest.fixture(scope="module")
def app(serve: Serve, models: Path, tmp_path_factory: pytest.TempPathFactory) -> RunningApp:
    data = tmp_path_factory.mktemp("data")
    toytown(data / "toytown", 18, (96, 64))
    settings = {
        "STREETSCOPE_DATA": str(data),
        "STREETSCOPE_MODELS": str(models),
        "STREETSCOPE_CACHE": str(tmp_path_factory.mktemp("cache")),
        "OMP_NUM_THREADS": "1",
    }
    return serve(APP, env=settings)


def wait_for_epochs(page: Page, more_than: int) -> int:
    """Wait until the page's curve of the loss has more epochs, without a reload; returns how many."""
    handle = page.wait_for_function(
        """([pattern, least]) => {
            for (const each of document.querySelectorAll('[aria-label]')) {
                const found = each.getAttribute('aria-label').match(pattern);
                if (found && Number(found[1]) > least) return Number(found[1]);
            }
            return false;
        }""",
        arg=[_GROWN.pattern, more_than],
    )
    return int(handle.json_value())


def test_from_start_training_to_the_published_model(
    app: RunningApp, open_page: OpenPage, models: Path
) -> None:
    # A newcomer starts the classroom recipe on Toytown,
    page = open_page(f"{app.url}/training?set=toytown&recipe=classroom", height=1600)
    set_epochs(page, EPOCHS)
    start_button(page).click()
    page.get_by_role("link", name="Watch it learn").click()
    page.wait_for_url(re.compile("/runs.*run="))
    (run,) = (path.parent.name for path in (models / "runs").glob("*/settings.json"))
    assert run in page.url

    # sees the curve grow by itself and what the network sees change,
    first = wait_for_epochs(page, 0)
    assert wait_for_epochs(page, first) > first
    expect(page.get_by_role("img", name="Validation frame 1, the network").first).to_be_visible()
    expect(page.get_by_text(re.compile(rf"Stage small · epoch \d+ of {EPOCHS}"))).to_be_visible()

    # reloads in the middle and finds the same run,
    page.reload()
    seen = wait_for_epochs(page, first)
    assert run in page.url

    # stops it and resumes it from its last completed epoch,
    stop_button(page).click()
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(stop_button(page)).to_be_visible()
    wait_for_epochs(page, seen + 1)
    stop_button(page).click()
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_visible()
    history = read_history(run)
    assert [epoch.epoch for epoch in history] == list(range(1, len(history) + 1))

    # makes a model of what it has learnt, and segments a street with it.
    page.get_by_role("tab", name="Epochs").click()
    page.get_by_role("textbox", name="Model name").fill("my-classroom")
    page.get_by_role("button", name="Use as a model").click()
    page.get_by_role("button", name="Open my-classroom in Explore").click()
    page.wait_for_url(re.compile("model=my-classroom"))
    expect(page.locator(".viewer[data-ready=true]")).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"The network my-classroom has a pixel accuracy of \d"))
    ).to_be_visible()
