"""What the rest of a picture is, learned from what was reviewed in it: "suggest the rest".

    read_suggester(segmenter, segmentation, segments, class_list) -> Suggester
    Suggester.suggest(mask) -> Suggestion

A logistic regression on what the network's last layer sees, and on colour. It begins at the network's own
answer and is pulled back to it wherever nothing was reviewed: a few corrections must not turn the whole
picture into the corrected class. It works on pieces, not on pixels: the segments of
`core.annotation.regions`, cut where the network's answer changes, so that a suggestion can keep any boundary
that the network found. Summed over a piece, the regression's logits are those of the piece's mean features,
so nothing is lost by keeping some thousand means instead of a million pixels, and it takes but a moment.
At the end, neighbours of one colour persuade each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from core.annotation.pieces import colour_links, pieces
from core.annotation.regression import fit
from core.annotation.runs import NOT_REVIEWED, Mask
from core.classes import ClassList
from core.errors import AnnotationError
from core.languages import sentence
from core.photos.images import resize
from core.segmentation.segmentation import Segmentation, softmax
from core.segmentation.segmenter import Segmenter

Floats = NDArray[np.float32]

_MOST_CELLS = 1 << 18
"""Of a picture for which features are computed; a larger one is scaled down first. 48 channels are 25 MB."""

_LEAST_PROBABILITY = 1e-3
"""What a class has beforehand that the network does not see, or never had: little, and soon outweighed."""

_FIRM_PULL = 300.0
"""The weight of all that was not reviewed, which pulls to the network's answer; each reviewed class has 1.

With 100, what was suggested after a few corrections was often worse than what the network had said."""

_WEAK_PULL = 10.0
"""The same in a first round. What changes its class there is not pulled in the second one: it is what the
network got wrong alike, and must not be held against the correction."""

_PULLS_TO_NEW = (0.5, 100.0)
"""Weak and firm, if a class was reviewed that the network never had: it is sure to call all of that something
else. With street-lite0, a short stroke over one of 113 areas of new classes in Toytown found the class at a
mean IoU of 0.42; with a weak pull of 2, and a firm one as for other classes, at 0.35."""

_RIDGE = 0.3
"""The weight of the squared coefficients, of features with a standard deviation of 1."""

_OWN_WORD = 0.6
"""How much a piece's own answer by the network counts, beside that of the whole segment it was cut from.

All for the piece keeps every ragged edge of the network; all for the segment gives up thin things."""

_SAME_COLOUR = 0.1
"""Between neighbours, in shares of full red, green or blue: farther apart, they say little to each other."""

_PERSUASIONS, _STUBBORN = 5, 0.5
"""How often pieces look at their neighbours, and how much each keeps of what it thought at first."""

_SURE = 3.0
"""By how much a class that was reviewed is ahead of the others, in logits, for a piece's neighbours."""

_FARTHEST = 10.0
"""Standard deviations from the mean that a feature counts: those of another picture may be far out."""


@dataclass(frozen=True, eq=False)
class Suggestion:
    """A class for every pixel.

    labels: (H, W) uint8, the mask's own where it was reviewed.
    confidence: (H, W) uint8, per cent; 100 where it was reviewed.
    """

    labels: Mask
    confidence: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Examples:
    """What was reviewed in one picture, for suggestions in another.

    features: (N, F) float32. beforehand: (N, C) float32 logarithms of the network's probabilities.
    shares: (N, C) float64, pixels reviewed as each class.
    """

    features: Floats
    beforehand: Floats
    shares: NDArray[np.float64]

    def with_classes(self, classes: int) -> Examples:
        """The same with as many classes as there are now: new ones were never reviewed there."""
        missing = max(classes - self.shares.shape[1], 0)
        return Examples(
            self.features,
            _with_classes(self.beforehand, classes),
            np.pad(self.shares, ((0, 0), (0, missing)))[:, :classes],
        )


