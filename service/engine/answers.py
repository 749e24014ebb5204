"""What a network's answers look like: documents in JSON, and pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from core.photos import images
from core.segmentation import painting
from core.segmentation.reading import PixelPrediction, PixelReading
from core.segmentation.segmentation import Segmentation
from service.engine.requests import Form

JSON, PNG = "application/json", "image/png"


@dataclass(frozen=True)
class Answer:
    """The bytes of an answer, and what they are. status: as in HTTP, 200 if the request was answered."""

    body: bytes
    media_type: str
    status: int = 200


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True)


class Runs(_Document):
    """A label map in runs, row by row: `np.repeat(values, lengths).reshape(height, width)`."""

    height: int
    width: int
    values: list[int] = Field(description="The class number of each run.")
    lengths: list[int] = Field(description="How many pixels each run has.")


class ClassShare(_Document):
    """A class, and how much of the picture it has."""

    number: int
    name: str
    colour: tuple[int, int, int] = Field(description="Red, green and blue, 0 to 255.")
    share: float = Field(description="Of the picture's pixels, 0 to 1; all shares sum to 1.")
    mean_confidence: float | None = Field(description="Of the pixels of this class; null if it has none.")


class Segmented(_Document):
    """A segmented photo."""

    model: str
    height: int = Field(description="Of the picture that was segmented: the photo at its working size.")
    width: int
    mean_confidence: float = Field(description="The mean probability of the pixels' classes, 0 to 1.")
    classes: list[ClassShare] = Field(description="Every class of the model, by number.")
    mask: Runs


class Probability(_Document):
    """A class and its probability."""

    name: str
    probability: float


class Pixel(_Document):
    """What the network predicts for one pixel."""

    row: int
    col: int
    label: str
    probability: float
    chosen: bool = Field(description="Whether it is the pixel that was asked for.")
    entropy: float = Field(description="Of the probabilities of all classes, in bits; 0 is certain.")
    top: list[Probability] = Field(description="The five most probable classes.")


class Reading(_Document):
    """A pixel and its neighbours, row by row, from left to right."""

    model: str
    height: int
    width: int
    sentence: str
    pixels: list[Pixel]


def segmented(segmentation: Segmentation, form: Form) -> Answer:
    """A segmentation in the form that was asked for."""
    if form == "index":
        palette = segmentation.class_list.palette
        return Answer(images.encode_index_png(segmentation.labels, palette, quickly=True), PNG)
    if form == "colour":
        mask = painting.colour_mask(segmentation.labels, segmentation.class_list)
        return Answer(images.encode_png(mask), PNG)
    return Answer(_segmented_document(segmentation).model_dump_json().encode(), JSON)


def reading(segmentation: Segmentation, found: PixelReading) -> Answer:
    """A reading as JSON."""
    document = Reading(
        model=segmentation.model_name,
        height=segmentation.height,
        width=segmentation.width,
        sentence=found.sentence(),
        pixels=[_pixel(pixel) for pixel in found.pixels],
    )
    return Answer(document.model_dump_json().encode(), JSON)


def runs(labels: NDArray[np.uint8]) -> Runs:
    """(H, W) class numbers in runs; a run may go on from one row to the next."""
    flat = labels.ravel()
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    lengths = np.diff(starts, append=flat.size)
    height, width = labels.shape
    return Runs(height=height, width=width, values=flat[starts].tolist(), lengths=lengths.tolist())


def _segmented_document(segmentation: Segmentation) -> Segmented:
    shares, means = segmentation.class_shares().tolist(), segmentation.mean_confidence().tolist()
    classes = [
        ClassShare(
            number=number,
            name=each.name,
            colour=each.colour,
            share=shares[number],
            mean_confidence=means[number] if shares[number] else None,
        )
        for number, each in enumerate(segmentation.class_list.classes)
    ]
    return Segmented(
        model=segmentation.model_name,
        height=segmentation.height,
        width=segmentation.width,
        mean_confidence=float(segmentation.confidence.mean(dtype=np.float64)),
        classes=classes,
        mask=runs(segmentation.labels),
    )


def _pixel(pixel: PixelPrediction) -> Pixel:
    return Pixel(
        row=pixel.row,
        col=pixel.col,
        label=pixel.label,
        probability=pixel.probability,
        chosen=pixel.chosen,
        entropy=pixel.entropy,
        top=[Probability(name=top.name, probability=top.probability) for top in pixel.top],
    )
