"""A correction's story: upload, correct, train, see the difference, export, import into an empty copy."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core.annotation.formats import cvat
from core.annotation.runs import NOT_REVIEWED
from core.annotation.strokes import brush
from core.models.store import read_card
from core.toytown import frame, toytown
from core.training.corrections.figures import read_learned
from core.training.runs.status import LIVE, read_status
from tests.browser.house import APP
from tests.browser.test_annotate import editor
from tests.browser.test_explore import upload
from tests.corrected import NEW, save_start_model

if TYPE_CHECKING:
    from core.models.card import ModelCard
    from tests.browser.conftest import OpenPage, RunningApp, Serve

WIDTH, HEIGHT = 96, 64
MODEL, LEARNT = "street-lite0", "street-lite0-corrected"

LEARNING_SECONDS = 180
"""Far more than the real recipe takes on one tiny photo: 80 steps and the measuring before and after."""


class Copy:
    """A copy of StreetScope with a folder of its own for data and for models, and nothing in the first."""

    def __init__(self, serve: Serve, folder: Path) -> None:
        self.data, self.models = folder / "data", folder / "models"
        for each in (self.data, self.models, folder / "cache"):
            each.mkdir()
        settings = {f"STREETSCOPE_{name.upper()}": str(folder / name) for name in ("data", "models", "cache")}
        self._env = settings | {"OMP_NUM_THREADS": "1"}
        self._serve = serve

    def app(self) -> RunningApp:
        """Its server, once what it starts with is in the folders."""
        return self._serve(APP, env=self._env)

    def corrected(self) -> tuple[np.ndarray, np.ndarray]:
        """(H, W, 3) the only picture that was corrected, and (H, W) the names of its classes."""
        (image,) = self.data.glob("corrections-mine/images/*.png")
        (label,) = self.data.glob("corrections-mine/labels/*.png")
        codes = (self.data / "corrections-mine/codes.txt").read_text("utf-8").split("\n")
        numbers = np.asarray(Image.open(label))
        names = np.array([*codes, *[""] * (256 - len(codes))], dtype=object)
        names[NOT_REVIEWED] = "not reviewed"
        return np.asarray(Image.open(image)), names[numbers]


@pytest.fixture(scope="module")
def home(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A small Toytown, which the network knew before, and a network that knows little."""
    mine = Copy(serve, tmp_path_factory.mktemp("home"))
    toytown(mine.data / "toytown", 4, (WIDTH, HEIGHT))
    _save_model(mine)
    yield mine
    for path in mine.models.glob("runs/*/status.json"):
        status = read_status(path.parent)
        if status.state in LIVE and status.pid is not None:
            os.kill(status.pid, 9)


@pytest.fixture(scope="module")
def empty(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Somebody else's copy: a network, and no data."""
    theirs = Copy(serve, tmp_path_factory.mktemp("empty"))
    _save_model(theirs)
    return theirs


def _save_model(copy: Copy) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_MODELS", str(copy.models))
        save_start_model(MODEL)


def _card(copy: Copy, model: str) -> ModelCard:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_MODELS", str(copy.models))
        return read_card(model)


def _photo() -> tuple[str, bytes]:
    file = io.BytesIO()
    Image.fromarray(frame(41, 3, (WIDTH, HEIGHT))[0]).save(file, "PNG")
    return "becak in medan.png", file.getvalue()


def _choose(page: Page, name: str) -> None:
    """Choose the class that is drawn, which is added if there is none of that name."""
    page.get_by_role("searchbox", name="Find or add a class").fill(name)
    page.keyboard.press("Enter")
    expect(page.locator(".editor li.chosen")).to_contain_text(name)


def _draw(page: Page, row: int, left: int, right: int) -> None:
    """Draw a straight line along the upper border of a row."""
    box = page.locator(".editor .marks").bounding_box()
    assert box is not None
    y = box["y"] + box["height"] * row / HEIGHT
    page.mouse.move(box["x"] + box["width"] * left / WIDTH, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * right / WIDTH, y, steps=5)
    page.mouse.up()


def _tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def test_a_becak_is_called_by_its_name_and_taken_home(
    home: Copy, empty: Copy, open_page: OpenPage, tmp_path: Path
) -> None:
    # Somebody uploads a photo,
    page = open_page(f"{home.app().url}/annotate")
    editor(page)
    name, content = _photo()
    upload(page, (name, content))
    expect(page.get_by_role("application", name=f"{name} with its classes")).to_be_visible()
    editor(page)

    # draws a class that the network has never had, and one that it has,
    wanted = np.full((HEIGHT, WIDTH), "not reviewed", dtype=object)
    for class_name, row in ((NEW, 20), ("Road", 50)):
        _choose(page, class_name)
        _draw(page, row, 20, 71)
        expect(page.locator(".editor .sign")).to_contain_text("Saved")
        expect(page.locator(".editor")).to_have_attribute("data-saved", "true")
        wanted[brush((HEIGHT, WIDTH), [(40, 2 * row), (142, 2 * row)], 20)] = class_name
    image, drawn = home.corrected()
    assert (image == np.asarray(Image.open(io.BytesIO(content)))).all()
    assert (drawn == wanted).all()

    # lets the network learn it,
    page.get_by_role("button", name="Learn from the corrections").click()
    expect(page.get_by_text(f"{LEARNT} has learnt")).to_be_visible(timeout=1000 * LEARNING_SECONDS)
    learned = read_learned(_card(home, LEARNT).training)
    assert learned is not None
    assert [new.name for new in learned.added] == [NEW]
    before, after = learned.on_photos.before.accuracy, learned.on_photos.after.accuracy
    assert before is not None
    assert after is not None
    assert after > before

    # sees the difference, here and on another photo,
    expect(page.get_by_text(f"Before: {MODEL}")).to_be_visible()
    expect(page.get_by_text(f"After: {LEARNT}")).to_be_visible()
    page.get_by_role("link", name="Compare old and new on another photo").click()
    share = page.get_by_role("heading", name=re.compile(r"Where they differ: \d+\.\d% of the pixels"))
    expect(share).to_be_visible()
    assert "differ: 0.0%" not in share.inner_text()
    expect(page.get_by_role("combobox", name="Model 2")).to_have_value(LEARNT)

    # takes the labels home,
    page.get_by_role("link", name="Annotate", exact=True).first.click()
    editor(page)
    _tab(page, "Take the labels home")
    page.get_by_role("combobox", name="Format").click()
    page.get_by_role("option", name=re.compile("CVAT")).click()
    expect(page.get_by_text(cvat.FORMAT.loads)).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="Save 1 picture as a zip").click()
    zipped = tmp_path / started.value.suggested_filename
    started.value.save_as(zipped)

    # and brings them into a copy that has none: the same picture, and the same class at every pixel.
    page = open_page(f"{empty.app().url}/annotate")
    editor(page)
    _tab(page, "Bring labels in")
    tab = page.get_by_test_id("stTabs")
    tab.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(zipped)
    expect(page.get_by_text("1 picture from CVAT")).to_be_visible()
    found_image, found = empty.corrected()
    assert (found_image == image).all()
    assert (found == wanted).all()
