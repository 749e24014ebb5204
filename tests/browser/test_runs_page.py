"""The Runs page in a real Chromium: runs that were really trained, and one that goes on while we look."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import Download, Locator, Page, expect

from core.datasets.layouts.opening import open_dataset
from core.files import write_text
from core.models.store import read_card
from core.toytown import toytown
from core.training.runs.folder import HISTORY, LOG, Label, append_row, create_run, run_folder
from core.training.runs.records import Epoch, RunView, read_run
from core.training.runs.status import enqueue
from core.training.workers.train import work
from tests.browser.house import APP
from tests.browser.test_training_page import stop_button
from tests.conftest import save_colour_model
from tests.runs import make_recipe, make_stage, write

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Screenshot, Serve


TITLE = "First try"


@dataclass(frozen=True)
class Place:
    """Where the server of these tests has its files, and a data set in them."""

    models: Path
    data: Path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A store with two finished runs of real training: `first` with two stages, `second` with one."""
    models, data = tmp_path_factory.mktemp("models"), tmp_path_factory.mktemp("data")
    toytown(data / "toytown", 12, (96, 72))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_MODELS", str(models))
        save_colour_model("street-lite0")
        two = (make_stage("small", 2, lr=0.05), make_stage("large", 1, lr=0.1))
        for name, title, stages in (("second", "", two[:1]), ("first", TITLE, two)):
            recipe = make_recipe(*stages, every_epoch=True)
            create_run(recipe, data / "toytown", run=name, label=Label(title=title))
            enqueue(run_folder(name))
            work(name)
        yield Place(models, data)


@pytest.fixture(scope="module")
def app(serve: Serve, place: Place, tmp_path_factory: pytest.TempPathFactory) -> RunningApp:
    settings = {
        "STREETSCOPE_MODELS": str(place.models),
        "STREETSCOPE_DATA": str(place.data),
        "STREETSCOPE_CACHE": str(tmp_path_factory.mktemp("cache")),
    }
    return serve(APP, env=settings)


@pytest.fixture
def view(place: Place) -> RunView:
    return read_run("first")


@pytest.fixture
def live(place: Place) -> Iterator[Path]:
    """The folder of a run that this test's own process trains, as far as anybody can see; gone afterwards."""
    create_run(make_recipe(make_stage("only", 4)), place.data / "toytown", run="live")
    folder = run_folder("live")
    enqueue(folder)
    train_on(folder, 1)
    yield folder
    folder.rename(place.models / f"gone-{time.monotonic_ns()}")


def train_on(folder: Path, epoch: int, state: str = "running") -> None:
    """Write what a run writes when an epoch has ended."""
    append_row(folder / HISTORY, Epoch._fields, ("only", epoch, 1 / epoch, 2 / epoch, 0.2 * epoch, 0.1, 3.0))
    batch = ("only", epoch, 1, 1 / epoch, 1 / epoch, 1e-3, 0.9, epoch * 3.0)
    append_row(
        folder / "batches.csv",
        ("stage", "epoch", "batch", "loss", "smooth_loss", "lr", "momentum", "seconds"),
        batch,
    )
    write(
        folder,
        state=state,
        stage="only",
        epoch=epoch,
        epochs=4,
        done=epoch,
        total=4,
        batches=1,
        message="Training only.",
    )


def chart(page: Page, words: str) -> Locator:
    """A chart by how its description begins."""
    return page.locator(f'[aria-label^="{words}"]')


def metric(page: Page, label: str) -> Locator:
    return (
        page.get_by_test_id("stMetric")
        .filter(has=page.get_by_text(label, exact=True))
        .get_by_test_id("stMetricValue")
    )


def seen(page: Page, name: str) -> bytes:
    """The file behind the picture of that description, once it is there."""
    picture = page.get_by_role("img", name=name)
    expect(picture).to_have_js_property("complete", value=True)
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    # Of a picture that has just been chosen, the one before stays until it is decoded.
    page.wait_for_function("image => image.src === image.dataset.wanted", arg=picture.element_handle())
    found = page.request.get(picture.evaluate("image => image.src"))
    return found.body()


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def settle(page: Page) -> None:
    """Wait until all charts and pictures are there: a menu opened before stays where its button was."""
    for words in (": training loss", ": pixel accuracy", ": the learning rate", ": batches per second"):
        expect(page.locator(f'[aria-label*="{words}"] canvas').first).to_be_visible()
    page.wait_for_function("[...document.images].every((image) => image.complete)")


def download(page: Page, label: str) -> bytes:
    with page.expect_download() as found:
        page.get_by_role("button", name=label, exact=True).click()
    value: Download = found.value
    return Path(value.path()).read_bytes()


# --- what is there --------------------------------------------------------------------------------


