"""Pascal VOC: `SegmentationClass/`, `JPEGImages/`, `labelmap.txt`, and lists of names in `ImageSets/`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from core.annotation.exchange.colour_list import colour_of, read_names
from core.annotation.exchange.colours import check_apart, mask_of_colours
from core.annotation.exchange.documents import open_label, read_colours
from core.annotation.exchange.labelled import Labelled, LabelledSet, Prepared, made_class_list
from core.annotation.exchange.source import Source, is_picture, stem
from core.annotation.exchange.zips import ZipWriter
from core.annotation.formats.format import Format
from core.annotation.formats.index_png import indices
from core.annotation.runs import NOT_REVIEWED
from core.classes import RGB, ClassList
from core.datasets.palettes import voc_palette
from core.errors import AnnotationError
from core.languages import sentence
from core.photos.images import encode_index_png

_LIST = "labelmap.txt"
_HEAD = "# label:color_rgb:parts:actions\n"
_LABELS = "SegmentationClass/"
_IGNORED: RGB = (224, 224, 192)
"""The colour of number 255 in VOC's palette: borders there, not reviewed here."""

_IGNORED_NAMES = ("ignored", "not reviewed")
"""What labelmap.txt calls that; the second if a class has the first name."""

_CLASSES = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair",
    "cow", "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
    "tvmonitor",
)  # fmt: skip


def _write(pictures: Iterable[Prepared], class_list: ClassList, zipped: ZipWriter) -> None:
    check_apart(class_list, _IGNORED)
    if odd := next((name for name in class_list.names if ":" in name), None):
        raise AnnotationError(
            sentence(
                "VOC's labelmap.txt cannot hold the class name {odd!r}: rename it without a colon.", odd=odd
            )
        )
    lines = ("{}:{},{},{}::\n".format(c.name, *c.colour) for c in class_list.classes)
    # Without a name for it, Datumaro refuses the colour.
    rest = "{}:{},{},{}::\n".format(_IGNORED_NAMES[_IGNORED_NAMES[0] in class_list.names], *_IGNORED)
    zipped.add(_LIST, _HEAD + "".join(lines) + rest)
    names = zipped.document("ImageSets/Segmentation/train.txt")
    palette = _palette(class_list)
    for picture in pictures:
        zipped.add(f"JPEGImages/{picture.file}", picture.data)
        zipped.add(f"{_LABELS}{picture.name}.png", encode_index_png(picture.mask, palette))
        names.write(f"{picture.name}\n")


def _palette(class_list: ClassList) -> NDArray[np.uint8]:
    palette = class_list.full_palette.copy()
    palette[NOT_REVIEWED] = _IGNORED
    return palette


def _fits(source: Source) -> bool:
    return any(path.startswith(_LABELS) and path.endswith(".png") for path in source.paths)


def _read(source: Source) -> LabelledSet:
    class_list = _class_list(source)
    labels = {stem(path): path for path in source.ending_with(".png") if path.startswith(_LABELS)}
    pictures = {stem(path): path for path in source.paths if _is_a_picture(path)}

    def load(name: str) -> Labelled:
        data = source.read(labels[name])
        if open_label(data, labels[name]).mode in ("L", "1"):  # numbers without a palette
            mask = indices(data, labels[name], class_list)
        else:
            mask = mask_of_colours(read_colours(data, labels[name]), class_list, labels[name], _IGNORED)
        return Labelled(name, source.read(pictures[name]) if name in pictures else None, mask)

    return LabelledSet(class_list, tuple(labels), load)


def _is_a_picture(path: str) -> bool:
    return is_picture(path) and not path.startswith((_LABELS, "SegmentationObject/"))


def _class_list(source: Source) -> ClassList:
    """The classes of `labelmap.txt`, or VOC's own 20 and the background where there is none."""
    palette = [_rgb(row) for row in voc_palette(256)]
    if _LIST not in source.paths:
        return made_class_list(_CLASSES, _LIST, palette[: len(_CLASSES)])
    names: list[str] = []
    colours: list[RGB] = []
    for line in read_names(source, _LIST):
        if line.startswith("#"):
            continue
        name, _, rest = line.partition(":")
        levels = rest.partition(":")[0]
        parts = [level.strip() for level in levels.split(",")]
        if levels and len(parts) != 3:
            raise AnnotationError(
                sentence(
                    "{list} has the line {line!r}; write it as Road:128,64,128::.", list=_LIST, line=line[:60]
                )
            )
        colour = colour_of((parts[0], parts[1], parts[2]), _LIST) if levels else palette[len(names) % 256]
        if colour == _IGNORED:
            continue
        colours.append(colour)
        names.append(name.strip())
    class_list = made_class_list(names, _LIST, colours)
    check_apart(class_list)
    return class_list


def _rgb(row: NDArray[np.uint8]) -> RGB:
    red, green, blue = (int(level) for level in row)
    return red, green, blue


FORMAT = Format(
    "voc",
    "Pascal VOC",
    _write,
    _fits,
    _read,
    "In CVAT: make a task with the pictures of JPEGImages/ and the labels of labelmap.txt, then Actions "
    "> Upload annotations > Segmentation mask 1.1, and give this zip.\n"
    "In Datumaro: unpack the zip; datum project import --format voc_segmentation FOLDER.\n"
    "In PyTorch: the values of SegmentationClass/NAME.png are class numbers in the order of "
    "labelmap.txt; set ignore_index=255. Pictures that came as PNG stay PNG, so that no pixel changes; "
    "VOC's own are JPEG.",
    "255, VOC's colour of borders (224, 224, 192), means that nobody reviewed the pixel; it stays apart "
    "from Void. CVAT shows such pixels as background. Single objects (SegmentationObject) are left out: "
    "these labels say the class of each pixel, not which object it belongs to.",
)
