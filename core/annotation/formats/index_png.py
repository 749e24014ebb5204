"""Index PNGs with a palette: `images/`, `labels/NAME_P.png`, `codes.txt`, and reviewed masks.

That is fastai's layout of CamVid, and this app's own. 255 is not reviewed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from core.annotation.exchange import reviewed
from core.annotation.exchange.colour_list import colour_list_text, read_colour_list, read_names
from core.annotation.exchange.documents import open_label
from core.annotation.exchange.labelled import (
    Labelled,
    LabelledSet,
    Prepared,
    made_class_list,
    refusing,
)
from core.annotation.exchange.source import Source, is_picture, stem
from core.annotation.exchange.zips import ZipWriter
from core.annotation.formats.format import Format
from core.annotation.runs import NOT_REVIEWED, Mask
from core.classes import ClassList
from core.datasets.labels import as_numbers, numbers_in
from core.errors import AnnotationError
from core.languages import sentence
from core.photos.images import encode_index_png

_ENDING = "_P.png"
_COLOURS = "label_colors.txt"


def _write(pictures: Iterable[Prepared], class_list: ClassList, zipped: ZipWriter) -> None:
    zipped.add("codes.txt", "".join(f"{name}\n" for name in class_list.names))
    zipped.add(_COLOURS, colour_list_text(class_list))
    for picture in pictures:
        zipped.add(f"images/{picture.file}", picture.data)
        zipped.add(f"labels/{picture.name}{_ENDING}", encode_index_png(picture.mask, class_list.palette))
        reviewed.add(zipped, picture.name, picture.mask)


def _fits(source: Source) -> bool:
    return "codes.txt" in source.paths and any(path.startswith("labels/") for path in source.paths)


def _read(source: Source) -> LabelledSet:
    class_list = _class_list(source)
    labels = {
        stem(path).removesuffix("_P"): path
        for path in source.ending_with(".png")
        if path.startswith("labels/") and path.endswith(_ENDING)
    }
    pictures = {stem(path): path for path in source.paths if path.startswith("images/") and is_picture(path)}

    def load(name: str) -> Labelled:
        mask = indices(source.read(labels[name]), labels[name], class_list)
        image = source.read(pictures[name]) if name in pictures else None
        return Labelled(name, image, reviewed.apply(source, name, mask))

    return LabelledSet(class_list, tuple(labels), load)


def _class_list(source: Source) -> ClassList:
    names = read_names(source, "codes.txt")
    if _COLOURS not in source.paths:
        return made_class_list(names, "codes.txt")
    entries = read_colour_list(source, _COLOURS)
    if [name for name, _ in entries] != names:
        raise AnnotationError(
            sentence(
                "{colours} and codes.txt name different classes; list the same in both.", colours=_COLOURS
            )
        )
    return made_class_list(names, "codes.txt", [colour for _, colour in entries])


def indices(data: bytes, name: str, class_list: ClassList) -> Mask:
    """(H, W) the class numbers in a PNG of numbers; AnnotationError for one that is no class and not 255."""
    with refusing():
        numbers = as_numbers(Path(name), open_label(data, name))
    if numbers is None:
        raise AnnotationError(
            sentence("{name} holds colours where class numbers belong; give an index PNG.", name=name)
        )
    unknown = {number for number in numbers_in(numbers) if number >= len(class_list)} - {NOT_REVIEWED}
    if unknown:
        raise AnnotationError(
            sentence(
                "{name} holds the class number {number}, but the class list ends at {last}.",
                name=name,
                number=max(unknown),
                last=len(class_list) - 1,
            )
        )
    return numbers.astype(np.uint8)


FORMAT = Format(
    "index",
    "Index PNG",
    _write,
    _fits,
    _read,
    "This is the layout in which fastai ships CamVid, and the one this app itself keeps data sets in.\n"
    "In this app: unpack the zip into the data folder, or import it.\n"
    "In fastai: SegmentationDataLoaders.from_label_func with label_func=lambda p: labels/NAME_P.png and "
    "codes=codes.txt. In PyTorch and others: open labels/NAME_P.png with Pillow; its values are class "
    "numbers, in the order of codes.txt, and the loss must ignore 255 (ignore_index=255).",
    "255 in a label map means that nobody reviewed the pixel. reviewed/NAME.png says the same as a "
    "picture: white where it was reviewed.",
)
