"""Answers of a service as small typed values. Masks are bytes, which NumPy takes as they are."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from streetscope.errors import AnswerError, ProblemError, problem_error
from streetscope.png import has_index_values, index_values, png_size

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""


@dataclass(frozen=True)
class Mask:
    """The class of each pixel: `numpy.frombuffer(mask.labels, numpy.uint8).reshape(mask.height, mask.width)`.

    labels: height * width class numbers, row by row.
    """

    height: int
    width: int
    labels: bytes = field(repr=False)

    def at(self, row: int, col: int) -> int:
        """The class number of a pixel. IndexError outside the picture."""
        if not (0 <= row < self.height and 0 <= col < self.width):
            raise IndexError(
                f"({row}, {col}) is outside a picture of {self.height} rows, {self.width} columns"
            )
        return self.labels[row * self.width + col]


@dataclass(frozen=True)
class Picture:
    """A mask in the classes' colours. png: the file's bytes."""

    height: int
    width: int
    png: bytes = field(repr=False)

    def save(self, path: str | Path) -> None:
        """Write it as a PNG file."""
        Path(path).write_bytes(self.png)


@dataclass(frozen=True)
class ClassShare:
    """A class, and how much of the picture it has. share: 0 to 1. mean_confidence: None without a pixel."""

    number: int
    name: str
    colour: Colour
    share: float
    mean_confidence: float | None


@dataclass(frozen=True)
class Segmented:
    """A segmented photo at its working size. mean_confidence: 0 to 1. classes: of the model, by number."""

    model: str
    height: int
    width: int
    mean_confidence: float
    classes: tuple[ClassShare, ...]
    mask: Mask


@dataclass(frozen=True)
class Pixel:
    """What the network predicts for a pixel. entropy: in bits. top: the likeliest classes' probabilities."""

    row: int
    col: int
    label: str
    probability: float
    chosen: bool
    entropy: float
    top: Mapping[str, float]


@dataclass(frozen=True)
class Reading:
    """A pixel and its 20 neighbours. sentence: what is at the pixel, in words."""

    model: str
    height: int
    width: int
    sentence: str
    pixels: tuple[Pixel, ...]

    @property
    def chosen(self) -> Pixel:
        """The pixel that was asked for."""
        return next(pixel for pixel in self.pixels if pixel.chosen)


@dataclass(frozen=True)
class Class:
    """A class of a model. number: its value in a mask."""

    number: int
    name: str
    colour: Colour
    meaning: str


@dataclass(frozen=True)
class Model:
    """A model as its card describes it. classes: how many. limits: where it fails."""

    name: str
    summary: str
    classes: int
    class_list: str
    trained_size: int | None
    largest_size: int
    limits: tuple[str, ...]
    licence: str
    weights_sha256: str


@dataclass(frozen=True)
class BatchItem:
    """What came of one photo of a batch. number: its place among them, from 0.

    result: as of a photo alone, None if there is a problem. problem: why there is no result.
    """

    number: int
    result: Segmented | Mask | Picture | None
    problem: ProblemError | None = None


P = ParamSpec("P")
T = TypeVar("T")


def _checked(decode: Callable[P, T]) -> Callable[P, T]:
    """The same function; AnswerError for what no StreetScope service would say."""

    @wraps(decode)
    def decoded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return decode(*args, **kwargs)
        except (KeyError, TypeError, ValueError, OverflowError, struct.error) as error:
            raise AnswerError(
                "What came is not an answer of StreetScope; look at the address, and whether client and "
                "service are of the same version."
            ) from error

    return decoded


@_checked
def json_document(body: bytes | str) -> Any:
    """A body as JSON."""
    return json.loads(body)


@_checked
def mask(png: bytes) -> Mask:
    """The mask in a PNG of class numbers."""
    return Mask(*png_size(png), index_values(png))


@_checked
def picture(png: bytes) -> Picture:
    """A PNG in the classes' colours."""
    return Picture(*png_size(png), png)


@_checked
def segmented(document: Mapping[str, Any]) -> Segmented:
    """The document of a segmented photo."""
    return Segmented(
        document["model"],
        document["height"],
        document["width"],
        document["mean_confidence"],
        tuple(ClassShare(**_coloured(each)) for each in document["classes"]),
        _mask_of_runs(**document["mask"]),
    )


@_checked
def reading(document: Mapping[str, Any]) -> Reading:
    """The document of a pixel that was read."""
    pixels = tuple(
        Pixel(**each | {"top": {top["name"]: top["probability"] for top in each["top"]}})
        for each in document["pixels"]
    )
    return Reading(**{**document, "pixels": pixels})


@_checked
def batch_line(text: str) -> tuple[int, Segmented | Mask | Picture | ProblemError]:
    """A photo's place in its batch, and what came of it. A picture is a mask if it has index values."""
    line = json.loads(text)
    if "document" in line:
        return line["number"], segmented(line["document"])
    if "png" in line:
        png = base64.b64decode(line["png"], validate=True)
        return line["number"], mask(png) if has_index_values(png) else picture(png)
    return line["number"], problem_error(line["status"], line["problem"], line.get("retry_after"))


@_checked
def models(document: list[dict[str, Any]]) -> tuple[Model, ...]:
    """The list of models."""
    return tuple(Model(**each | {"limits": tuple(each["limits"])}) for each in document)


@_checked
def classes(document: list[dict[str, Any]]) -> tuple[Class, ...]:
    """The list of a model's classes."""
    return tuple(Class(**_coloured(each)) for each in document)


def _coloured(members: Mapping[str, Any]) -> dict[str, Any]:
    red, green, blue = members["colour"]
    return {**members, "colour": (red, green, blue)}


def _mask_of_runs(height: int, width: int, values: list[int], lengths: list[int]) -> Mask:
    if sum(lengths) != height * width or min(lengths) < 1:
        raise ValueError("the runs are not as long as the picture")
    runs = zip(values, lengths, strict=True)
    return Mask(height, width, b"".join(bytes((value,)) * length for value, length in runs))
