"""Writes two data sets: motorcycles, in photos and pasted into frames of a street, and other things."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.classes import CAMVID_32, ClassList
from core.datasets import SegmentationDataset
from core.datasets.acquire.staging import clear, staging
from core.datasets.cutouts import OTHER_THINGS
from core.datasets.cutouts.fetching import photo_fetcher, read_photo
from core.datasets.cutouts.listed import ListedPhoto, listed_photos
from core.datasets.cutouts.pasting import Cutout, pasted
from core.datasets.layouts.label_sets import LABEL_SETS
from core.datasets.text_files import read_text
from core.errors import DatasetError
from core.files import is_file
from core.jobs import ProgressCallback
from core.photos.fetch.fetcher import Fetcher
from core.photos.images import resize

_Picture = NDArray[np.uint8]
_Named = tuple[str, _Picture, _Picture]
"""A frame's name, its image (H, W, 3) and its label map (H, W)."""

_Photo = tuple[ListedPhoto, _Picture]
_Thing = TypeVar("_Thing")

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
"""Pixels of the longer side of a photo of a motorcycle: each is written near and far."""
_OTHER_SIDES = (640, 400)
"""The same for a photo of other things."""
_SEVERAL = (1, 1, 2, 3)
"""How many motorcycles a frame gets; one of these by chance."""
FRAMES_EACH = 12
"""Frames that begin with the motorcycle of each photo."""
_VALID = 4
"""So many frames, the last ones, are for validation if no photo is kept for that: a data set needs some."""

README = "README.txt"

_ABOUT = """Photos of motorcycles under free licences, and frames of {name} with their motorcycles pasted in.

Made by `python -m core motorcycles`, which has fetched the photos. Labels: outlines drawn by hand; whatever
else is in a photo is SomethingElse, in a frame what {name} calls it. The frames stay under the terms of
{name}, the photos under theirs:

{credits}
"""
_ABOUT_OTHERS = """Photos under free licences in which nothing is a motorcycle: all of them is SomethingElse.

Made by `python -m core motorcycles`, which has fetched the photos. They stay under their terms:

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
    fetched: ProgressCallback | None = None,
) -> dict[Path, int]:
    """Write the data set into a new folder, in fastai's layout, and beside it that of other things.

    Where an earlier call was cut short between the two, the one that is there stays, and the other is made.
    street: whose training frames the motorcycles are pasted into. photos_folder: where the photos are, or
    will be when they are fetched. photos: the project's own lists if none are given. progress: called with
    the frames written and their total; fetched: with the photos that are there and their total.
    The same seed gives the same pixels. Returns how many frames were written into which folder.
    DatasetError for folders that hold something else, for a photo that is not to be had, before anything is
    written, and as `staging`.
    """
    chosen = listed_photos() if photos is None else tuple(photos)
    if not street.train:
        raise DatasetError(f"{street.name} has no training frames to paste motorcycles into; give another.")
    planned = _missing(_planned(folder, street.name, chosen))
    fetcher = fetcher or photo_fetcher()
    needed = [photo for each in planned for photo in each.photos]
    read = _read(needed, photos_folder, fetcher, _Counted(fetched, len(needed)))
    counted = _Counted(progress, sum(each.frames for each in planned))
    for each in planned:
        rng = random.Random(seed)  # noqa: S311
        pictures = [(photo, read[photo.file]) for photo in each.photos]
        streets = _streets(_cutouts(pictures), street, rng) if each.street else ()
        _write(each, pictures, counted.each(chain(_views(pictures), streets)))
    return {each.folder: each.frames for each in planned}


@dataclass(frozen=True)
class _Planned:
    """One of the two data sets. street: the name of that whose frames it has too, if it has any."""

    folder: Path
    street: str
    photos: tuple[ListedPhoto, ...]

    @property
    def frames(self) -> int:
        pasted_into = sum(not photo.kept for photo in self.photos) * FRAMES_EACH if self.street else 0
        return sum(len(_sides(photo)) for photo in self.photos) + pasted_into

    @property
    def about(self) -> str:
        """What its README says: of which photos it is."""
        credit = "\n".join(f"{photo.file}: {photo.credit}" for photo in self.photos)
        return (_ABOUT if self.street else _ABOUT_OTHERS).format(name=self.street, credits=credit)


def _planned(folder: Path, street: str, photos: Sequence[ListedPhoto]) -> tuple[_Planned, ...]:
    shown = tuple(photo for photo in photos if photo.outlines)
    others = tuple(photo for photo in photos if not photo.outlines)
    beside = folder.with_name(OTHER_THINGS)
    if beside == folder:
        raise DatasetError(
            f"{OTHER_THINGS} is the name of the data set that is made beside it; give another name."
        )
    made = _Planned(folder, street, shown)
    return (_Planned(beside, "", others), made) if others else (made,)


def _missing(planned: Sequence[_Planned]) -> list[_Planned]:
    """Those that are still to be made. DatasetError if nothing is, or if something else is in the way."""
    there = [each for each in planned if os.path.lexists(each.folder)]
    if len(there) == len(planned):
        names = " and ".join(str(each.folder) for each in reversed(there))
        raise DatasetError(
            f"Nothing is left to make: {names} are there already. Give another name, or delete first "
            "what is to be made anew."
        )
    for each in there:
        if not _is_it(each):
            raise DatasetError(
                f"{each.folder} exists already, and is not what would be made there now; rename it, or "
                "delete it first."
            )
    return [each for each in planned if each not in there]


def _is_it(planned: _Planned) -> bool:
    """Whether the folder has the data set: it got its name when it was whole."""
    try:
        return read_text(planned.folder / README) == planned.about
    except (DatasetError, OSError):
        return False


def _read(
    photos: Sequence[ListedPhoto], folder: Path, fetcher: Fetcher, counted: _Counted
) -> dict[str, _Picture]:
    """The photos by their files' names; an error also says how many there are."""
    try:
        return {photo.file: read_photo(photo, folder, fetcher) for photo in counted.each(photos)}
    except DatasetError as error:
        there = sum(is_file(folder / photo.file) for photo in photos)
        raise DatasetError(f"{error} {folder} has {there} of {len(photos)} photos now.") from error


