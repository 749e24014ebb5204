"""The editor's masks and the server's: random operations in both agree to the pixel and to the byte."""

from __future__ import annotations

import random
import zlib
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from core.annotation.history import History
from core.annotation.runs import NOT_REVIEWED, Mask, between, unpacked
from core.annotation.strokes import MAX_WIDTH, Area, brush, component, painted, polygon
from pages.widgets.annotate.editor import EDITOR_SOURCES
from tests.browser.modules import page_of_modules

CLASSES = 11
SIZES = [(37, 53), (48, 40), (1, 90), (70, 1)]
OPERATIONS = 120
MOST_BYTES = 20_000

Operation = dict[str, Any]

APPLY = """
async ({size, start, operations}) => {
  const { History } = await import("/history.js");
  const { packed, checksum } = await import("/runs.js");
  const { coverPath, coverPolygon, coverComponent } = await import("/strokes.js");
  const blank = new Uint8Array(size.height * size.width).fill(255);
  const history = new History(start ? Uint8Array.from(start) : blank);
  const sums = [], edits = [];
  const points = (path) => path.map(([x, y]) => ({ x, y }));
  for (const each of operations) {
    let forward = null;
    if (each.kind === "undo" || each.kind === "redo") history[each.kind]();
    else {
      const { mask } = history;
      const before = mask.slice();
      const only = new Set(each.only);
      const cover = (row, first, last) => {
        for (let at = row * size.width + first; at <= row * size.width + last; at += 1) {
          if (only.size === 0 || only.has(before[at])) mask[at] = each.value;
        }
      };
      if (each.kind === "brush") coverPath(size, points(each.path), each.width, each.tip, cover);
      else if (each.kind === "polygon") coverPolygon(size, points(each.path), cover);
      else coverComponent(before, size, each.pixel, cover);
      forward = history.record(before, 0, mask.length);
    }
    edits.push(forward && packed(forward));
    sums.push(checksum(history.mask));
  }
  return { sums, edits };
}
"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    with page_of_modules(chromium, EDITOR_SOURCES) as opened:
        yield opened


def random_operations(dice: random.Random, height: int, width: int) -> list[Operation]:
    """What a hand might do, and some of what none does: paths that leave the picture, polygons that cross."""

    def path(most: int) -> list[tuple[int, int]]:
        return [
            (dice.randint(-9, 2 * width + 9), dice.randint(-9, 2 * height + 9))
            for _ in range(dice.randint(1, most))
        ]

    def operation() -> Operation:
        kind = dice.choice(("brush", "brush", "brush", "polygon", "component", "undo", "redo"))
        only = dice.sample([*range(CLASSES), NOT_REVIEWED], 4) if dice.random() < 0.3 else []
        return {
            "kind": kind,
            "path": path(7 if kind == "polygon" else 4),
            "width": dice.choice((1, 2, 3, 8, 20, MAX_WIDTH)),
            "tip": dice.choice(("round", "square")),
            "pixel": {"row": dice.randrange(height), "col": dice.randrange(width)},
            "value": dice.choice([*range(CLASSES), NOT_REVIEWED]),
            "only": only,
        }

    return [operation() for _ in range(OPERATIONS)]


def area_of(each: Operation, mask: Mask) -> Area:
    if each["kind"] == "brush":
        return brush(mask.shape, each["path"], each["width"], each["tip"])
    if each["kind"] == "polygon":
        return polygon(mask.shape, each["path"])
    return component(mask, each["pixel"]["row"], each["pixel"]["col"])


def in_python(history: History, each: Operation) -> None:
    """The same operation by `core.annotation`."""
    if each["kind"] == "undo":
        history.undo()
    elif each["kind"] == "redo":
        history.redo()
    else:
        after = painted(history.mask, area_of(each, history.mask), each["value"], each["only"])
        history.edit(between(history.mask, after))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_random_operations_agree_to_the_pixel(page: Page, size: tuple[int, int]) -> None:
    dice = random.Random(str(size))  # noqa: S311 (the same at each run)
    height, width = size
    start = np.random.default_rng(7).integers(0, 3, size, dtype=np.uint8)
    operations = random_operations(dice, height, width)
    said = {
        "size": {"height": height, "width": width},
        "start": start.ravel().tolist(),
        "operations": operations,
    }
    found = page.evaluate(APPLY, said)

    drawn, sent = History(start), History(start)
    for number, (each, packed) in enumerate(zip(operations, found["edits"], strict=True)):
        in_python(drawn, each)
        if each["kind"] in ("undo", "redo"):
            in_python(sent, each)
        elif packed is not None:  # as the server takes what the browser sends
            assert sent.edit(unpacked(b64decode(packed), start.size, CLASSES))
            assert drawn.done[-1].forward.packed() == b64decode(packed)
        assert (sent.mask == drawn.mask).all()
        assert found["sums"][number] == zlib.adler32(drawn.mask)


def test_strokes_are_small_and_exact_in_a_large_picture(page: Page) -> None:
    """200 strokes over 1024 x 768, each of some ten moves with the largest brushes."""
    dice = random.Random(3)  # noqa: S311 (the same at each run)
    size = (768, 1024)
    operations: list[Operation] = []
    for _ in range(200):
        x, y = dice.randrange(2048), dice.randrange(1536)
        path = [(x := x + dice.randint(-90, 90), y := y + dice.randint(-90, 90)) for _ in range(10)]
        operations.append(
            {
                "kind": "brush",
                "path": path,
                "width": dice.choice((3, 20, 100, 200)),
                "tip": "round",
                "value": dice.randrange(CLASSES),
                "only": [],
            }
        )
    said = {"size": {"height": 768, "width": 1024}, "start": None, "operations": operations}
    found = page.evaluate(APPLY, said)
    assert max(len(packed) for packed in found["edits"] if packed) < MOST_BYTES
    drawn = History(np.full(size, NOT_REVIEWED, np.uint8))
    for each in operations:
        in_python(drawn, each)
    assert found["sums"][-1] == zlib.adler32(drawn.mask)
