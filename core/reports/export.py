"""Results as files: masks, overlay, maps, class shares, all probabilities, and a zip of everything.

Large files are written piece by piece, to any file object, and never held whole.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.file_names import file_name
from core.photos import images
from core.reports import tables
from core.segmentation import painting
from core.segmentation.segmentation import ENTROPY_STEPS, Segmentation

MAX_NAME_BYTES = 120
"""Bytes of a photo's name in a file's name: with model, size and kind it stays below the limit of 255."""

CONFIDENCE_MEANING = "Grey value = round(255 * confidence): 0 is a confidence of 0, 255 is a confidence of 1."
ENTROPY_MEANING = f"Grey value = round({ENTROPY_STEPS} * entropy in bits): 0 is sure, lighter is less sure."


def index_mask(segmentation: Segmentation) -> bytes:
    """A palette PNG whose index values are the class numbers."""
    return images.encode_index_png(segmentation.labels, segmentation.class_list.palette)


def colour_mask(segmentation: Segmentation) -> bytes:
    """A PNG in the classes' colours."""
    return images.encode_png(painting.colour_mask(segmentation.labels, segmentation.class_list))


def overlay(segmentation: Segmentation) -> bytes:
    """A PNG of the photo with the mask over it."""
    return images.encode_png(painting.overlay(segmentation))


def confidence_map(segmentation: Segmentation) -> bytes:
    """A grey PNG: round(255 * confidence), so that 255 is a confidence of 1. The file says so itself."""
    return _grey_png(np.floor(segmentation.confidence * 255 + 0.5).astype(np.uint8), CONFIDENCE_MEANING)


def entropy_map(segmentation: Segmentation) -> bytes:
    """A grey PNG of `Segmentation.entropy_steps`: black is sure. The file says so itself."""
    return _grey_png(segmentation.entropy_steps(), ENTROPY_MEANING)


def _grey_png(grey: NDArray[np.uint8], meaning: str) -> bytes:
    description = PngInfo()
    description.add_text("Description", meaning)
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "PNG", pnginfo=description)
    return file.getvalue()


def class_shares(segmentation: Segmentation) -> bytes:
    """The classes that occur, as CSV; see `core.reports.tables.class_share_rows`."""
    return tables.to_csv(tables.class_share_rows(segmentation)).encode()


FILES: Mapping[str, Callable[[Segmentation], bytes]] = {
    "index.png": index_mask,
    "mask.png": colour_mask,
    "overlay.png": overlay,
    "confidence.png": confidence_map,
    "entropy.png": entropy_map,
    "shares.csv": class_shares,
}
"""The files of every photo, by the end of their names."""


def write_probabilities(segmentation: Segmentation, file: BinaryIO) -> None:
    """Write the probabilities of all pixels as a compressed .npz that `numpy.load` reads.

    Its arrays: `probabilities` (H, W, C) float16 in [0, 1], and `classes` (C,) with the names. Half precision
    keeps three digits, so that a pixel's probabilities sum to 1 within 0.001.
    file: may be a pipe or a socket. It is written band by band, because the array has 64 MiB at 1024 x 1024
    with 32 classes.
    """
    names = segmentation.class_list.names
    header = {
        "descr": "<f2",
        "fortran_order": False,
        "shape": (segmentation.height, segmentation.width, len(names)),
    }
    # The fastest level: probabilities near 0 and 1 compress at once or not at all.
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("classes.npy", "w") as member:
            npy.write_array(member, np.array(names), allow_pickle=False)
        with archive.open("probabilities.npy", "w", force_zip64=True) as member:
            npy.write_array_header_1_0(member, header)
            for band in segmentation.probability_bands():
                member.write(band.astype("<f2").tobytes())


def write_all(photos: Iterable[tuple[str, Segmentation]], file: BinaryIO) -> None:
    """Write a zip with the `FILES` of every photo, one photo after the other.

    photos: (stem, segmentation); `file_stem` makes the stems. A stem that is unsafe or was used before is
    changed. file: may be a pipe or a socket.
    """
    taken: set[str] = set()
    with ZipFile(file, "w") as archive:
        for stem, segmentation in photos:
            unique = _unused(file_name(stem, "photo"), taken)
            for ending, make in FILES.items():
                # PNG is compressed already.
                method = ZIP_STORED if ending.endswith(".png") else ZIP_DEFLATED
                archive.writestr(f"{unique}-{ending}", make(segmentation), method)


def file_stem(photo: str, model: str, size: str) -> str:
    """The beginning of the names of a photo's files: "china-street-lite0-512" for "china.jpg".

    photo: its untrusted name. size: the working size in a word, such as 512, 512-square or full.
    """
    name = photo.replace("\\", "/").rpartition("/")[2]
    stem, dot, _ = name.rpartition(".")
    short = file_name(stem if dot else name, "photo", MAX_NAME_BYTES)
    return file_name(f"{short}-{model}-{size}", "photo")


def _unused(stem: str, taken: set[str]) -> str:
    """`stem`, with a number at the end if it is taken; many disks ignore upper and lower case."""
    number, unused = 1, stem
    while unused.casefold() in taken:
        number += 1
        unused = f"{stem}-{number}"
    taken.add(unused.casefold())
    return unused