def _cutouts(pictures: Sequence[_Photo]) -> list[Cutout]:
    return [Cutout.of(image, photo.outlines[0]) for photo, image in pictures if not photo.kept]


class _Counted:
    """Tells of photos or frames as they pass."""

    def __init__(self, progress: ProgressCallback | None, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def each(self, things: Iterable[_Thing]) -> Iterator[_Thing]:
        for thing in things:
            yield thing
            self.done += 1
            if self.progress is not None:
                self.progress(self.done, self.total)


def _write(planned: _Planned, photos: Sequence[_Photo], frames: Iterable[_Named]) -> None:
    with staging(planned.folder) as place:
        clear(place)
        made = place / "set"
        for part in ("images", "labels"):
            (made / part).mkdir(parents=True)
        kept = [name for photo, _ in photos if photo.kept for name in _names(photo)]
        names = []
        for name, image, label in frames:
            Image.fromarray(image).save(made / "images" / f"{name}.png", compress_level=6)
            Image.fromarray(label).save(made / "labels" / f"{name}_P.png", compress_level=6)
            names.append(name)
        _write_texts(made, planned.about, kept or names[-_VALID:])
        made.rename(planned.folder)


def _views(photos: Sequence[_Photo]) -> Iterator[_Named]:
    """The photos, each in several sizes."""
    for photo, image in photos:
        label = _label(photo)
        for name, side in zip(_names(photo), _sides(photo), strict=True):
            width, height = (max(1, round(each * side / max(photo.size))) for each in photo.size)
            small = label.resize((width, height), Image.Resampling.NEAREST)
            yield name, resize(image, height, width), np.asarray(small)


def _sides(photo: ListedPhoto) -> tuple[int, ...]:
    return _SIDES if photo.outlines else _OTHER_SIDES


def _names(photo: ListedPhoto) -> list[str]:
    """Of its frames."""
    return [f"photo-{photo.file.rpartition('.')[0]}-{side}" for side in _sides(photo)]


def _label(photo: ListedPhoto) -> Image.Image:
    label = Image.new("L", photo.size, NAMES.index(ELSE))
    draw = ImageDraw.Draw(label)
    for box in photo.unsure:
        draw.rectangle(box, fill=NAMES.index(VOID))
    for outline in photo.outlines:
        draw.polygon(list(outline), fill=NAMES.index(MOTORCYCLE))
    return label


def _streets(cutouts: Sequence[Cutout], street: SegmentationDataset, rng: random.Random) -> Iterator[_Named]:
    """Training frames of a street with one to three motorcycles in each."""
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


def _write_texts(folder: Path, about: str, valid: Sequence[str]) -> None:
    sets = [f"{name} = {json.dumps(may_be)}" for name, may_be in SETS.items()]
    for file, text in {
        "codes.txt": "\n".join(NAMES) + "\n",
        "valid.txt": "".join(f"{name}.png\n" for name in valid),
        LABEL_SETS: "\n".join(sets) + "\n",
        README: about,
    }.items():
        (folder / file).write_text(text, encoding="utf-8")
