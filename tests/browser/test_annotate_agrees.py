"""The editor's masks and the server's: random operations in both agree to the pixel and to the byte.

And two windows on one correction do, in whatever order their messages and the answers to those come.
"""

from __future__ import annotations

import random
import zlib
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route

from core.annotation.history import History
from core.annotation.runs import NOT_REVIEWED, Mask, between, unpacked
from core.annotation.store import OpenCorrection, Source, open_correction
from core.annotation.strokes import MAX_WIDTH, Area, brush, component, painted, polygon
from pages.widgets.annotate.editor import taking
from pages.widgets.annotate.editor.editor import EDITOR_SOURCES, _answered
from pages.widgets.annotate.editor.packing import checksum, deflated, identity, steps
from tests.browser.modules import HOST, page_of_modules
from tests.conftest import COLOURS

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


OPEN = """
async ([name, description]) => {
  const { Correction } = await import("/correction.js");
  const { packed } = await import("/runs.js");
  const here = { held: null, message: null };
  here.correction = await Correction.load(description, {
    onChange() {}, onState() {}, onSaved() {},
    isHeld: () => here.held !== null,
    send: (message) => { here.message = message; },
  });
  here.press = (from, to, value) => {
    here.held = { before: here.correction.mask.slice(), from, to };
    here.correction.mask.fill(value, from, to);
    here.correction.show(from, to);
  };
  here.letGo = () => {
    if (here.held === null) return;
    const { before, from, to } = here.held;
    here.held = null;
    if (!here.correction.record(before.subarray(from, to), from, to)) here.correction.catchUp();
  };
  here.step = (kind) => { here.letGo(); here.correction[kind](); };
  here.said = () => {
    const { correction } = here;
    return {
      isQuiet: correction.isSaved && !correction.inFlight && correction.fetched === null,
      version: correction.version,
      mask: [...correction.mask],
      done: correction.history.done.map(({ forward }) => packed(forward)),
      undone: correction.history.undone.map(({ forward }) => packed(forward)),
    };
  };
  (window.windows ??= {})[name]?.correction.close();
  window.windows[name] = here;
}
"""


class Shared:
    """A server's correction, and windows that show it; what goes to and fro can wait."""

    def __init__(self, page: Page, correction: OpenCorrection) -> None:
        self.page, self.correction = page, correction
        self.files: dict[str, bytes] = {}
        self.coming: dict[str, deque[object]] = {}
        page.route(f"{HOST}/state/**", self._serve)

    def _serve(self, route: Route) -> None:
        route.fulfill(body=self.files[route.request.url.removeprefix(f"{HOST}/")])

    def state(self) -> dict[str, object]:
        """As the editor has it in each run."""
        history, version = self.correction.history, self.correction.version
        place = f"state/{len(self.files)}"
        self.files[f"{place}/mask"] = deflated(history.mask)
        self.files[f"{place}/steps"] = written = steps(history, version)
        addresses = {"mask": f"{place}/mask", "steps": f"{place}/steps"}
        return {"sum": checksum(history.mask), "stepsSum": zlib.adler32(written), **addresses}

    def open(self, name: str) -> None:
        """Open a window."""
        height, width = self.correction.start.shape
        self.files["state/start"] = deflated(self.correction.start)
        picture = {
            "id": f"{identity(self.correction)}",
            "width": width,
            "height": height,
            "start": "state/start",
        }
        self.coming[name] = deque()
        self.page.evaluate(OPEN, [name, picture | self.state()])

    def do(self, name: str, act: str) -> None:
        self.page.evaluate(f"() => {{ windows.{name}.{act}; }}")

    def run(self, name: str) -> None:
        """A run of the page: it takes what the window has sent last, and says how things stand."""
        message = self.page.evaluate(f"windows.{name}.message")
        answer = taking.take(self.correction, message) if message else None
        said = None if answer is None else _answered(answer, self.correction)
        self.coming[name].append([self.state(), said])

    def deliver(self, name: str) -> None:
        if self.coming[name]:
            said = self.coming[name].popleft()
            self.page.evaluate(
                f"([state, answer]) => {{ windows.{name}.correction.listen(state, answer); }}", said
            )

    def settle(self) -> None:
        """Let everything arrive."""
        for _ in range(60):
            for name in self.coming:
                self.do(name, "letGo()")
                self.run(name)
                while self.coming[name]:
                    self.deliver(name)
                self.page.evaluate(
                    f"new Promise((done) => setTimeout(done, 5)).then(() => windows.{name}.said().isQuiet)"
                )
            said = [self.page.evaluate(f"windows.{name}.said()") for name in self.coming]
            if all(each["isQuiet"] and each["version"] == self.correction.version for each in said):
                return
        pytest.fail("The windows do not come to rest.")


