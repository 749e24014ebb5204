"""Pictures that show a network learning: four fixed validation frames, segmented again and again.

`previews/NUMBER-FRAME.png` are predicted label maps in the classes' colours, `photo-FRAME.png` and
`truth-FRAME.png` the photo and the truth, `classes.json` says which colour is which class, and `index.csv`
when each number was drawn.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from core.classes import ClassList
from core.files import replacing, write_json
from core.training.batches.data import Scaled
from core.training.batches.examples import Examples
from core.training.learner.callbacks import Event
from core.training.runs.folder import CLASSES, INDEX, MAX_TABLE_BYTES, PREVIEWS, append_row, read_plain

FRAMES = 4
COLUMNS = ("number", "stage", "epoch", "batch", "seconds")
LONGEST = 480
"""Longer side of a preview picture in pixels, at most."""


class PreviewPainter:
    """Draws the previews of a run into its folder.

    class_list: the network's classes. truth: those of the labels, if they are others.
    """

    def __init__(
        self, folder: Path, class_list: ClassList, examples: Examples, truth: ClassList | None = None
    ) -> None:
        self.folder = folder / PREVIEWS
        self.folder.mkdir(parents=True, exist_ok=True)
        self.examples = [examples[number] for number in chosen(len(examples))]
        self.palette = class_list.full_palette
        self.true_palette = self.palette if truth is None else truth.full_palette
        self.number = self._drawn()
        if not self.number:
            colours = {each.name: each.colour for each in class_list.classes}
            for each in truth.classes if truth else ():
                colours.setdefault(each.name, each.colour)
            write_json(self.folder / CLASSES, colours)
            self._write_photos()

    def paint(
        self, predict: nn.Module, factor: float, stage: str, epoch: int, batch: int, seconds: float
    ) -> None:
        """Segment the frames, scaled by `factor`, and write them. predict: as `PredictsAsTheApp`."""
        self.number += 1
        for place, labels in enumerate(self._segment(predict, factor)):
            self._write(f"{self.number:06d}-{place}", _coloured(labels, self.palette))
        # Last, so that a line in the index always has its pictures.
        append_row(self.folder / INDEX, COLUMNS, (self.number, stage, epoch, batch, f"{seconds:.1f}"))

    def _segment(self, predict: nn.Module, factor: float) -> list[NDArray[np.uint8]]:
        frames = Scaled(self.examples, factor)
        return [
            predict(frames[number][0][None])[0].max(dim=0).indices.numpy().astype(np.uint8)
            for number in range(len(frames))
        ]

    def _write_photos(self) -> None:
        for place, example in enumerate(self.examples):
            self._write(
                f"photo-{place}", Image.fromarray(example.image.permute(1, 2, 0).contiguous().numpy())
            )
            self._write(f"truth-{place}", _coloured(example.label.numpy(), self.true_palette))

    def _write(self, name: str, picture: Image.Image) -> None:
        longest = max(picture.size)
        if longest > LONGEST:
            size = (round(picture.width * LONGEST / longest), round(picture.height * LONGEST / longest))
            palette = picture.mode == "P"
            picture = picture.resize(size, Image.Resampling.NEAREST if palette else Image.Resampling.LANCZOS)
        with replacing(self.folder / f"{name}.png") as part:
            picture.save(part, "PNG")

    def _drawn(self) -> int:
        """The last number in the index; anything drawn after it is drawn again."""
        try:
            lines = read_plain(self.folder / INDEX, MAX_TABLE_BYTES).splitlines()
        except FileNotFoundError:
            return 0
        return max(0, len(lines) - 1)


class Previews(Event):
    """Draws the previews after each epoch, and every `every` seconds in between.

    Also at the very beginning: the untrained network's prediction is there to compare with.
    predicts: gives what predicts as the app does, with the network as it is now.
    """

    order = 65

    def __init__(
        self,
        painter: PreviewPainter,
        predicts: Callable[[], nn.Module],
        stage: str,
        factor: float,
        start: int,
        every: float | None,
        seconds: Callable[[], float],
    ) -> None:
        self.painter, self.predicts, self.stage, self.factor = painter, predicts, stage, factor
        self.start, self.every, self.seconds = start, every, seconds

    def before_train(self) -> None:
        """Draw what the network predicts before it has learnt anything."""
        self.drawn, self.seen = time.monotonic(), 0
        if not self.painter.number:
            self._paint()

    def after_batch(self) -> None:
        """Draw if it is time, within an epoch."""
        if not self.training:
            return
        self.seen = self.iter + 1
        if self.every is not None and time.monotonic() - self.drawn >= self.every:
            self._paint()

    def after_epoch(self) -> None:
        """Draw what the network predicts after the epoch."""
        if self.epoch >= self.start:
            self._paint()

    def _paint(self) -> None:
        predict = self.predicts()
        self.painter.paint(predict, self.factor, self.stage, self.epoch + 1, self.seen, self.seconds())
        self.drawn = time.monotonic()


def _coloured(labels: NDArray[np.uint8], palette: NDArray[np.uint8]) -> Image.Image:
    picture = Image.fromarray(labels)
    picture.putpalette(palette.tobytes())
    return picture


def chosen(frames: int) -> list[int]:
    """Which validation frames are shown: four, evenly spaced, or all if there are fewer."""
    if frames <= FRAMES:
        return list(range(frames))
    return [round(place * (frames - 1) / (FRAMES - 1)) for place in range(FRAMES)]
