"""The Data page in a real Chromium: what it shows is what the files of a data set hold."""

from __future__ import annotations

import csv
import hashlib
import http.server
import io
import re
import shutil
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from core.classes import CAMVID_32
from tests.browser.house import STREET_SIZE, TOWN_FRAMES, TOWN_SIZE, WRONG, House, write_set
from tests.browser.test_pixel_viewer import click, expect_chosen, viewer
from tests.conftest import ROOT
from tests.layouts import LAYOUTS, write_layout

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Screenshot, Serve


class Toytown(NamedTuple):
    """Toytown's label maps as they are on disk, in the data set's order: training, then validation."""

    names: list[str]
    labels: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        return np.array([np.bincount(label.ravel(), minlength=len(CAMVID_32)) for label in self.labels])

    def numbers_having(self, name: str) -> np.ndarray:
        return np.flatnonzero(self.counts[:, CAMVID_32.index(name)])


@pytest.fixture(scope="module")
def data(house: House) -> Path:
    """The server's data folder."""
    return house.data


@pytest.fixture(scope="module")
def town(data: Path) -> Toytown:
    valid = set((data / "toytown" / "valid.txt").read_text().split())
    names = sorted(path.stem for path in (data / "toytown" / "images").iterdir())
    names.sort(key=lambda name: f"{name}.png" in valid)  # stable: training first
    labels = [np.array(Image.open(data / "toytown" / "labels" / f"{name}_P.png")) for name in names]
    return Toytown(names, np.array(labels))


def cards(page: Page) -> Locator:
    return page.locator(".gallery li button")


def open_gallery(page: Page, count: int = 24) -> Locator:
    """Wait until the gallery has its frames, and its filters their counts."""
    expect(cards(page)).to_have_count(count)
    expect(page.get_by_text("Frames with")).to_be_visible()
    return cards(page)