@dataclass(frozen=True, eq=False)
class Suggester:
    """What is known of a picture before anybody reviews it.

    pieces: (H, W) int32, by number from 0. parents: (P,) int32, which segment each was cut from.
    features: (P, F) float32, of each piece. beforehand: (P, C) float32, the mean logarithm of the network's
    probability of each class. sizes: (P,) pixels of each piece. links: (P, P) float32, how much each piece
    looks at each of its neighbours, by `colour_links`.
    """

    pieces: NDArray[np.int32]
    parents: NDArray[np.int32]
    features: Floats
    beforehand: Floats
    sizes: NDArray[np.int64]
    links: sparse.csr_array

    @property
    def nbytes(self) -> int:
        """Bytes of memory that it takes: 4 a pixel, and some 450 a piece for the model shipped."""
        arrays = self.pieces, self.parents, self.features, self.beforehand, self.sizes
        links = self.links.data, self.links.indices, self.links.indptr
        return sum(each.nbytes for each in (*arrays, *links))

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return int(self.beforehand.shape[1])

    def with_classes(self, classes: int) -> Suggester:
        """The same for masks of another number of classes; those that come and go, the network never had."""
        return replace(self, beforehand=_with_classes(self.beforehand, classes))

    def suggest(self, mask: Mask, others: Sequence[Examples] = ()) -> Suggestion:
        """A class for every pixel that was not reviewed; the same mask gets the same answer.

        mask: (H, W) uint8 class numbers, NOT_REVIEWED where nobody looked. others: of other pictures of the
        same set, seen by the same network. AnnotationError if nothing was reviewed anywhere, and for examples
        of another network or class list.
        """
        widths = self.features.shape[1], self.classes
        if any((each.features.shape[1], each.shares.shape[1]) != widths for each in others):
            raise AnnotationError(
                sentence(
                    "A picture of the set has another model or class list; suggest from this picture alone."
                )
            )
        examples = [each for each in (self.examples(mask), *others) if each.shares.any()]
        if not examples:
            raise AnnotationError(
                sentence(
                    "Nothing is reviewed yet; give some part its class first, and the rest is suggested from "
                    "it."
                )
            )
        reviewed_pixels = self._pixels(mask != NOT_REVIEWED)
        own = self._standard(self.features)
        logits = own @ self._fit(examples, own, self.sizes - reviewed_pixels) + self.beforehand
        is_sure = 2 * reviewed_pixels > self.sizes
        probabilities = softmax(self._persuaded(logits, self._shares(mask), is_sure).T)
        confidence = np.floor(probabilities.max(axis=0) * 100 + 0.5).astype(np.uint8)
        reviewed = mask != NOT_REVIEWED
        return Suggestion(
            np.where(reviewed, mask, probabilities.argmax(axis=0).astype(np.uint8)[self.pieces]),
            np.where(reviewed, np.uint8(100), confidence[self.pieces]),
        )

    def examples(self, mask: Mask) -> Examples:
        """What was reviewed in this picture. AnnotationError for a mask of another picture or class list."""
        if mask.shape != self.pieces.shape:
            raise AnnotationError(
                sentence(
                    "This mask has {width} x {height} pixels and its picture {own_width} x {own_height}; "
                    "open the picture again.",
                    width=mask.shape[1],
                    height=mask.shape[0],
                    own_width=self.pieces.shape[1],
                    own_height=self.pieces.shape[0],
                )
            )
        values = mask[mask != NOT_REVIEWED]
        if values.size and values.max() >= self.classes:
            raise AnnotationError(
                sentence(
                    "This mask has a class number {number}, and there are {classes} classes; open the "
                    "picture again.",
                    number=values.max(),
                    classes=self.classes,
                )
            )
        shares = self._shares(mask)
        rows = shares.any(axis=1)
        return Examples(self.features[rows], self.beforehand[rows], shares[rows])

    def _shares(self, mask: Mask) -> NDArray[np.float64]:
        """(P, C) pixels of each piece that were reviewed as each class."""
        reviewed = mask != NOT_REVIEWED
        places = self.pieces[reviewed] * self.classes + mask[reviewed]
        found = np.bincount(places, minlength=len(self.sizes) * self.classes).astype(np.float64)
        return found.reshape(-1, self.classes)

    def _pixels(self, area: NDArray[np.bool_]) -> NDArray[np.int64]:
        """(P,) pixels of each piece in an area."""
        return np.bincount(self.pieces[area], minlength=len(self.sizes))

    @cached_property
    def _spread(self) -> tuple[Floats, Floats]:
        """The mean and the standard deviation of each feature, which is not 0."""
        return self.features.mean(axis=0), self.features.std(axis=0) + np.float32(1e-3)

    def _standard(self, features: Floats) -> Floats:
        """Features of any picture in the spread of this one, and a 1 for the constant."""
        mean, spread = self._spread
        standard = ((features - mean) / spread).clip(-_FARTHEST, _FARTHEST)
        return np.concatenate([standard, np.ones((len(features), 1), np.float32)], axis=1)

    def _fit(self, examples: Sequence[Examples], standard: Floats, open_pixels: NDArray[np.int64]) -> Floats:
        """(F + 1, C) coefficients.

        standard: (P, F + 1) the pieces' features, standardised. open_pixels: (P,) how many pixels of each
        were not reviewed.
        """
        shares = np.concatenate([each.shares for each in examples])
        shares /= shares.sum(axis=0).clip(1)  # classes weigh the same, however large their areas are
        # What was not reviewed pulls by the means of whole segments, which are fewer.
        own, own_beforehand = (
            _segment_means(each, self.parents, self.sizes) for each in (standard, self.beforehand)
        )
        open_share = np.bincount(self.parents, weights=open_pixels) / self.sizes.sum()
        answers = softmax(own_beforehand.T.copy()).T * open_share[:, np.newaxis]
        inputs = np.concatenate([*(self._standard(each.features) for each in examples), own])
        beforehand = np.concatenate([*(each.beforehand for each in examples), own_beforehand])
        has_new = shares[:, self._never_had()].any()
        weak, firm = _PULLS_TO_NEW if has_new else (_WEAK_PULL, _FIRM_PULL)
        first = fit(inputs, beforehand, _joined(shares, weak * answers), _RIDGE)
        changes = (own @ first + own_beforehand).argmax(axis=1) != own_beforehand.argmax(axis=1)
        answers[changes] = 0
        return fit(inputs, beforehand, _joined(shares, firm * answers), _RIDGE)

    def _never_had(self) -> NDArray[np.bool_]:
        """(C,) whether the network gave a class no probability anywhere."""
        return np.asarray((self.beforehand <= np.log(1.001 * _LEAST_PROBABILITY)).all(axis=0))

    def _persuaded(self, logits: Floats, shares: NDArray[np.float64], is_sure: NDArray[np.bool_]) -> Floats:
        """(P, C) logits after all have looked at their neighbours. is_sure: (P,) what is mostly reviewed."""
        first = logits - logits.max(axis=1, keepdims=True)
        known = shares[is_sure]
        first[is_sure] = _SURE * (known / known.sum(axis=1, keepdims=True) - 1)
        found = first
        for _ in range(_PERSUASIONS):
            found = np.float32(_STUBBORN) * first + np.float32(1 - _STUBBORN) * (self.links @ found)
        return np.asarray(found)


