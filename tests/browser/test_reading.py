"""The browser's own readings are the server's: its modules in a real Chromium, on numbers made here."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from core.segmentation.probabilities import temper
from core.segmentation.reading import Shape, neighbourhood
from core.segmentation.segmentation import Segmentation
from pages.widgets.viewer.logits import pack
from pages.widgets.viewer.pixel_viewer import SOURCES
from tests.browser.modules import HOST, page_of_modules
from tests.browser.viewer_app import NAMES, segmentation_of

CLASSES = 7

PIXELS = 2000  # of each picture

SHAPES = get_args(Shape)


@dataclass(frozen=True)
class Size:
    """A picture's height and width, and the stride of its logits."""

    height: int
    width: int
    stride: int


# Of narrow ones no line has 21 pixels.
SIZES = [Size(96, 130, 4), Size(61, 83, 2), Size(40, 48, 1), Size(90, 13, 2), Size(7, 120, 4)]


def segmentation(size: Size, seed: int) -> Segmentation:
    return segmentation_of(size.height, size.width, size.stride, CLASSES, seed)


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    with page_of_modules(chromium, SOURCES) as opened:
        yield opened


def in_browser(page: Page, shown: Segmentation, asked: list[tuple[int, int, Shape]]) -> list[dict[str, Any]]:
    """What the browser reads at some pixels of a segmentation, whose logits it fetches as from the app."""
    classes, rows, cols = shown.logits.shape
    described = {"classes": classes, "rows": rows, "cols": cols, "stride": shown.stride}
    packed = pack(shown.logits)
    page.route(f"{HOST}/packed", lambda route: route.fulfill(body=packed), times=1)
    maps = np.stack([shown.labels, shown.confidence_percent()]).tobytes()
    found: str = page.evaluate(
        READ,
        [
            {"address": f"{HOST}/packed", **described},
            {"width": shown.width, "height": shown.height, "names": NAMES, "colours": []},
            base64.b64encode(maps).decode(),
            asked,
        ],
    )
    readings: list[dict[str, Any]] = json.loads(found)
    return readings


READ = """async ([logits, picture, maps, asked]) => {
  const { Logits } = await import("/logits.js");
  const { Picture } = await import("/picture.js");
  const { readPixel } = await import("/reading.js");
  const { tempered } = await import("/probabilities.js");
  const bytes = Uint8Array.from(atob(maps), (each) => each.charCodeAt(0));
  const count = picture.width * picture.height;
  const shown = new Picture(picture, null, [bytes.subarray(0, count), bytes.subarray(count)]);
  const source = await Logits.load(logits);
  const largest = (values) => values.indexOf(Math.max(...values));
  return JSON.stringify(asked.map(([row, col, shape]) => {
    const pixel = { row, col };
    const found = readPixel(shown, source, pixel, pixel, shape);
    const { window, sentence, certainty, entropy, order, own } = found;
    return {
      places: window.map((each) => [each.row, each.col]),
      probabilities: window.map((each) => [...each.probabilities]),
      largest: window.map((each) => largest(source.at(each))),
      tempered: tempered(own.probabilities, 2.5),
      sentence, certainty, entropy, order,
    };
  }));
}"""


def by_chance(size: Size, seed: int) -> list[tuple[int, int, Shape]]:
    """Pixels by chance, a tenth of them at an edge, and each shape in turn."""
    chance = np.random.default_rng(seed)
    rows, cols = chance.integers(0, size.height, PIXELS), chance.integers(0, size.width, PIXELS)
    rows[: PIXELS // 20], cols[PIXELS // 20 : PIXELS // 10] = 0, size.width - 1
    return [
        (int(row), int(col), SHAPES[number % 3])
        for number, (row, col) in enumerate(zip(rows, cols, strict=True))
    ]


@pytest.mark.parametrize("number", range(len(SIZES)))
def test_the_browser_reads_what_the_server_reads(page: Page, number: int) -> None:
    size = SIZES[number]
    shown = segmentation(size, number)
    full = np.concatenate(list(shown.probability_bands()))
    asked = by_chance(size, number)
    worst = 0.0
    for (row, col, shape), found in zip(asked, in_browser(page, shown, asked), strict=True):
        rows, cols = neighbourhood(row, col, size.height, size.width, shape)
        assert found["places"] == np.stack([rows, cols], axis=1).tolist()
        assert found["largest"] == shown.labels[rows, cols].tolist()
        worst = max(worst, float(np.abs(np.array(found["probabilities"]) - full[rows, cols]).max()))
    assert worst <= 5e-4


def test_the_browser_says_what_the_server_says(page: Page) -> None:
    size = SIZES[1]
    shown = segmentation(size, 1)
    asked = by_chance(size, 7)[:300]
    for (row, col, shape), found in zip(asked, in_browser(page, shown, asked), strict=True):
        reading = shown.read_pixel(row, col, shape=shape, top=CLASSES)
        assert found["sentence"].replace("\N{NO-BREAK SPACE}", " ") == reading.sentence()
        assert found["certainty"] == reading.chosen.certainty
        assert found["entropy"] == pytest.approx(reading.chosen.entropy, abs=1e-4)
        assert [NAMES[number] for number in found["order"]] == [top.name for top in reading.chosen.top]
        expected: NDArray[np.float64] = temper(reading.probabilities[reading.chosen_index], 2.5)
        assert found["tempered"] == pytest.approx(expected, abs=1e-5)
