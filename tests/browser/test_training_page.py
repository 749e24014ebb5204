"""The Training page in a real Chromium, with real runs on a small Toytown, and the story that begins there:
start, watch, reload, stop, resume, publish, segment a street.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from core.toytown import toytown
from core.training.recipes.recipe import parse_recipe, read_recipe, recipe_text
from core.training.runs.folder import LOG, Label, create_run, run_folder
from core.training.runs.records import read_history
from core.training.runs.status import LIVE, StatusKeeper, enqueue, read_status
from tests.browser.charts import choose_mark
from tests.browser.house import APP, write_set
from tests.conftest import ROAD, SKY, save_colour_model

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Screenshot, Serve


_EPOCHS = 2000
"""More than there is time for: the run is stopped in the middle, as people do."""

_GROWN = re.compile(r"Curves over (\d+) epochs: training loss")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A model store; what still trains in it at the end is killed."""
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
    """The app with a small Toytown, and a data set with a mistake in its second label map."""
    data = tmp_path_factory.mktemp("data")
    toytown(data / "toytown", 18, (96, 64))
    street = np.full((48, 64), SKY, dtype=np.uint8)
    street[30:] = ROAD
    bad = street.copy()
    bad[0, 0] = 9
    frames = {f"good_{number}": (street, street) for number in range(4)} | {"last": (street, street)}
    write_set(data / "mistakes", {"bad": (bad, street)} | frames)
    cache = str(tmp_path_factory.mktemp("cache"))
    return serve(
        APP,
        env={
            "STREETSCOPE_DATA": str(data),
            "STREETSCOPE_MODELS": str(models),
            "STREETSCOPE_CACHE": cache,
            "OMP_NUM_THREADS": "1",
        },
    )


def start_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Start training")


def stop_button(page: Page) -> Locator:
    """Ours: Streamlit has one of its own above the page while a script runs for long."""
    return page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True)


def row(page: Page, state: str) -> Locator:
    """The newest run in the list, once it is in that state."""
    newest = page.locator("[class*=st-key-run_]").first
    expect(newest).to_contain_text(state)
    return newest


def set_epochs(page: Page, epochs: int) -> None:
    field = page.get_by_role("spinbutton", name="Epochs")
    field.fill(str(epochs))
    field.press("Enter")
    expect(page.get_by_text(f"{epochs:,} times through the pictures")).to_be_visible()