def _with_classes(beforehand: Floats, classes: int) -> Floats:
    """(N, C) for another number of classes; the network never had those that come."""
    never = np.full((len(beforehand), max(classes - beforehand.shape[1], 0)), _LEAST_PROBABILITY, np.float32)
    return np.concatenate([beforehand[:, :classes], np.log(never)], axis=1)


def _joined(shares: NDArray[np.float64], answers: NDArray[np.float64]) -> Floats:
    return np.concatenate([shares, answers]).astype(np.float32)


def _segment_means(values: Floats, parents: NDArray[np.int32], sizes: NDArray[np.int64]) -> Floats:
    """(S, K) means, by pixels, over the pieces of each segment."""
    shape = int(parents.max()) + 1, len(parents)
    places = parents, np.arange(len(parents))
    pixels = sparse.coo_array((sizes.astype(np.float32), places), shape=shape).tocsr()
    means: Floats = (pixels @ values) / np.bincount(parents, weights=sizes)[:, np.newaxis]
    return means.astype(np.float32)


def read_suggester(
    segmenter: Segmenter, segmentation: Segmentation, segments: NDArray[np.int32], class_list: ClassList
) -> Suggester:
    """Look at a segmented picture once more, for suggestions; takes as long as segmenting it.

    segments: (H, W) of its picture, by `core.annotation.regions.segments`; their number is bounded, some
    6000 for any picture. class_list: of the masks to come, which may have classes that the network never had.
    AnnotationError if the network gives no usable features for it.
    """
    image = segmentation.image
    numbers = pieces(image, segments, segmentation.labels)
    sizes = np.bincount(numbers.ravel())
    parents = np.empty(len(sizes), np.int32)
    parents[numbers] = segments
    pixels = sizes[:, np.newaxis].astype(np.float32)
    colours = _colour_features(image, numbers) / pixels
    features = _network_features(segmenter, image, numbers) / pixels, colours
    own = _log_probabilities(segmentation, numbers, class_list) / pixels
    whole = _segment_means(own, parents, sizes)[parents]
    return Suggester(
        numbers,
        parents,
        np.concatenate(features, axis=1),
        np.float32(_OWN_WORD) * own + np.float32(1 - _OWN_WORD) * whole,
        sizes,
        colour_links(numbers, colours[:, :3], _SAME_COLOUR),
    )


