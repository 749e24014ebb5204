"""Between sets and formats: the pictures of a data set or of corrections, and labels brought into a set."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.annotation.exchange.labelled import Labelled, LabelledSet, refusing, wrong_size
from core.annotation.keys import without_ending
from core.annotation.runs import NOT_REVIEWED, Mask, between
from core.annotation.store import Source, open_correction, open_set, set_folder
from core.classes import ClassList
from core.datasets.layouts.opening import open_dataset
from core.datasets.pictures import read_bytes
from core.errors import AnnotationError
from core.files import is_folder
from core.languages import sentence
from core.photos import images

_LONGEST = 65_535
"""Pixels along a side, at most, as in JPEG."""


def to_export(name: str) -> LabelledSet:
    """The pictures of a set of corrections, or of the data set in a folder.

    Corrections have the names of their photos. AnnotationError if there is neither; DatasetError for a folder
    that is no data set.
    """
    if is_folder(set_folder(name)) and os.sep not in name:
        found = open_set(name)
        photos = {picture.frame: without_ending(picture.name) or picture.frame for picture in found.pictures}
        return _of_dataset(found.path, photos)
    if is_folder(Path(name)):
        return _of_dataset(Path(name), {})
    raise AnnotationError(
        sentence(
            "There are no corrections called {name}, and no such folder; `annotate list` lists the sets.",
            name=name,
        )
    )


def _of_dataset(path: Path, called: dict[str, str]) -> LabelledSet:
    """called: another name for some frames."""
    dataset = open_dataset(path)
    frames = {frame.name: frame for frame in dataset.frames()}

    def load(name: str) -> Labelled:
        frame = frames[name]
        return Labelled(called.get(name, name), read_bytes(frame.image), dataset.read_label(frame))

    return LabelledSet(dataset.class_list, tuple(frames), load)


def check_all(found: LabelledSet) -> None:
    """AnnotationError for the first picture that is missing or cannot be used, before anything is written."""
    for picture in found:
        if picture.image is None:
            raise AnnotationError(
                sentence(
                    "{name} has labels but no picture; put the pictures into the zip and give it again.",
                    name=picture.name,
                )
            )
        if isinstance(picture.image, bytes):
            with refusing():
                size = images.header_size(picture.image)
                turned = images.orientation(picture.image) > 4
            if (size[::-1] if turned else size) != picture.mask.shape:
                raise wrong_size(picture.name, size, picture.mask.shape)


def bring_all(found: LabelledSet, set_name: str) -> Iterator[bool]:
    """Bring pictures into a set one by one, after all are checked: whether each has changed anything.

    Errors as for `check_all` and `bring_in`.
    """
    check_all(found)
    for picture in found:
        yield bring_in(picture, found.class_list, set_name)


def bring_in(picture: Labelled, class_list: ClassList, set_name: str) -> bool:
    """Lay a picture's labels over its correction in a set, which begins if there is none; one step, undoable.

    class_list: that of the labels; classes that the set does not have are added to it. Whether anything has
    changed. AnnotationError as for `open_correction`.
    """
    if picture.image is None:
        raise AnnotationError(
            sentence("{name} has labels but no picture; put it beside them.", name=picture.name)
        )
    with refusing():
        image = images.decode(picture.image) if isinstance(picture.image, bytes) else picture.image
    if image.shape[:2] != picture.mask.shape:
        raise wrong_size(picture.name, image.shape, picture.mask.shape)
    if max(image.shape) > _LONGEST:
        raise AnnotationError(
            sentence(
                "{name} is more than {longest:,} pixels long; give a smaller picture.",
                name=picture.name,
                longest=_LONGEST,
            )
        )
    if (picture.mask == NOT_REVIEWED).all():
        return False
    nothing = np.full(picture.mask.shape, NOT_REVIEWED, np.uint8)
    correction = open_correction(set_name, image, nothing, class_list, Source("photo", picture.name))
    labels = _renumbered(picture.mask, class_list, correction.class_list)
    wanted = np.where(labels == NOT_REVIEWED, correction.mask, labels)
    return correction.edit(between(correction.mask, wanted).packed())


def _renumbered(mask: Mask, own: ClassList, shared: ClassList) -> Mask:
    """A mask in the numbers of a set, which has all the classes, by name."""
    table = np.full(256, NOT_REVIEWED, np.uint8)
    for number, name in enumerate(own.names):
        table[number] = shared.index(" ".join(name.split()))
    return table[mask]
