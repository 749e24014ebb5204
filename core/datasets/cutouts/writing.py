"""Writes the data set `motorcycles`: listed photos, and frames of a street with motorcycles pasted in."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.classes import CAMVID_32, ClassList
from core.datasets import SegmentationDataset
from core.datasets.acquire.staging import clear, staging
from core.datasets.cutouts.fetching import photo_fetcher, read_photo
from core.datasets.cutouts.listed import ListedPhoto, listed_photos
from core.datasets.cutouts.pasting import Cutout, pasted
from core.datasets.layouts.label_sets import LABEL_SETS
from core.errors import DatasetError
from core.jobs import ProgressCallback
from core.photos.fetch.fetcher import Fetcher
from core.photos.images import resize

_Picture = NDArray[np.uint8]
_Named = tuple[str, _Picture, _Picture]
"""A frame's name, its image (H, W, 3) and its label map (H, W)."""

MOTORCYCLE, ELSE, VOID = "MotorcycleScooter", "SomethingElse", "Void"

NAMES = (
    "Sky", "Building", "Column_Pole", "Road", "Sidewalk", "Tree", "SignSymbol", "Fence", "Car", "Pedestrian",
    "Bicyclist", MOTORCYCLE, ELSE, VOID,
)  # fmt: skip
"""SegNet's classes, which the frames come with, and what the photos add."""

SETS = {
    "Road": ("Road", "LaneMkgsDriv", "LaneMkgsNonDriv"),
    "Building": ("Building", "Wall"),
    "Car": ("Car", "SUVPickupTruck", "Truck_Bus"),
    "Tree": ("Tree", "VegetationMisc"),
    "SignSymbol": ("SignSymbol", "TrafficLight", "Misc_Text"),
    "Sidewalk": ("Sidewalk", "ParkingBlock", "RoadShoulder"),
    "Column_Pole": ("Column_Pole", "TrafficCone"),
    ELSE: tuple(name for name in CAMVID_32.names if name not in (MOTORCYCLE, VOID)),
}
"""What SegNet's labels may be, as the recipe `street32` says. What is around the motorcycle of a photo may be
all but a motorcycle."""

_GROUND = tuple(NAMES.index(name) for name in ("Road", "Sidewalk"))

_SIDES = (640, 480, 320)
"""Pixels of the longer side of a photo: each is written near and far."""
_SEVERAL = (1, 1, 2, 3)
"""How many motorcycles a frame gets; one of these by chance."""
FRAMES_EACH = 6
"""Frames that begin with the motorcycle of each photo."""
_VALID = 4
"""The last frames are for validation: a data set needs some."""

_ABOUT = """Photos of motorcycles under free licences, and frames of {name} with their motorcycles pasted in.

Made by `python -m core motorcycles`, which has fetched the photos. Labels: outlines drawn by hand; whatever
else is in a photo is SomethingElse, in a frame what {name} calls it. The frames stay under the terms of
{name}, the photos under theirs:

{credits}
"""


def motorcycles(
    folder: Path,
    street: SegmentationDataset,
    photos_folder: Path,
    progress: ProgressCallback | None = None,
    photos: Sequence[ListedPhoto] | None = None,
    fetcher: Fetcher | None = None,
    seed: int = 7,
) -> int:
    """Write the data set into a new folder, in fastai's layout; how many frames it has.

    street: whose training frames the motorcycles are pasted into. photos_folder: where the photos are, or
    will be when they are fetched. photos: the project's own list if none is given. The same seed gives the
    same pixels. DatasetError for a photo that is not to be had, before anything is written, and as `staging`.
    """
    chosen = listed_photos() if photos is None else tuple(photos)
    if not street.train:
        raise DatasetError(f"{street.name} has no training frames to paste motorcycles into; give another.")
    fetcher = fetcher or photo_fetcher()
    images = [read_photo(photo, photos_folder, fetcher) for photo in chosen]
    total = len(chosen) * len(_SIDES) + sum(bool(photo.outlines) for photo in chosen) * FRAMES_EACH
    with staging(folder) as place:
        clear(place)
        made = place / "set"
        for part in ("images", "labels"):
            (made / part).mkdir(parents=True)
        rng = random.Random(seed)  # noqa: S311
        frames = chain(_views(chosen, images), _streets(chosen, images, street, rng))
        names = []
        for name, image, label in frames:
            Image.fromarray(image).save(made / "images" / f"{name}.png", compress_level=6)
            Image.fromarray(label).save(made / "labels" / f"{name}_P.png", compress_level=6)
            names.append(name)
            if progress is not None:
                progress(len(names), total)
        _write_texts(made, street.name, chosen, names[-_VALID:])
        made.rename(folder)
    return total


def _views(photos: Sequence[ListedPhoto], images: Sequence[_Picture]) -> Iterator[_Named]:
    """The photos, each in several sizes."""
    for photo, image in zip(photos, images, strict=True):
        label = _label(photo)
        for side in _SIDES:
            width, height = (max(1, round(each * side / max(photo.size))) for each in photo.size)
            small = label.resize((width, height), Image.Resampling.NEAREST)
            name = f"photo-{photo.file.rpartition('.')[0]}-{side}"
            yield name, resize(image, height, width), np.asarray(small)


def _label(photo: ListedPhoto) -> Image.Image:
    label = Image.new("L", photo.size, NAMES.index(ELSE))
    draw = ImageDraw.Draw(label)
    for box in photo.unsure:
        draw.rectangle(box, fill=NAMES.index(VOID))
    for outline in photo.outlines:
        draw.polygon(list(outline), fill=NAMES.index(MOTORCYCLE))
    return label


def _streets(
    photos: Sequence[ListedPhoto],
    images: Sequence[_Picture],
    street: SegmentationDataset,
    rng: random.Random,
) -> Iterator[_Named]:
    """Training frames of a street with one to three motorcycles in each."""
    cutouts = [
        Cutout.of(image, photo.outlines[0])
        for photo, image in zip(photos, images, strict=True)
        if photo.outlines
    ]
    frames, table = rng.sample(street.train, len(street.train)), _table(street.class_list)
    for number in range(len(cutouts) * FRAMES_EACH):
        image, label = street.read(frames[number % len(frames)])
        label = table[label]
        others = rng.choices(cutouts, k=rng.choice(_SEVERAL) - 1)
        for cutout in (*others, cutouts[number % len(cutouts)]):
            image, label = pasted(image, label, cutout, NAMES.index(MOTORCYCLE), _GROUND, rng)
        yield f"pasted-{number:04d}", image, label


def _table(classes: ClassList) -> NDArray[np.uint8]:
    """(256,) from a street's numbers to ours, by name; Void for what has no name here."""
    table = np.full(256, NAMES.index(VOID), dtype=np.uint8)
    for number, name in enumerate(classes.names):
        if name in NAMES:
            table[number] = NAMES.index(name)
    return table


def _write_texts(folder: Path, street: str, photos: Sequence[ListedPhoto], valid: Sequence[str]) -> None:
    sets = [f"{name} = {json.dumps(may_be)}" for name, may_be in SETS.items()]
    credit = "\n".join(f"{photo.file}: {photo.credit}" for photo in photos)
    for file, text in {
        "codes.txt": "\n".join(NAMES) + "\n",
        "valid.txt": "".join(f"{name}.png\n" for name in valid),
        LABEL_SETS: "\n".join(sets) + "\n",
        "README.txt": _ABOUT.format(name=street, credits=credit),
    }.items():
        (folder / file).write_text(text, encoding="utf-8")