@pytest.mark.parametrize("seed", [0, 5, 11])
def test_two_windows_agree_after_any_interleaving(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Strokes in hand, undo, late answers, labels brought in: in the end all have the same steps."""
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    taking._windows.clear()
    page.evaluate("sessionStorage.clear()")
    size = (32, 40)
    start = np.full(size, NOT_REVIEWED, np.uint8)
    picture = np.full((*size, 3), seed, np.uint8)
    correction = open_correction("mine", picture, start, COLOURS, Source("photo", "a.jpg"))
    shared = Shared(page, correction)
    dice = random.Random(seed)  # noqa: S311 (the same at each run)
    for name in ("first", "second"):
        shared.open(name)
    for name in dice.choices(("first", "second"), k=60):
        act = dice.choice(
            ("press", "press", "letGo", "letGo", "undo", "redo", "run", "run", "deliver", "deliver")
        )
        if act == "press":
            begin = dice.randrange(start.size - 1)
            value = dice.choice((0, 1, 2, NOT_REVIEWED))
            shared.do(
                name,
                f"letGo(); windows.{name}.press({begin}, {dice.randint(begin + 1, start.size)}, {value})",
            )
        elif act in ("undo", "redo"):
            shared.do(name, f"step('{act}')")
        elif act == "letGo":
            shared.do(name, "letGo()")
        elif act == "run":
            shared.run(name)
        else:
            shared.deliver(name)
        if dice.random() < 0.05:
            brought = correction.mask.copy()
            brought[dice.randrange(32)] = dice.randrange(3)
            correction.edit(between(correction.mask, brought).packed())
    shared.settle()
    wanted = correction.history
    for name in ("first", "second"):
        said = page.evaluate(f"windows.{name}.said()")
        assert said["mask"] == correction.mask.ravel().tolist()
        assert said["version"] == correction.version
        assert said["done"] == [b64encode(each.forward.packed()).decode() for each in wanted.done]
        assert said["undone"] == [b64encode(each.forward.packed()).decode() for each in wanted.undone]
    page.unroute(f"{HOST}/state/**")


def test_a_newer_mask_waits_for_the_stroke_in_hand(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing moves under a hand that draws; when it lets go of nothing, the newer mask comes at once."""
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    taking._windows.clear()
    start = np.full((32, 40), NOT_REVIEWED, np.uint8)
    correction = open_correction(
        "mine", np.zeros((32, 40, 3), np.uint8), start, COLOURS, Source("photo", "a.jpg")
    )
    shared = Shared(page, correction)
    shared.open("first")
    brought = start.copy()
    brought[7] = 2
    correction.edit(between(start, brought).packed())
    shared.do("first", "press(0, 40, 255)")
    shared.run("first")
    shared.deliver("first")
    page.evaluate("new Promise((done) => setTimeout(done, 20))")
    assert page.evaluate("windows.first.said()")["mask"] == start.ravel().tolist()
    shared.do("first", "letGo()")
    page.wait_for_function("windows.first.said().version === 1")
    said = page.evaluate("windows.first.said()")
    assert said["mask"] == brought.ravel().tolist()
    assert len(said["done"]) == 1
    page.unroute(f"{HOST}/state/**")