def shown_names(page: Page) -> list[str]:
    return page.locator(".gallery .name").all_inner_texts()


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of a select box or a multiselect."""
    page.get_by_label(label, exact=True).last.click()
    page.keyboard.type(option)  # of a long list, only the part in sight is there
    page.get_by_role("option", name=option, exact=True).click()


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def where(page: Page) -> Locator:
    return page.locator(".film .where")


# --- gallery --------------------------------------------------------------------------------------


def test_all_tabs_on_a_phone_in_the_dark_are_kept_as_pictures(
    app: RunningApp, open_page: OpenPage, screenshot: Screenshot
) -> None:
    seen = {
        "Gallery": ".gallery img.mask",
        "Frame": ".viewer[data-ready=true]",
        "Classes": "h3",
        "Statistics": ".js-plotly-plot .bars",
        "Label file": "table.window",
        "Check": "text=Clean",
    }
    page = open_page(f"{app.url}/data", width=400, theme="dark")
    open_gallery(page)
    for name, sign in seen.items():
        tab(page, name)
        expect(page.locator(sign).first).to_be_visible()
        screenshot(page, f"data-{name.lower().replace(' ', '-')}-400-dark")


def test_the_gallery_shows_pages_of_frames(app: RunningApp, open_page: OpenPage, town: Toytown) -> None:
    page = open_page(f"{app.url}/data", height=1500)
    open_gallery(page)
    assert shown_names(page) == town.names[:24]
    expect(page.get_by_text("30 of 30 frames")).to_be_visible()
    page.get_by_role("button", name="Next page").click()
    expect(cards(page)).to_have_count(6)
    assert shown_names(page) == town.names[24:]


def test_filters_leave_the_frames_that_have_the_class(
    app: RunningApp, open_page: OpenPage, town: Toytown
) -> None:
    page = open_page(f"{app.url}/data", height=1500)
    open_gallery(page)
    name = rare_class(town)
    having = town.numbers_having(name)
    choose(page, "Frames with", name)
    expect(page.get_by_text(f"{len(having)} of 30 frames")).to_be_visible()
    expect(cards(page)).to_have_count(min(24, len(having)))
    assert shown_names(page) == [town.names[number] for number in having[:24]]


def test_frames_are_sorted_by_a_class_share(app: RunningApp, open_page: OpenPage, town: Toytown) -> None:
    page = open_page(f"{app.url}/data", height=1500)
    open_gallery(page)
    choose(page, "Largest share first of", "Sky")
    order = np.argsort(-town.counts[:, CAMVID_32.index("Sky")], kind="stable")
    expect(page.locator(".gallery .name").first).to_have_text(town.names[order[0]])
    assert shown_names(page) == [town.names[number] for number in order[:24]]


def test_only_a_splits_frames_are_left(app: RunningApp, open_page: OpenPage, data: Path) -> None:
    page = open_page(f"{app.url}/data", height=1500)
    open_gallery(page)
    valid = (data / "toytown" / "valid.txt").read_text().split()
    page.get_by_role("radio", name="Validation").click()
    expect(page.get_by_text(f"{len(valid)} of 30 frames")).to_be_visible()
    expect(cards(page)).to_have_count(len(valid))
    assert shown_names(page) == [name.removesuffix(".png") for name in sorted(valid)]


def test_the_slider_hides_the_labels_and_the_keys_move_from_card_to_card(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page(f"{app.url}/data", height=1500)
    shown = open_gallery(page)
    mask = page.locator(".gallery img.mask").first
    expect(mask).to_have_css("opacity", "0.55")
    slider = page.get_by_role("slider", name="Labels")
    slider.focus()
    slider.press("Home")
    expect(mask).to_have_css("opacity", "0")
    shown.nth(0).focus()
    page.keyboard.press("ArrowRight")
    expect(shown.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(shown.nth(23)).to_be_focused()
    page.keyboard.press("Enter")
    viewer(page)
    expect(page).to_have_url(re.compile("tab=Frame"))


WATCH_FILM = """stage => {
    stage.played = [];
    const watcher = new MutationObserver(() => stage.played.push(stage.dataset.frame));
    watcher.observe(stage, { attributeFilter: ["data-frame"] });
}"""


def rare_class(town: Toytown) -> str:
    """A class that about half of the frames have."""
    frames = (town.counts > 0).sum(axis=0)
    return CAMVID_32.names[int(np.abs(frames - TOWN_FRAMES / 2).argmin())]


# --- one frame ------------------------------------------------------------------------------------


def test_a_frame_opens_with_its_true_classes(app: RunningApp, open_page: OpenPage, town: Toytown) -> None:
    page = open_page(f"{app.url}/data", height=1500)
    open_gallery(page).nth(3).click()
    shown = viewer(page)
    expect(where(page)).to_contain_text("frame 4 of 30")
    click(page, shown, 100, 30, TOWN_SIZE)
    expect_chosen(shown, 100, 30)
    truth = CAMVID_32.names[town.labels[3][100, 30]]
    expect(shown.locator(".readout.chosen .what")).to_have_text(truth)
    expect(page).to_have_url(re.compile(f"frame={town.names[3]}"))
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Label map, numbers (PNG)").click()
    assert started.value.suggested_filename == f"{town.names[3]}-label.png"
    assert (np.array(Image.open(started.value.path())) == town.labels[3]).all()


def test_a_filter_is_kept_while_frames_are_looked_at(
    app: RunningApp, open_page: OpenPage, town: Toytown
) -> None:
    page = open_page(f"{app.url}/data", height=800)
    open_gallery(page)
    name = rare_class(town)
    having = [town.names[number] for number in town.numbers_having(name)]
    choose(page, "Frames with", name)
    expect(page.get_by_text(f"{len(having)} of 30 frames")).to_be_visible()
    last = cards(page).nth(len(having) - 2)
    last.click()
    viewer(page)
    expect(where(page)).to_have_text(f"frame {len(having) - 1} of {len(having)} with {name}")
    expect(where(page)).to_be_in_viewport()  # the gallery was scrolled down
    page.get_by_role("button", name="Next frame").click()
    expect(where(page)).to_have_text(f"frame {len(having)} of {len(having)} with {name}")
    expect(page.get_by_role("button", name="Next frame")).to_be_disabled()
    expect(page).to_have_url(re.compile(f"frame={having[-1]}"))
    expect(page).to_have_url(re.compile(f"with={name}"))

    again = open_page(page.url)
    expect(where(again)).to_have_text(f"frame {len(having)} of {len(having)} with {name}")
    again.get_by_role("button", name="Filter").click()
    again.get_by_role("textbox", name="Name contains").fill(having[0])
    again.keyboard.press("Enter")
    expect(where(again)).to_have_text(f"frame 1 of 1 with {name}, named “{having[0]}”")

    tab(page, "Gallery")
    expect(page.get_by_text(f"{len(having)} of 30 frames")).to_be_visible()
    expect(cards(page).nth(len(having) - 1)).to_be_focused()
    expect(cards(page).nth(len(having) - 1)).to_be_in_viewport()


def test_the_way_back_from_a_frame_leads_to_the_gallery_as_it_was(
    app: RunningApp, open_page: OpenPage, town: Toytown
) -> None:
    page = open_page(f"{app.url}/data?with=Sky&with=Dragon", height=800)
    expect(page.get_by_text("No frame here has the class Dragon: the filter leaves it out.")).to_be_visible()
    open_gallery(page)
    page.get_by_role("button", name="Next page").click()
    expect(cards(page)).to_have_count(6)
    cards(page).nth(5).click()
    viewer(page)
    expect(where(page)).to_have_text("frame 30 of 30 with Sky")
    page.go_back()
    expect(cards(page)).to_have_count(6)
    expect(cards(page).nth(5)).to_be_focused()
    expect(cards(page).nth(5)).to_be_in_viewport()


def test_arrow_keys_step_from_frame_to_frame_but_not_while_the_picture_has_them(
    app: RunningApp, open_page: OpenPage, town: Toytown
) -> None:
    page = open_page(f"{app.url}/data?tab=Frame&frame={town.names[4]}", height=1500)
    shown = viewer(page)
    expect(where(page)).to_contain_text("frame 5 of 30")
    page.keyboard.press("ArrowRight")
    expect(where(page)).to_contain_text("frame 6 of 30")
    expect(page).to_have_url(re.compile(f"frame={town.names[5]}"))
    viewer(page)
    page.keyboard.press("ArrowLeft")
    expect(where(page)).to_contain_text("frame 5 of 30")
    viewer(page)
    row, col = (int(shown.get_attribute(name) or -1) for name in ("data-row", "data-col"))
    shown.locator(".marks").focus()
    page.keyboard.press("ArrowRight")
    expect_chosen(shown, row, col + 1)
    page.get_by_role("button", name="Next frame").click()
    expect(where(page)).to_contain_text("frame 6 of 30")  # 6, not 7: the key in the picture was its own


def test_photo_and_label_map_lie_side_by_side_and_move_together(
    app: RunningApp, open_page: OpenPage, town: Toytown
) -> None:
    page = open_page(f"{app.url}/data?tab=Frame&show=Side+by+side&frame={town.names[0]}", height=800)
    photo, mask = viewer(page, 0), viewer(page, 1)
    box = photo.locator(".stage").bounding_box()
    assert box is not None
    assert box["y"] < 500
    expect(page.get_by_role("group", name="View of photo and label map")).to_be_visible()
    assert photo.locator(".toolbar").is_hidden()
    expect(photo).to_have_attribute("data-view", "photo")
    expect(mask).to_have_attribute("data-view", "mask")
    click(page, photo, 20, 40, TOWN_SIZE)
    expect_chosen(mask, 20, 40)


def test_a_drive_plays_as_a_film_and_stops_where_it_is(
    app: RunningApp, open_page: OpenPage, town: Toytown
) -> None:
    page = open_page(f"{app.url}/data?tab=Frame&frame={town.names[0]}", height=1500)
    viewer(page)
    stage = page.locator(".film .stage")
    stage.evaluate(WATCH_FILM)
    page.get_by_role("button", name="Play").click()
    # Frames go by faster than we look, so the page writes them down.
    page.wait_for_function("seen => seen.played.length >= 3", arg=stage.element_handle())
    assert stage.evaluate("stage => stage.played.slice(0, 3)") == town.names[:3]
    expect(page.locator(".viewer")).to_have_count(0)
    page.get_by_role("button", name="Pause").click()
    expect(stage).to_be_hidden()
    viewer(page)
    stopped = stage.get_attribute("data-frame")
    assert stopped in town.names[:12]
    expect(page).to_have_url(re.compile(f"frame={stopped}$|frame={stopped}&"))


def test_a_prediction_is_held_against_the_truth(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/data?set=street&tab=Frame&show=Prediction&frame=street_1", height=1500)
    truth, said, wrong = (viewer(page, number) for number in range(3))
    click(page, truth, 0, 3, STREET_SIZE)
    for shown, words in ((truth, "Sky"), (said, "Road"), (wrong, "Road, wrongly")):
        expect_chosen(shown, 0, 3)
        expect(shown.locator(".readout.chosen .what")).to_contain_text(words)
    click(page, truth, 0, WRONG + 3, STREET_SIZE)
    expect(wrong.locator(".readout.chosen .what")).to_have_text("right")
    pixels = STREET_SIZE[0] * STREET_SIZE[1]
    metrics = page.locator("[data-testid=stMetricValue]")
    expect(metrics.nth(0)).to_have_text(f"{1 - WRONG / pixels:.1%}")
    sky, road = 60 * STREET_SIZE[1], 36 * STREET_SIZE[1]
    expect(metrics.nth(1)).to_have_text(f"{((sky - WRONG) / sky + road / (road + WRONG)) / 2:.1%}")
    expect(page.get_by_text("mean over the 2 of 4 classes that occur in it")).to_be_visible()


# --- classes, statistics, label file, check -------------------------------------------------------


def test_a_class_card_leads_to_the_frames_that_have_it(
    app: RunningApp, open_page: OpenPage, town: Toytown
) -> None:
    page = open_page(f"{app.url}/data?tab=Classes", height=800)
    example = page.locator("button.example:not(.none)").last
    example.click()
    viewer(page)
    expect(where(page)).to_be_in_viewport()  # the cards were scrolled down
    page.go_back()
    expect(example).to_be_in_viewport()
    name = rare_class(town)
    card = page.locator("li").filter(has=page.get_by_role("heading", name=re.compile(rf"^{name}\b")))
    pixels = int(town.counts[:, CAMVID_32.index(name)].sum())
    expect(card).to_contain_text(f"{pixels:,} pixels")
    expect(card).to_contain_text(CAMVID_32.classes[CAMVID_32.index(name)].meaning)
    page.get_by_role("button", name=f"Frames with {name}", exact=True).click()
    having = town.numbers_having(name)
    expect(page.get_by_text(f"{len(having)} of 30 frames")).to_be_visible()
    order = having[np.argsort(-town.counts[having, CAMVID_32.index(name)], kind="stable")]
    expect(page.locator(".gallery .name").first).to_have_text(town.names[order[0]])


def test_statistics_are_drawn_and_are_files(app: RunningApp, open_page: OpenPage, town: Toytown) -> None:
    page = open_page(f"{app.url}/data?tab=Statistics", height=1500)
    bars = page.locator(".js-plotly-plot .bars .point")
    occurring = int((town.counts.sum(axis=0) > 0).sum())
    expect(bars).to_have_count(occurring)
    with page.expect_download() as started:
        page.get_by_role("button", name="CSV").click()
    assert started.value.suggested_filename == "toytown-shares.csv"
    rows = {row["class"]: row for row in csv.DictReader(io.StringIO(started.value.path().read_text()))}
    assert {name: int(row["pixels"]) for name, row in rows.items()} == dict(
        zip(CAMVID_32.names, town.counts.sum(axis=0).tolist(), strict=True)
    )
    with page.expect_download() as started:
        page.get_by_role("button", name="HTML").click()
    assert "Plotly.newPlot" in started.value.path().read_text("utf-8")
    page.get_by_role("radio", name="Split", exact=True).click()
    expect(page.locator(".js-plotly-plot .legendtext").first).to_have_text("training")
    page.get_by_role("radio", name="Where it is").click()
    expect(page.locator(".js-plotly-plot .hm")).to_have_count(1)


def test_a_label_file_is_shown_as_the_numbers_it_holds(
    app: RunningApp, open_page: OpenPage, town: Toytown
) -> None:
    page = open_page(f"{app.url}/data?tab=Label+file&frame={town.names[1]}", height=1500)
    shown = viewer(page)
    click(page, shown, 60, 80, TOWN_SIZE)
    number = int(town.labels[1][60, 80])
    expect(page.get_by_text(f"Pixel (60, 80) holds {number}: line {number} of the list")).to_be_visible()
    window = town.labels[1][54:66, 74:86]
    cells = page.locator("table.window").first.locator("td")
    expect(cells).to_have_text([str(each) for each in window.ravel()])
    here = page.locator(".codes li.here")  # comes last: those of the pixel before may still be there
    expect(here).to_have_text([re.compile(rf"^{n}\s*{CAMVID_32.names[n]}$") for n in np.unique(window)])


def test_each_problem_leads_to_its_frame(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/data?set=mistakes&tab=Check", height=1500)
    expect(page.get_by_text("bad_2_P.png holds the class number 9")).to_be_visible()
    expect(page.get_by_text("2 problems in 2 frames.")).to_be_visible()
    page.get_by_role("button", name="bad_2").first.click()
    expect(page.get_by_text("bad_2 cannot be shown")).to_be_visible()
    page.get_by_role("button", name="Previous frame").click()
    viewer(page)
    tab(page, "Statistics")
    expect(page.get_by_text("The classes cannot be counted", exact=False)).to_be_visible()


# --- which data set -------------------------------------------------------------------------------


def test_a_folder_is_opened_and_remembered(app: RunningApp, open_page: OpenPage, tmp_path: Path) -> None:
    label = np.zeros((40, 48), dtype=np.uint8)
    write_set(tmp_path / "elsewhere", {f"one_{number}": (label, label) for number in range(3)})
    page = open_page(f"{app.url}/data", height=1500)
    open_gallery(page)
    page.get_by_role("button", name="Open a folder").click()
    field = page.get_by_role("textbox", name="Folder on this machine")
    field.fill(str(tmp_path / "nothing"))
    field.press("Enter")
    expect(page.get_by_text("does not exist; check how it is written", exact=False)).to_be_visible()
    field.fill(str(tmp_path / "elsewhere"))
    field.press("Enter")
    expect(page.get_by_text("3 of 3 frames")).to_be_visible()
    again = open_page(page.url, apart=True)
    expect(again.get_by_text("3 of 3 frames")).to_be_visible()


def test_a_folder_in_any_layout_shows_its_true_classes(
    app: RunningApp, open_page: OpenPage, tmp_path: Path
) -> None:
    label = np.full(STREET_SIZE, 0, dtype=np.uint8)
    label[60:] = 1
    page = open_page(f"{app.url}/data", height=1500)
    open_gallery(page)
    for layout in LAYOUTS:
        names = [f"{layout}_{number}" for number in range(3)]
        frames = {"train": dict.fromkeys(names[:2], label), "valid": {names[2]: label}}
        write_layout(tmp_path / layout, layout, frames)
        page.get_by_role("button", name="Open a folder").click()
        field = page.get_by_role("textbox", name="Folder on this machine")
        field.fill(str(tmp_path / layout))
        field.press("Enter")
        expect(page.get_by_text("3 of 3 frames")).to_be_visible()
        page.get_by_role("button", name=f"Open frame {names[0]}").click()
        shown = viewer(page)
        for row, name in ((59, "Sky"), (60, "Building" if layout == "segnet" else "Road")):
            click(page, shown, row, 30, STREET_SIZE)
            expect(shown.locator(".readout.chosen .what")).to_have_text(name)
        tab(page, "Gallery")


# --- download -------------------------------------------------------------------------------------


class Archive(NamedTuple):
    """A server's archive, how much of it is given before the server waits, and what it waits for."""

    body: bytes
    begin: int
    go_on: threading.Event


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """`camvid-tiny` in fastai's layout, of several hundred kilobytes."""
    rng = np.random.default_rng(4)
    label = np.zeros((240, 320), dtype=np.uint8)
    made = tmp_path_factory.mktemp("archive") / "camvid_tiny"
    write_set(made, {f"tiny_{number}": (label, label) for number in range(4)})
    for path in (made / "images").iterdir():
        Image.fromarray(rng.integers(0, 256, (240, 320, 3), dtype=np.uint8)).save(path)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.add(made, "camvid_tiny")
    return Archive(packed.getvalue(), 300_000, threading.Event())


