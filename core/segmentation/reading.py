"""A chosen pixel and its 20 neighbours: which ones they are, and what the network predicts for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, assert_never

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList
from core.languages import class_name, filled, mark, ngettext
from core.languages import gettext as _
from core.segmentation.probabilities import certainty, entropy_bits, percent_number

IntArray = NDArray[np.int_]

Shape = Literal["row", "column", "square"]
"""The neighbourhood of a pixel: the ten before and the ten after it in its row, or in its column, or the
square of 5 x 5 pixels around it without its corners."""

SQUARE_SIDE = 5
SQUARE_NEIGHBOURS = 20

_ALONE = {
    "row": mark("{pixel}; the picture has no other pixel in its row."),
    "column": mark("{pixel}; the picture has no other pixel in its column."),
    "square": mark("{pixel}; the picture has no other pixel."),
}


@dataclass(frozen=True)
class ClassProbability:
    """A class by name and its probability in [0, 1]."""

    name: str
    probability: float


@dataclass(frozen=True)
class PixelPrediction:
    """What the network predicts for one pixel: its class, the probability, and the runners-up.

    top: the most probable classes, the pixel's own first. entropy: of all classes, in bits.
    certainty: how sure the network is, in words; see `core.segmentation.probabilities.certainty`.
    """

    row: int
    col: int
    label: str
    probability: float
    chosen: bool
    top: tuple[ClassProbability, ...]
    entropy: float
    certainty: str


@dataclass(frozen=True, eq=False)
class PixelReading:
    """A chosen pixel with its neighbours, row by row, from left to right.

    probabilities: (N, C) float32, a row for each of `pixels`; each row sums to 1.
    shape: which neighbourhood the pixels are.
    """

    pixels: tuple[PixelPrediction, ...]
    probabilities: NDArray[np.float32]
    class_list: ClassList
    shape: Shape = "row"

    @cached_property
    def chosen(self) -> PixelPrediction:
        """The pixel that was asked for."""
        return self.pixels[self.chosen_index]

    @cached_property
    def chosen_index(self) -> int:
        """The chosen pixel's index in `pixels` and `probabilities`."""
        return next(number for number, pixel in enumerate(self.pixels) if pixel.chosen)

    @cached_property
    def neighbours(self) -> tuple[PixelPrediction, ...]:
        """All pixels but the chosen one."""
        return tuple(pixel for pixel in self.pixels if not pixel.chosen)

    def sentence(self) -> str:
        """The reading as a sentence, for instance "Pixel (212, 340) is Road with 97%; ..."."""
        chosen = self.chosen
        name = class_name(chosen.label)
        pixel = _("Pixel ({row}, {col}) is {name} with {percent}%").format(
            row=chosen.row, col=chosen.col, name=name, percent=percent_number(chosen.probability)
        )
        pixel = pixel.replace("\u00a0", " ")  # the browser's sentence has the same text with it
        others = [p.label for p in self.neighbours if p.label != chosen.label]
        total = len(self.neighbours)
        if total == 1:
            if not others:
                return _("{pixel}; its only neighbour is {name} too.").format(pixel=pixel, name=name)
            said = _("{pixel}; its only neighbour is {other}: a boundary runs here.")
            return filled(said, pixel=pixel, other=class_name(others[0]))
        if not total:
            return filled(_(_ALONE[self.shape]), pixel=pixel)
        if not others:
            said = _("{pixel}; all its {total} neighbours are {name} too.")
            return filled(said, pixel=pixel, total=total, name=name)
        names = sorted(set(others), key=lambda name: (-others.count(name), name))
        first, *rest = names
        most = others.count(first)
        said = ngettext(
            "{count} of its {total} neighbours is {name}",
            "{count} of its {total} neighbours are {name}",
            most,
        )
        counts = [filled(said, count=most, total=total, name=class_name(first))]
        counts += [f"{others.count(name)} {class_name(name)}" for name in rest]
        joined = counts[0]
        if rest:
            joined = _("{several} and {last}").format(several=", ".join(counts[:-1]), last=counts[-1])
        return _("{pixel}; {neighbours}: a boundary runs here.").format(pixel=pixel, neighbours=joined)


def pixel_predictions(
    pixels: Sequence[tuple[int, int]],
    chosen: tuple[int, int],
    labels: NDArray[np.uint8],
    probabilities: NDArray[np.float32],
    names: Sequence[str],
    top: int,
) -> tuple[PixelPrediction, ...]:
    """What a network predicts for some pixels.

    pixels: N of (row, column), `chosen` one of them. labels: (N,) class numbers. probabilities: (N, C).
    names: of the C classes. top: how many classes to name for each pixel, at least 1.
    """
    ranks = probabilities.copy()
    # the label comes first even where rounding makes another class equally probable
    ranks[np.arange(len(labels)), labels] = np.inf
    order = np.argsort(-ranks, axis=1, kind="stable")[:, : max(top, 3)]
    ranked = np.take_along_axis(probabilities, order, axis=1)
    found = []
    for pixel, numbers, values, entropy in zip(
        pixels, order.tolist(), ranked.tolist(), entropy_bits(probabilities).tolist(), strict=True
    ):
        ranking = [names[number] for number in numbers]
        found.append(
            PixelPrediction(
                row=pixel[0],
                col=pixel[1],
                label=ranking[0],
                probability=values[0],
                chosen=pixel == chosen,
                top=tuple(map(ClassProbability, ranking[:top], values[:top])),
                entropy=entropy,
                certainty=certainty(ranking, values),
            )
        )
    return tuple(found)


def neighbourhood(
    row: int, col: int, height: int, width: int, shape: Shape, before: int = 10, after: int = 10
) -> tuple[IntArray, IntArray]:
    """The pixels of a neighbourhood, the chosen one (row, col) among them.

    height, width: the picture's, in pixels; (row, col) is inside. before, after: how many pixels "row" and
    "column" extend to either side. Returns (N,) rows and (N,) columns, row by row, from left to right.

    "row" and "column" slide at the picture's edges, so that N = before + 1 + after if the picture is large
    enough, else all pixels there are. "square" is the chosen pixel and the 20 nearest to it of the 5 x 5
    pixels around it, which slide likewise; of equally near ones the upper, then the left one. Away from the
    edges, that leaves out the four corners.
    """
    match shape:
        case "row":
            cols = window(col, width, before, after)
            return np.full_like(cols, row), cols
        case "column":
            rows = window(row, height, before, after)
            return rows, np.full_like(rows, col)
        case "square":
            return _square(row, col, height, width)
        case _:
            assert_never(shape)


def window(position: int, length: int, before: int, after: int) -> IntArray:
    """The positions from `position - before` to `position + after`, moved to lie within 0 ... length - 1.

    All positions if there are fewer than before + 1 + after.
    """
    size = min(before + 1 + after, length)
    start = min(max(position - before, 0), length - size)
    return np.arange(start, start + size)


def _square(row: int, col: int, height: int, width: int) -> tuple[IntArray, IntArray]:
    reach = SQUARE_SIDE // 2
    side_rows, side_cols = window(row, height, reach, reach), window(col, width, reach, reach)
    rows, cols = np.repeat(side_rows, len(side_cols)), np.tile(side_cols, len(side_rows))
    distances = (rows - row) ** 2 + (cols - col) ** 2
    # Pixels are in row-major order, which a stable sort keeps among those at the same distance.
    nearest = np.sort(np.argsort(distances, kind="stable")[: 1 + SQUARE_NEIGHBOURS])
    return rows[nearest], cols[nearest]