def _network_features(
    segmenter: Segmenter, image: NDArray[np.uint8], numbers: NDArray[np.int32]
) -> NDArray[np.float32]:
    """(P, F) what the network's last layer sees, summed over the pixels of each piece."""
    scaled = _with_fewer_cells(image, segmenter.stride)
    found = segmenter.predictor.features([scaled])[0].astype(np.float32)
    if not np.isfinite(found).all():
        raise AnnotationError(
            sentence(
                "{name} gives no usable features for this picture, so nothing can be suggested; choose "
                "another model.",
                name=segmenter.name,
            )
        )
    multiple = segmenter.predictor.multiple
    rows, cols = (
        _cells(pixels, cells * now / (now + -now % multiple), cells)
        for pixels, now, cells in zip(image.shape[:2], scaled.shape[:2], found.shape[1:], strict=True)
    )
    return _sums(found, numbers, rows, cols)


def _with_fewer_cells(image: NDArray[np.uint8], stride: int) -> NDArray[np.uint8]:
    """The picture, scaled down if its features would be more than we want to hold at once."""
    height, width = image.shape[:2]
    shrink = (_MOST_CELLS * stride**2 / (height * width)) ** 0.5
    return image if shrink >= 1 else resize(image, round(height * shrink) or 1, round(width * shrink) or 1)


def _colour_features(image: NDArray[np.uint8], numbers: NDArray[np.int32]) -> NDArray[np.float32]:
    """(P, 9) red, green and blue, and their products, summed over the pixels of each piece."""
    colours = image.reshape(-1, 3).T.astype(np.float32) / 255
    products = [colours[one] * colours[other] for one in range(3) for other in range(one, 3)]
    sums = [np.bincount(numbers.ravel(), weights=each) for each in (*colours, *products)]
    return np.stack(sums, axis=1).astype(np.float32)


def _log_probabilities(
    segmentation: Segmentation, numbers: NDArray[np.int32], class_list: ClassList
) -> NDArray[np.float32]:
    """(P, C) the logarithms of the probabilities of the list's classes, summed over each piece's pixels."""
    own = softmax(segmentation.logits.astype(np.float32))
    probabilities = np.full((len(class_list), *own.shape[1:]), _LEAST_PROBABILITY, np.float32)
    for number, probability in zip(segmentation.class_list.translation(class_list), own, strict=True):
        if number < len(class_list):
            probabilities[number] += probability
    rows, cols = (
        _cells(pixels, pixels / segmentation.stride, cells)
        for pixels, cells in zip(numbers.shape, own.shape[1:], strict=True)
    )
    return _sums(np.log(probabilities), numbers, rows, cols)


def _cells(pixels: int, covered: float, cells: int) -> NDArray[np.int64]:
    """The cell of each pixel of a side. covered: how many cells the picture takes, without its padding."""
    places = (np.arange(pixels) + 0.5) * covered / pixels
    return places.astype(np.int64).clip(max=cells - 1)


def _sums(
    values: NDArray[np.float32], numbers: NDArray[np.int32], rows: NDArray[np.int64], cols: NDArray[np.int64]
) -> NDArray[np.float32]:
    """(P, K) sums over the pixels of each piece. values: (K, h, w), by the cell of each row and column."""
    cells = rows[:, np.newaxis] * values.shape[2] + cols
    ones = np.ones(numbers.size, np.float32)
    shape = int(numbers.max()) + 1, values.shape[1] * values.shape[2]
    # How many pixels of each cell are in each piece; pairs that come more than once add up.
    pixels = sparse.coo_array((ones, (numbers.ravel(), cells.ravel())), shape=shape).tocsr()
    return np.asarray(pixels @ np.ascontiguousarray(values.reshape(len(values), -1).T))