@pytest.fixture(scope="module")
def archive_url(archive: Archive) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
            self.send_response(206 if start else 200)
            self.send_header("ETag", '"one"')
            self.send_header("Content-Length", str(len(archive.body) - start))
            if start:
                size = len(archive.body)
                self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
            self.end_headers()
            try:
                self.wfile.write(archive.body[start : max(start, archive.begin)])
                # a little at a time, so that whoever downloads hears of a cancel
                for at in range(max(start, archive.begin), len(archive.body), 4096):
                    archive.go_on.wait(0.2)
                    self.wfile.write(archive.body[at : at + 4096])
            except OSError:
                pass  # the download was cancelled
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/camvid_tiny.tgz"
    archive.go_on.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with nothing in it yet."""
    return tmp_path_factory.mktemp("newcomer") / "data"


@pytest.fixture(scope="module")
def first_use(serve: Serve, house: House, newcomer: Path, archive: Archive, archive_url: str) -> RunningApp:
    """The Data page with that folder; see `data_app.py`."""
    head = hashlib.md5(archive.body[: 1024**2], usedforsecurity=False).hexdigest()
    source = f"{archive_url} {len(archive.body)} {head}"
    env = {"STREETSCOPE_DATA": str(newcomer), "STREETSCOPE_TEST_SOURCE": source}
    return serve(ROOT / "tests/browser/data_app.py", env=house.settings | env)


def test_toytown_is_made_on_first_use(first_use: RunningApp, open_page: OpenPage, newcomer: Path) -> None:
    """A newcomer sees a bar with the time left, and then the gallery; leaving the page does not stop it."""
    shutil.rmtree(newcomer, ignore_errors=True)
    page = open_page(first_use.url)
    expect(page.get_by_text(re.compile(r"Drawing Toytown · frame \d+ of 24"))).to_be_visible()
    page.reload()
    expect(page.get_by_text("24 of 24 frames")).to_be_visible()
    open_gallery(page)


def test_a_download_is_cancelled_goes_on_after_a_reload_and_arrives(
    first_use: RunningApp, archive: Archive, open_page: OpenPage, newcomer: Path
) -> None:
    page = open_page(first_use.url)
    open_gallery(page)
    start_download(page, "CamVid tiny")
    bar = page.get_by_text("Downloading camvid-tiny", exact=False)
    expect(bar).to_contain_text("MB downloaded")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The download of camvid-tiny was stopped", exact=False)).to_be_visible()
    assert not (newcomer / "camvid-tiny").exists()

    start_download(page, "CamVid tiny")
    expect(bar).to_be_visible()
    page.reload()
    expect(bar).to_be_visible()
    archive.go_on.set()
    page.get_by_role("button", name="Show camvid-tiny").click()
    expect(page.get_by_text("4 of 4 frames")).to_be_visible()


def start_download(page: Page, name: str) -> None:
    page.get_by_role("button", name="Get CamVid").click()
    page.get_by_role("button", name=name, exact=False).click()


def test_without_a_network_there_is_a_sentence(first_use: RunningApp, open_page: OpenPage) -> None:
    page = open_page(first_use.url)
    open_gallery(page)
    start_download(page, "nowhere")
    expect(page.get_by_text("127.0.0.1:9 cannot be reached", exact=False)).to_be_visible()