def test_all_tabs_on_a_phone_in_the_dark_are_kept_as_pictures(
    app: RunningApp, open_page: OpenPage, screenshot: Screenshot
) -> None:
    seen = {
        "Monitor": "text=Watch it learn",
        "Epochs": "[data-testid=stDataFrame] canvas",
        "About": "text=Recipe (TOML)",
        "Compare": "[data-testid=stEChartsChart] canvas",
    }
    page = open_page(f"{app.url}/runs?run=first", width=400, theme="dark")
    for name, selector in seen.items():
        tab(page, name)
        expect(page.locator(selector).first).to_be_visible()
        # A picture that is still on its way when its tab is left would be missing on the server.
        page.wait_for_function("[...document.images].every(image => image.complete)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        screenshot(page, f"runs-{name.lower()}-dark-400")


def test_a_finished_run_shows_its_last_and_best_figures_and_all_its_curves(
    app: RunningApp, open_page: OpenPage, view: RunView
) -> None:
    page = open_page(f"{app.url}/runs?run=first")
    last = view.history[-1]
    assert view.best is not None

    expect(metric(page, "Training loss")).to_have_text(f"{last.train_loss:.3f}")
    expect(metric(page, "Pixel accuracy")).to_have_text(f"{last.acc_camvid:.1%}")
    expect(metric(page, "Best pixel accuracy, full size")).to_have_text(f"{view.best.acc_camvid:.1%}")
    for words in ("training loss", "pixel accuracy", "the learning rate"):
        expect(chart(page, f"Curves over 3 epochs: {words}").locator("canvas")).to_be_visible()
    expect(chart(page, "Curve over 3 epochs: batches per second").locator("canvas")).to_be_visible()
    expect(stop_button(page)).to_have_count(0)


def test_address_and_reload_show_the_same_run_and_tab(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/runs?run=second&tab=About")
    tab(page, "Epochs")
    expect(page).to_have_url(re.compile("run=second.*tab=Epochs|tab=Epochs.*run=second"))
    page.reload()

    expect(page.get_by_role("tab", name="Epochs")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("region", name="Table of 2 epochs")).to_be_visible()


def test_choosing_another_run_writes_its_id_into_the_address(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/runs?run=second")
    page.get_by_label("Run", exact=True).click()
    page.get_by_role("option", name=f"{TITLE} (first)").click()

    page.wait_for_url(re.compile("run=first"))
    expect(chart(page, "Curves over 3 epochs: training loss")).to_be_visible()


def test_the_slider_goes_back_to_what_the_untrained_network_saw(
    app: RunningApp, open_page: OpenPage, view: RunView
) -> None:
    page = open_page(f"{app.url}/runs?run=first")
    last, moments = view.history[-1], len(view.previews)
    now = f"Validation frame 1, the network, large, epoch 1, pixel accuracy {last.acc_camvid:.1%}"
    learnt = seen(page, now)
    expect(page.get_by_role("img", name="Validation frame")).to_have_count(3 * len(view.photos))
    slider = page.get_by_role("slider", name="Moment")
    expect(slider).to_have_value(str(moments))
    slider.focus()
    page.keyboard.press("Home")

    untrained = seen(page, "Validation frame 1, the network, before the first batch")
    assert untrained == view.previews[0].pictures[0].read_bytes()
    assert learnt == view.previews[-1].pictures[0].read_bytes()
    expect(slider).to_have_attribute("aria-valuetext", "before the first batch")


def test_the_moments_play_as_a_film_to_the_newest(
    app: RunningApp, open_page: OpenPage, view: RunView
) -> None:
    page = open_page(f"{app.url}/runs?run=first")
    slider = page.get_by_role("slider", name="Moment")
    slider.focus()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(slider).to_have_value(str(len(view.previews)))


def test_the_film_is_a_gif_with_every_moment(app: RunningApp, open_page: OpenPage, view: RunView) -> None:
    page = open_page(f"{app.url}/runs?run=first")
    page.get_by_role("button", name="Make an animated GIF").click()
    expect(page.get_by_role("button", name="Download the GIF")).to_be_visible()
    with Image.open(io.BytesIO(download(page, "Download the GIF"))) as film:
        assert (film.format, film.n_frames) == ("GIF", len(view.previews))


def test_figures_and_curves_can_be_downloaded(app: RunningApp, open_page: OpenPage, view: RunView) -> None:
    page = open_page(f"{app.url}/runs?run=first")
    settle(page)
    page.get_by_role("button", name="Download", exact=True).click()
    epochs = list(csv.DictReader(io.StringIO(download(page, "Epochs (CSV)").decode())))
    assert [float(row["acc_camvid"]) for row in epochs] == [epoch.acc_camvid for epoch in view.history]
    curves = download(page, "Curves (HTML)").decode()
    assert curves.count("Plotly.newPlot") >= 4
    assert b"smooth_loss" in download(page, "Batches (CSV)")


# --- what goes on ---------------------------------------------------------------------------------


def test_a_live_run_grows_by_itself_in_the_same_chart_until_it_ends(
    app: RunningApp, open_page: OpenPage, live: Path
) -> None:
    page = open_page(f"{app.url}/runs?run=live")
    canvas = chart(page, "Curves over 1 epochs: training loss").locator("canvas")
    expect(canvas).to_be_visible()
    canvas.evaluate("canvas => { canvas.dataset.mark = 'mine' }")
    expect(page.get_by_text("Stage only · epoch 2 of 4")).to_be_visible()
    expect(metric(page, "The run's memory")).to_contain_text("GiB")
    train_on(live, 2)

    expect(metric(page, "Training loss")).to_have_text("0.500")
    grown = chart(page, "Curves over 2 epochs: training loss").locator("canvas")
    expect(grown).to_have_attribute("data-mark", "mine")
    expect(stop_button(page)).to_be_visible()
    train_on(live, 3, "finished")
    expect(page.get_by_text("It trained for")).to_be_visible()
    expect(stop_button(page)).to_have_count(0)
    expect(metric(page, "Training loss")).to_have_text("0.333")


def test_a_moment_that_somebody_looks_at_stays_while_new_ones_come(
    app: RunningApp, open_page: OpenPage, place: Place, live: Path
) -> None:
    previews = live / "previews"
    previews.mkdir()
    for name in ("photo-0", "truth-0", "000001-0", "000002-0", "000003-0", "000004-0"):
        Image.new("RGB", (24, 16), (len(name), 0, 0)).save(previews / f"{name}.png")

    def draw(number: int) -> None:
        append_row(
            previews / "index.csv",
            ("number", "stage", "epoch", "batch", "seconds"),
            (number, "only", 1, number - 1, 1.0),
        )

    for number in (1, 2, 3):
        draw(number)
    page = open_page(f"{app.url}/runs?run=live")
    slider = page.get_by_role("slider", name="Moment")
    expect(slider).to_have_value("3")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.get_by_text("Before the first batch")).to_be_visible()
    draw(4)

    expect(slider).to_have_attribute("max", "4")
    expect(slider).to_have_value("1")
    slider.focus()
    page.keyboard.press("End")
    expect(slider).to_have_value("4")
    expect(page.get_by_text("Before the first batch")).to_have_count(0)


def test_the_log_of_a_failed_run_is_one_click_away(app: RunningApp, open_page: OpenPage, live: Path) -> None:
    write_text(live / LOG, "the very last words\n")
    write(live, state="failed", message="The memory is too small.")
    page = open_page(f"{app.url}/runs?run=live")

    expect(page.get_by_text("The memory is too small.")).to_be_visible()
    page.get_by_role("button", name="Log", exact=True).click()
    expect(page.get_by_text("the very last words")).to_be_visible()


# --- compare, publish -----------------------------------------------------------------------------


def test_runs_are_compared_over_published_accuracies(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/runs?run=first&tab=Compare&compared=first,second")
    expect(chart(page, f"Curves over epochs: pixel accuracy of {TITLE} (first), second.")).to_be_visible()
    page.get_by_role("button", name="fast.ai lesson 3").click()
    page.wait_for_url(re.compile("beneath="))
    expect(page.get_by_text("stage 2, big: 93.3% (CamVid-32, full size)")).to_be_visible()
    page.get_by_role("radio", name="Time").click()

    expect(chart(page, "Curves over minutes of training: pixel accuracy")).to_be_visible()
    page.reload()
    expect(chart(page, "Curves over minutes of training: pixel accuracy")).to_be_visible()
    assert "fast.ai lesson 3, stage 2, big: 93.3% (CamVid-32, full size)" in download(page, "HTML").decode()


def test_a_checkpoint_becomes_a_model_that_explore_opens(
    app: RunningApp, open_page: OpenPage, view: RunView
) -> None:
    page = open_page(f"{app.url}/runs?run=first&tab=Epochs")
    name = page.get_by_role("textbox", name="Model name")
    name.fill("street-lite0")
    page.get_by_role("button", name="Use as a model").click()
    expect(page.get_by_text("comes with StreetScope; give yours another name")).to_be_visible()
    name.fill("learnt")
    page.get_by_role("button", name="Use as a model").click()

    expect(page.get_by_text("learnt is in the model store.")).to_be_visible()
    assert read_card("learnt").training["epochs"] == len(view.history)
    page.get_by_role("button", name="Open learnt in Explore").click()
    page.wait_for_url(re.compile(r"model=learnt"))
    # A picture of the data that it learnt, at the size at which it was trained.
    height, width = read_card("learnt").trained_size
    frame = open_dataset(Path(view.settings.data)).valid[0].name
    expect(page.get_by_text(f"{frame}.png at {width} x {height} · a validation picture of")).to_be_visible()
    size = page.get_by_role("combobox", name="Working size")
    expect(size).to_have_value(f"As trained ({max(height, width)})")
