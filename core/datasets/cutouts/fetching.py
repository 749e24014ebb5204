"""Listed photos on this machine: fetched once, taken only if they are the files that were outlined."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.datasets.cutouts.listed import ListedPhoto
from core.errors import DatasetError, FetchError, FileKindError, ImageError
from core.files import is_file, read_plain, write_bytes
from core.photos import guarded
from core.photos.fetch.address import parse_address
from core.photos.fetch.fetcher import Fetcher, Limits
from core.photos.fetch.gate import gate_of_this_machine

LIMITS = Limits(most=8 * 1024**2, seconds=60.0)


def photo_fetcher() -> Fetcher:
    """What fetches listed photos, from where this machine's environment lets us."""
    return Fetcher(gate_of_this_machine(), limits=LIMITS)


def read_photo(photo: ListedPhoto, folder: Path, fetcher: Fetcher) -> NDArray[np.uint8]:
    """(H, W, 3) a listed photo at the size of its outlines, from the folder, where it is kept once fetched.

    DatasetError if it is not there and cannot be fetched, or is another photo than the one that was outlined.
    """
    try:
        image, _ = guarded.decode_scaled(_kept_or_fetched(photo, folder, fetcher), max(photo.size))
    except ImageError as error:
        raise DatasetError(f"{photo.file}: {error}") from error
    if image.shape[1::-1] != photo.size:
        size = "{} x {}".format(*photo.size)
        raise DatasetError(
            f"{photo.file} is {image.shape[1]} x {image.shape[0]} pixels, its outlines are of {size}; "
            "correct its size in the list."
        )
    return image


def _kept_or_fetched(photo: ListedPhoto, folder: Path, fetcher: Fetcher) -> bytes:
    path = folder / photo.file
    if is_file(path):
        try:
            data = read_plain(path, LIMITS.most)
        except FileKindError:
            data = b""
        if _is_it(photo, data):
            return data
    try:
        data = fetcher.fetch(parse_address(photo.address)).data
    except FetchError as error:
        raise DatasetError(
            f"The photo {photo.file} cannot be fetched from {photo.address}: {str(error).rstrip('.')}. "
            f"Try again later, or put it into {folder} yourself."
        ) from error
    if not _is_it(photo, data):
        raise DatasetError(
            f"{photo.address} is no longer the photo that was outlined; put the file with the SHA-256 "
            f"{photo.sha256} into {folder} as {photo.file}."
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(path, data)
    return data


def _is_it(photo: ListedPhoto, data: bytes) -> bool:
    return hashlib.sha256(data).hexdigest() == photo.sha256