def type_recipe(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Recipe as text (TOML)")
    field.fill(text)
    field.press("Control+Enter")


def test_a_newcomer_starts_classroom_and_is_led_to_the_run(
    app: RunningApp, open_page: OpenPage, models: Path
) -> None:
    page = open_page(f"{app.url}/training", height=1600)
    expect(page.get_by_text("and learns the classes of CamVid-11 from")).to_be_visible()
    # Nothing is measured until somebody asks, and everybody sees what was measured then.
    expect(page.get_by_text("Nobody has measured yet how long this takes here.")).to_be_visible()
    page.get_by_role("button", name="Measure on this machine").click()
    measured = page.get_by_text(re.compile(r"on this machine, measured over \d+ batches"))
    expect(measured).to_be_visible()
    page.reload()
    expect(measured).to_be_visible()
    start_button(page).click()
    link = page.get_by_role("link", name="Watch it learn")
    expect(link).to_be_visible()
    (run,) = (path.name for path in (models / "runs").iterdir() if path.is_dir())
    expect(link).to_have_attribute("href", f"runs?run={run}")
    row(page, "Finished")
    expect(link).to_have_count(0)
    recipe = json.loads((models / "runs" / run / "recipe.json").read_text("utf-8"))
    assert recipe == json.loads(read_recipe("classroom").model_dump_json())


def test_form_and_text_follow_each_other(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/training", height=1600)
    set_epochs(page, 5)
    page.get_by_role("tab", name="Recipe as text").click()
    text = page.get_by_role("textbox", name="Recipe as text (TOML)")
    expect(text).to_have_value(recipe_text("classroom").replace("epochs = 12", "epochs = 5"))
    type_recipe(page, recipe_text("classroom").replace("epochs = 12", "epochs = 8"))
    expect(page.get_by_text("8 times through the pictures")).to_be_visible()
    page.get_by_role("tab", name="Settings").click()
    expect(page.get_by_role("spinbutton", name="Epochs")).to_have_value("8")
    rate = page.get_by_role("textbox", name="Learning rate")
    rate.fill("quick")
    rate.press("Enter")
    expect(page.get_by_text("'quick' is not a learning rate")).to_be_visible()
    expect(rate).to_have_value("0.005")


def test_a_broken_recipe_says_where_and_cannot_be_started(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/training?part=Recipe+as+text", height=1600)
    broken = recipe_text("classroom").replace("epochs = 12", "epochs = many")
    line = broken.splitlines().index("epochs = many") + 1
    type_recipe(page, broken)
    expect(page.get_by_text(f"at line {line}", exact=False)).to_be_visible()
    expect(start_button(page)).to_be_disabled()
    type_recipe(page, broken.replace("many", "-1"))
    expect(page.get_by_text(f"(line {line})", exact=False)).to_be_visible()
    expect(start_button(page)).to_be_disabled()
    page.get_by_role("button", name="Undo changes").click()
    expect(start_button(page)).to_be_enabled()


def test_a_measurement_is_cancelled(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/training?recipe=street", height=1600)
    page.get_by_role("button", name="Measure on this machine").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Measure on this machine")).to_be_visible()
    expect(start_button(page)).to_be_enabled()


def test_a_recipe_of_your_own_is_opened_and_saved(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/training", height=1600)
    own = recipe_text("classroom").replace('"classroom"', '"mine <b>"').replace("epochs = 12", "epochs = 4")
    as_json = parse_recipe(own.replace("epochs = 4", "epochs = 6")).model_dump_json()
    files: list[FilePayload] = [
        {"name": "broken.toml", "mimeType": "text/plain", "buffer": b"name = "},
        {"name": "mine.toml", "mimeType": "text/plain", "buffer": own.encode()},
        {"name": "mine.json", "mimeType": "text/plain", "buffer": as_json.encode()},
    ]
    # A list to choose from has a button of that name too.
    page.get_by_role("button", name="Open", exact=True).and_(page.get_by_test_id("stPopoverButton")).click()
    chooser = page.locator("[data-testid=stFileUploaderDropzoneInput]")
    chooser.set_input_files(files[0])
    expect(page.get_by_text("broken.toml is not a TOML file")).to_be_visible()
    chooser.set_input_files(files[1])
    expect(page.get_by_text("4 times through the pictures")).to_be_visible()
    chooser.set_input_files(files[2])
    expect(page.get_by_text("6 times through the pictures")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="mine b", exact=True).click()
    expect(page.get_by_text("4 times through the pictures")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="Save").click()
    assert started.value.suggested_filename == "mine-b.toml"
    assert Path(started.value.path()).read_text("utf-8") == own


def test_the_finders_marks_are_clicked_into_the_recipe(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/training?part=Learning+rate", height=1600)
    page.get_by_role("button", name="Find a learning rate").click()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    expect(page.get_by_text("Choose a mark")).to_be_visible()
    for name, trace in (("Steep", 2), ("Valley", 1)):
        label = page.get_by_role("button", name=re.compile(f"^{name}: ")).inner_text()
        rate = label.split(": ")[1]
        mark = page.locator(".js-plotly-plot .scatterlayer .trace").nth(trace).locator(".point")
        choose_mark(page, mark, f" {rate}: ")
        expect(page.get_by_text(f"small has the learning rate {rate}.")).to_be_visible()
        expect(page.get_by_text(f"its highest value is {rate}.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Steep: ")).click()
    page.get_by_role("tab", name="Recipe as text").click()
    text = page.get_by_role("textbox", name="Recipe as text (TOML)")
    expect(text).to_have_value(re.compile(r"\nlr = 0\.0\d+\n"))


def test_a_run_is_stopped_named_noted_and_deleted(app: RunningApp, open_page: OpenPage, models: Path) -> None:
    page = open_page(f"{app.url}/training", height=1800)
    set_epochs(page, 50_000)
    start_button(page).click()
    expect(page.get_by_text(re.compile(r"[1-9]\d* of 50000 epochs"))).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile(r"[1-9]\d* of 50000 epochs"))).to_be_visible()
    stop_button(page).click()
    stopped = row(page, "Stopped")

    stopped.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Title").fill("The *long* one")
    page.get_by_role("textbox", name="Note").fill("Never ends.")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(stopped.get_by_text("The *long* one")).to_be_visible()
    expect(stopped.get_by_text("Never ends.")).to_be_visible()

    before = {path.name for path in (models / "runs").iterdir() if path.is_dir()}
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Keep the run").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("The *long* one")).to_have_count(0)
    assert len(before - {path.name for path in (models / "runs").iterdir() if path.is_dir()}) == 1


def test_what_would_fail_is_said_before_and_leads_to_the_check(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/training?set=mistakes", height=1600)
    page.get_by_role("button", name="Measure on this machine").click()
    expect(page.get_by_text("This run would end before its first epoch")).to_be_visible()
    expect(page.get_by_text("bad_P.png", exact=False)).to_be_visible()
    expect(start_button(page)).to_be_disabled()
    page.get_by_role("link", name="Check the data set").click()
    expect(page.get_by_role("tab", name="Check")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text("bad_P.png holds the class number 9")).to_be_visible()


def test_a_failed_run_says_why_and_its_log_is_one_click_away(
    app: RunningApp, open_page: OpenPage, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREETSCOPE_MODELS", str(models))
    folder = run_folder(create_run(read_recipe("classroom"), tmp_path, label=Label(title="Hapless")))
    enqueue(folder)
    (folder / LOG).write_text("What it did.\nA long story.\n", "utf-8")
    with StatusKeeper(folder) as status:
        status.move("failed", "There is no room on the disk.")
    page = open_page(f"{app.url}/training", height=1800)
    failed = page.locator(f".st-key-run_{folder.name}")
    expect(failed).to_contain_text("There is no room on the disk.")
    expect(failed.get_by_text("A long story.")).to_have_count(0)
    failed.get_by_text("Log", exact=True).click()
    expect(failed.get_by_text("A long story.")).to_be_visible()


def test_both_themes_and_widths_are_kept_as_pictures(
    app: RunningApp, open_page: OpenPage, screenshots: Screenshot
) -> None:
    for width in (1280, 400):
        page = open_page(f"{app.url}/training", width=width, height=1600)
        expect(start_button(page)).to_be_enabled()
        expect(page.get_by_role("spinbutton", name="Epochs")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        screenshots(page, f"training-{width}")


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
    app: RunningApp, open_page: OpenPage, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREETSCOPE_MODELS", str(models))
    # A newcomer starts the classroom recipe on Toytown,
    page = open_page(f"{app.url}/training?set=toytown&recipe=classroom", height=1600)
    set_epochs(page, _EPOCHS)
    start_button(page).click()
    page.get_by_role("link", name="Watch it learn").click()
    page.wait_for_url(re.compile("/runs.*run="))
    run = page.url.partition("run=")[2].partition("&")[0]

    # sees the curve grow by itself and what the network sees change,
    first = wait_for_epochs(page, 0)
    assert wait_for_epochs(page, first) > first
    expect(page.get_by_role("img", name="Validation frame 1, the network").first).to_be_visible()
    expect(page.get_by_text(re.compile(rf"Stage small · epoch \d+ of {_EPOCHS}"))).to_be_visible()

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
