"""What Toytown offers: one frame, or a whole data set on disk in fastai's layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.classes import CAMVID_32
from core.datasets.acquire.staging import clear, staging
from core.errors import DatasetError
from core.jobs import ProgressCallback
from core.languages import sentence
from core.toytown.drive.street import FRAMES
from core.toytown.towns import Town, town_named

CITY_SEED = 7
"""The seed of the set that the app makes on first use."""
LARGEST_COUNT = 10_000
SMALLEST_SIDE, LARGEST_SIDE = 64, 1280
LARGEST_SEED = 1_000_000
VALID_EVERY = 5
"""Every fifth drive is for validation: the ones that have nearly every class."""

TOYTOWN = "toytown"
"""The town that is drawn unless another is asked for."""
ABOUT = """{title}: {count} street scenes of {width} x {height} pixels, seed {seed}.

{story}

Names: DRIVE_FRAME; the {drives} drives are films of up to {frames} frames. valid.txt names whole drives.
Licence: made by a program, no photograph is in it. Free to use, change and pass on, for any purpose (CC0).
"""


def frame(
    sequence_seed: int, number: int, size: tuple[int, int] = (320, 240), town: str = TOYTOWN
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """One frame of a drive.

    sequence_seed: which street, 0 or more; number: which frame of it, 0..11; size: (width, height).
    town: "toytown" or "jakarta".
    Returns the (H, W, 3) RGB image and its (H, W) label map in CamVid's 32 classes.
    DatasetError names a number that is out of range, or a town that there is not.
    """
    _check_size(size)
    _check("Toytown's seed", sequence_seed, 0, LARGEST_SEED * LARGEST_COUNT)
    _check("The number of a frame", number, 0, FRAMES - 1)
    return town_named(town).draw(sequence_seed, number, *size)


def toytown(
    folder: Path,
    count: int = 120,
    size: tuple[int, int] = (320, 240),
    seed: int = CITY_SEED,
    progress: ProgressCallback | None = None,
    town: str = TOYTOWN,
) -> None:
    """Write a data set of `count` frames into a new folder, in fastai's layout.

    town: "toytown" or "jakarta"; the names of the files begin with it, and README.txt describes it.
    size: (width, height) in pixels. progress is called with (frames written, count) after each frame; raising
    from it stops the writing. The folder appears only when it is complete.
    DatasetError if a number is out of range, there is no such town, the folder exists or is being made by
    somebody else, or writing fails.
    """
    _check_size(size)
    _check("The number of frames", count, 2, LARGEST_COUNT)
    _check("Toytown's seed", seed, 0, LARGEST_SEED)
    chosen = town_named(town)
    with staging(folder) as place:
        clear(place)
        made = place / "set"
        _write(made, chosen, count, size, seed, progress)
        made.rename(folder)


def nine_frames(
    size: tuple[int, int] = (320, 240), seed: int = CITY_SEED, town: str = TOYTOWN
) -> NDArray[np.uint8]:
    """(3 H, 3 W, 3) nine pictures of different drives, edge to edge: what a town looks like."""
    _check_size(size)
    chosen = town_named(town)
    pictures = [chosen.draw(drive_seed(seed, drive), number, *size)[0] for drive, number in chosen.shown]
    rows = [np.concatenate(pictures[start : start + 3], axis=1) for start in (0, 3, 6)]
    return np.concatenate(rows, axis=0)


def frame_names(count: int) -> list[tuple[int, int]]:
    """(drive, frame of the drive) of each of `count` frames; at least two drives, none longer than 12."""
    length = min(FRAMES, -(-count // 2))
    return [(number // length, number % length) for number in range(count)]


def is_valid(drive: int, drives: int) -> bool:
    """Whether a drive is for validation: every fifth, and the last of fewer than five."""
    return drive % VALID_EVERY == VALID_EVERY - 1 or (drives < VALID_EVERY and drive == drives - 1)


def drive_seed(seed: int, drive: int) -> int:
    """The seed of a drive's street. Its last digit is the drive's, so that ten in a row show all themes."""
    return seed * LARGEST_COUNT + drive


def _write(
    folder: Path,
    town: Town,
    count: int,
    size: tuple[int, int],
    seed: int,
    progress: ProgressCallback | None,
) -> None:
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True)
    frames = frame_names(count)
    drives = frames[-1][0] + 1
    valid = []
    for done, (drive, number) in enumerate(frames, start=1):
        name = f"{town.name}{drive:03d}_{number:02d}"
        image, labels = town.draw(drive_seed(seed, drive), number, *size)
        Image.fromarray(image).save(folder / "images" / f"{name}.png", compress_level=6)
        Image.fromarray(labels).save(folder / "labels" / f"{name}_P.png", compress_level=6)
        if is_valid(drive, drives):
            valid.append(f"{name}.png")
        if progress is not None:
            progress(done, count)
    about = ABOUT.format(
        title=town.title, story=town.story, count=count, width=size[0], height=size[1], seed=seed,
        drives=drives, frames=FRAMES,
    )  # fmt: skip
    for file, text in {
        "codes.txt": "\n".join(CAMVID_32.names) + "\n",
        "valid.txt": "\n".join(valid) + "\n",
        "README.txt": about,
    }.items():
        (folder / file).write_text(text, encoding="utf-8")


def _check_size(size: tuple[int, int]) -> None:
    for side, name in zip(size, ("width", "height"), strict=True):
        _check(f"The {name} of a Toytown picture in pixels", side, SMALLEST_SIDE, LARGEST_SIDE)


def _check(what: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise DatasetError(
            sentence(
                "{what} is {value}; give a whole number from {low} to {high}.",
                what=what,
                value=value,
                low=low,
                high=high,
            )
        )
