"""A scripted annotator: labels a picture by the tools of Annotate and counts what it does.

It looks at the largest connected area that is wrong in one way, tries what its tools can do there, and does
what puts right the most pixels, less those that it spoils. It knows the truth, as a person who looks does;
it does not try out what an action would make of the suggestion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from skimage.measure import label
from skimage.morphology import skeletonize

from core.annotation.regions import Scale, cut
from core.annotation.runs import NOT_REVIEWED, Mask
from core.annotation.strokes import MAX_WIDTH, Area, Point, brush
from core.annotation.suggestions import Suggester

GOAL = 0.95
"""The share of labelled pixels that must agree with the truth."""

MOST_ACTIONS = 1000
"""Then it gives up."""

IGNORED = 255
"""In the truth: nobody knows, so it counts neither way."""

Path = NDArray[np.int64]
"""(N, 2) rows and columns of the pixels along a stroke."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture to be labelled.

    start: (H, W) uint8 the network's prediction, or NOT_REVIEWED everywhere. truth: (H, W) uint8.
    segments: by size, as `regions.segments`.
    """

    start: Mask
    truth: Mask
    segments: Mapping[Scale, NDArray[np.int32]]


@dataclass(frozen=True, eq=False)
class Action:
    """kind: what it counts as. pixels: how long its path is. gain: pixels put right, less those spoiled."""

    kind: str
    area: Area
    gain: int
    pixels: int = 0


@dataclass(frozen=True)
class Played:
    """What was done, by kind; the pixels along all strokes; how often the class changed; what was reached.

    suggestions, suggesting: how many it looked at, and the seconds that all of them took to compute.
    """

    actions: Mapping[str, int]
    pixels: int
    class_changes: int
    agreement: float
    suggestions: int
    suggesting: float

    @property
    def count(self) -> int:
        """Actions of all kinds."""
        return sum(self.actions.values())


def from_nothing(scene: Scene) -> Scene:
    """The same picture without the prediction."""
    return replace(scene, start=np.full_like(scene.start, NOT_REVIEWED))


class Annotator:
    """regions: whether it has bucket and regions, beside the brush. suggester: with suggestions, if any."""

    def __init__(self, scene: Scene, regions: bool = False, suggester: Suggester | None = None) -> None:
        self._scene, self._has_regions, self._suggester = scene, regions, suggester
        self._known = scene.truth != IGNORED
        self._mask: Mask = np.full_like(scene.start, NOT_REVIEWED)
        self._below = scene.start
        self._suggesting: list[float] = []

    def play(self) -> Played:
        """Correct until the goal is reached."""
        actions: Counter[str] = Counter()
        pixels, classes = 0, []
        while self._agreement(self._shown()) < GOAL and actions.total() < MOST_ACTIONS:
            target = self._largest_wrong()
            chosen = int(self._scene.truth[target][0])
            action = max(self._possible(target, chosen), key=lambda each: each.gain)
            self._mask = self._mask.copy()
            self._mask[action.area] = chosen
            actions[action.kind] += 1
            pixels += action.pixels
            classes.append(chosen)
            self._look_at_suggestion()
        if self._agreement(self._shown(self._scene.start)) < GOAL <= self._agreement(self._shown()):
            actions["take the suggestion"] += 1
        changes = int(np.count_nonzero(np.diff(classes, prepend=-1)))
        reached, times = self._agreement(self._shown()), self._suggesting
        return Played(dict(actions), pixels, changes, reached, len(times), sum(times))

    def _shown(self, below: Mask | None = None) -> Mask:
        return np.where(self._mask != NOT_REVIEWED, self._mask, self._below if below is None else below)

    def _agreement(self, shown: Mask) -> float:
        return float((shown == self._scene.truth)[self._known].mean())

    def _look_at_suggestion(self) -> None:
        """Go on from the suggestion if that is better than the start on the whole, as one sees."""
        if self._suggester is not None:
            begin = perf_counter()
            offers = (self._scene.start, self._suggester.suggest(self._mask).labels)
            self._suggesting.append(perf_counter() - begin)
            self._below = max(offers, key=lambda offer: self._agreement(self._shown(offer)))

    def _largest_wrong(self) -> Area:
        wrong = self._known & (self._shown() != self._scene.truth)
        areas = label(np.where(wrong, self._scene.truth.astype(int) + 1, 0), background=0, connectivity=1)  # type: ignore[no-untyped-call]
        largest: Area = areas == np.bincount(areas.ravel())[1:].argmax() + 1
        return largest

    def _possible(self, target: Area, chosen: int) -> Iterator[Action]:
        shown, truth = self._shown(), self._scene.truth
        right = self._known & (truth == chosen) & (shown != chosen)
        kept = shown == truth
        if self._suggester is not None:  # it learns from all that was reviewed, and changes none of that
            kept |= self._mask == NOT_REVIEWED
        spoiled = self._known & kept & (truth != chosen)
        gains = right.astype(np.int64) - spoiled
        path = longest_path(target)
        yield from strokes(target, path, gains)
        if self._has_regions:
            buckets = label(shown.astype(int), background=-1, connectivity=1)  # type: ignore[no-untyped-call]
            yield click("bucket", buckets, target, gains)
            for scale, segments in self._scene.segments.items():
                numbers = cut(segments, shown, scale)
                yield click("region", numbers, target, gains)
                yield drag(numbers, path, gains)


def strokes(target: Area, path: Path, gains: NDArray[np.int64]) -> Iterator[Action]:
    """The brush along the middle of an area, in the widths that it has there, and at its widest place."""
    depths = np.asarray(ndimage.distance_transform_edt(np.pad(target, 1)))[1:-1, 1:-1]
    widths = np.percentile(depths[path[:, 0], path[:, 1]], [25, 50, 75, 100])
    for width in sorted({_width(each) for each in widths}):
        area = brush(target.shape, _points(path), width)
        yield Action("stroke", area, int(gains[area].sum()), len(path))
    widest = np.argwhere(depths == depths.max())[:1]
    area = brush(target.shape, _points(widest), _width(depths.max()))
    yield Action("stroke", area, int(gains[area].sum()))


def _width(depth: float) -> int:
    return min(max(round(2 * depth - 1), 1), MAX_WIDTH)


def _points(path: Path) -> list[Point]:
    """Every fourth pixel and the last, as the brush takes them."""
    kept = path[sorted({*range(0, len(path), 4), len(path) - 1})]
    return [(2 * col + 1, 2 * row + 1) for row, col in kept.tolist()]


def click(kind: str, numbers: NDArray[np.int32], target: Area, gains: NDArray[np.int64]) -> Action:
    """The one part that touches the target and gains the most."""
    sums = np.bincount(numbers.ravel(), weights=gains.ravel())
    touched = np.unique(numbers[target])
    best = touched[sums[touched].argmax()]
    return Action(kind, numbers == best, int(sums[best]))


def drag(numbers: NDArray[np.int32], path: Path, gains: NDArray[np.int64]) -> Action:
    """All regions along the middle of the target: the movement of a stroke."""
    area = np.isin(numbers, np.unique(numbers[path[:, 0], path[:, 1]]))
    return Action("drag over regions", area, int(gains[area].sum()), len(path))


def longest_path(area: Area) -> Path:
    """The pixels along the longest way through the middle of a connected area."""
    places = np.argwhere(skeletonize(np.pad(area, 1))) - 1  # type: ignore[no-untyped-call]
    if len(places) < 2:
        return places if len(places) else np.argwhere(area)[:1]
    numbers = np.full(np.array(area.shape) + 2, -1)
    numbers[places[:, 0] + 1, places[:, 1] + 1] = np.arange(len(places))
    links = []
    for down, across in ((0, 1), (1, 0), (1, 1), (1, -1)):
        others = numbers[places[:, 0] + 1 + down, places[:, 1] + 1 + across]
        ones = np.flatnonzero(others >= 0)
        links.append(np.stack([np.full(len(ones), np.hypot(down, across)), ones, others[ones]]))
    lengths, ones, others = np.concatenate(links, axis=1)
    graph = sparse.coo_array(
        (lengths, (ones.astype(int), others.astype(int))), shape=(len(places),) * 2
    ).tocsr()
    one_end = int(_finite(sparse.csgraph.dijkstra(graph, directed=False, indices=0)).argmax())
    ways, before = sparse.csgraph.dijkstra(graph, directed=False, indices=one_end, return_predecessors=True)
    found = [int(_finite(ways).argmax())]
    while found[-1] != one_end:
        found.append(int(before[found[-1]]))
    return places[found]


def _finite(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(distances), distances, -1)
