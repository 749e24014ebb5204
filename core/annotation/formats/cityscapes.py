"""Cityscapes: `_gtFine_labelIds.png`, `_labelTrainIds.png`, `_color.png`, `_polygons.json` beside pictures.

Classes are translated by name, CamVid's by a table; what Cityscapes does not have becomes "unlabeled".
Source of numbers, names and colours: cityscapesScripts, helpers/labels.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from io import BytesIO
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.annotation.exchange import reviewed
from core.annotation.exchange.colour_list import read_names
from core.annotation.exchange.documents import Field, read_json
from core.annotation.exchange.labelled import (
    Labelled,
    LabelledSet,
    Prepared,
    check_size,
    made_class_list,
)
from core.annotation.exchange.outlines import filled, outlines
from core.annotation.exchange.source import MAX_DOCUMENT, Source, stem
from core.annotation.exchange.zips import ZipWriter
from core.annotation.formats.format import Format
from core.annotation.formats.index_png import indices
from core.annotation.runs import NOT_REVIEWED, Mask
from core.classes import RGB, ClassList
from core.errors import AnnotationError
from core.languages import sentence, together
from core.photos.images import encode_png

_IGNORED = 255
_NAMES = "names.txt"
_IDS, _POLYGONS = "_gtFine_labelIds.png", "_gtFine_polygons.json"
_PICTURE = "_leftImg8bit"


class _Label(NamedTuple):
    name: str
    train: int
    colour: RGB


# The place in this list is the label's id.
_LABELS = (
    _Label("unlabeled", _IGNORED, (0, 0, 0)),
    _Label("ego vehicle", _IGNORED, (0, 0, 0)),
    _Label("rectification border", _IGNORED, (0, 0, 0)),
    _Label("out of roi", _IGNORED, (0, 0, 0)),
    _Label("static", _IGNORED, (0, 0, 0)),
    _Label("dynamic", _IGNORED, (111, 74, 0)),
    _Label("ground", _IGNORED, (81, 0, 81)),
    _Label("road", 0, (128, 64, 128)),
    _Label("sidewalk", 1, (244, 35, 232)),
    _Label("parking", _IGNORED, (250, 170, 160)),
    _Label("rail track", _IGNORED, (230, 150, 140)),
    _Label("building", 2, (70, 70, 70)),
    _Label("wall", 3, (102, 102, 156)),
    _Label("fence", 4, (190, 153, 153)),
    _Label("guard rail", _IGNORED, (180, 165, 180)),
    _Label("bridge", _IGNORED, (150, 100, 100)),
    _Label("tunnel", _IGNORED, (150, 120, 90)),
    _Label("pole", 5, (153, 153, 153)),
    _Label("polegroup", _IGNORED, (153, 153, 153)),
    _Label("traffic light", 6, (250, 170, 30)),
    _Label("traffic sign", 7, (220, 220, 0)),
    _Label("vegetation", 8, (107, 142, 35)),
    _Label("terrain", 9, (152, 251, 152)),
    _Label("sky", 10, (70, 130, 180)),
    _Label("person", 11, (220, 20, 60)),
    _Label("rider", 12, (255, 0, 0)),
    _Label("car", 13, (0, 0, 142)),
    _Label("truck", 14, (0, 0, 70)),
    _Label("bus", 15, (0, 60, 100)),
    _Label("caravan", _IGNORED, (0, 0, 90)),
    _Label("trailer", _IGNORED, (0, 0, 110)),
    _Label("train", 16, (0, 80, 100)),
    _Label("motorcycle", 17, (0, 0, 230)),
    _Label("bicycle", 18, (119, 11, 32)),
)
CITYSCAPES = tuple(label.name for label in _LABELS)
"""The names, by id."""

_AS = {
    "Animal": "dynamic",
    "Archway": "building",
    "Bicyclist": "rider",
    "CartLuggagePram": "dynamic",
    "Child": "person",
    "Column_Pole": "pole",
    "LaneMkgsDriv": "road",
    "LaneMkgsNonDriv": "road",
    "Misc_Text": "static",
    "MotorcycleScooter": "motorcycle",
    "OtherMoving": "dynamic",
    "ParkingBlock": "parking",
    "Pedestrian": "person",
    "RoadShoulder": "ground",
    "SignSymbol": "traffic sign",
    "SUVPickupTruck": "car",
    "TrafficCone": "static",
    "Tree": "vegetation",
    "Truck_Bus": "truck",
    "VegetationMisc": "vegetation",
    "Void": "unlabeled",
}
"""CamVid's classes that are called otherwise in Cityscapes."""


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


_BY_NAME = {_plain(name): number for number, name in enumerate(CITYSCAPES)} | {
    _plain(name): CITYSCAPES.index(label) for name, label in _AS.items()
}


def ids(class_list: ClassList) -> NDArray[np.uint8]:
    """(256,) the Cityscapes id of each class number; 0, unlabeled, for what Cityscapes does not have."""
    table = np.zeros(256, np.uint8)
    for number, name in enumerate(class_list.names):
        table[number] = _BY_NAME.get(_plain(name), 0)
    return table


def _losses(class_list: ClassList) -> tuple[str, ...]:
    """What is not as it was when a set with these classes comes back."""
    known = {name: _BY_NAME.get(_plain(name)) for name in class_list.names}
    void = class_list.names[class_list.void] if class_list.void is not None else ""
    unknown = [name for name, found in known.items() if found is None and name != void]
    renamed = [
        sentence("{name} as {other}", name=name, other=CITYSCAPES[found])
        for name, found in known.items()
        if found and _plain(name) != _plain(CITYSCAPES[found])
    ]
    sentences = []
    if renamed:
        sentences.append(
            sentence("Cityscapes has other classes: {classes}.", classes=together(renamed, ", "))
        )
    if unknown:
        sentences.append(
            sentence("Cityscapes has no {classes}: these pixels are unlabeled.", classes=", ".join(unknown))
        )
    return tuple(sentences)


def _write(pictures: Iterable[Prepared], class_list: ClassList, zipped: ZipWriter) -> None:
    to_id = ids(class_list)
    to_train = np.full(256, _IGNORED, np.uint8)
    colours = np.zeros((256, 3), np.uint8)
    for number, label in enumerate(_LABELS):
        to_train[number], colours[number] = label.train, label.colour
    names = zipped.document(_NAMES)
    for number, picture in enumerate(pictures):
        frame = f"streetscope_000000_{number:06d}"
        labels = to_id[picture.mask]
        place = f"gtFine/train/streetscope/{frame}_gtFine"
        zipped.add(f"leftImg8bit/train/streetscope/{frame}{_PICTURE}.png", picture.as_png())
        zipped.add(f"{place}_labelIds.png", _grey(labels))
        zipped.add(f"{place}_labelTrainIds.png", _grey(to_train[labels]))
        zipped.add(f"{place}_color.png", encode_png(colours[labels]))
        zipped.add(f"{place}_polygons.json", _polygons(labels))
        reviewed.add(zipped, picture.name, picture.mask)
        names.write(f"{frame} {picture.name}\n")


def _grey(labels: Mask) -> bytes:
    file = BytesIO()
    Image.fromarray(labels).save(file, "PNG")  # without a palette, which OpenCV would turn into colours
    return file.getvalue()


def _polygons(labels: Mask) -> str:
    objects = []
    for outline in outlines(labels):
        corners = outline.corners if len(outline.corners) > 2 else outline.corners * 3  # a line, or one pixel
        objects.append({"label": CITYSCAPES[outline.number], "polygon": [list(corner) for corner in corners]})
    height, width = labels.shape
    return json.dumps({"imgHeight": height, "imgWidth": width, "objects": objects})


def _fits(source: Source) -> bool:
    return bool(source.ending_with(_IDS) or source.ending_with(_POLYGONS))


def _read(source: Source) -> LabelledSet:
    class_list = made_class_list(CITYSCAPES, "labels.py", [label.colour for label in _LABELS])
    names = _frame_names(source)
    found: dict[str, str] = {}
    for ending in (_POLYGONS, _IDS):  # where there are both, the picture of ids is exact
        for path in source.ending_with(ending):
            frame = PurePosixPath(path).name.removesuffix(ending)
            found[names.get(frame, frame)] = path
    pictures = {}
    for path in source.paths:
        frame = stem(path)
        if frame.endswith(_PICTURE):
            frame = frame.removesuffix(_PICTURE)
            pictures[names.get(frame, frame)] = path

    def load(name: str) -> Labelled:
        path = found[name]
        mask = _drawn(source, path) if path.endswith(".json") else _of_ids(source, path, class_list)
        image = source.read(pictures[name]) if name in pictures else None
        return Labelled(name, image, reviewed.apply(source, name, mask))

    return LabelledSet(class_list, tuple(found), load)


def _frame_names(source: Source) -> dict[str, str]:
    """What the pictures were called before they got names as Cityscapes has them."""
    if _NAMES not in source.paths:
        return {}
    pairs = [line.partition(" ") for line in read_names(source, _NAMES)]
    if len({name for _, _, name in pairs}) < len(pairs):
        raise AnnotationError(
            sentence("{names} gives two frames the same name; give each its own.", names=_NAMES)
        )
    return {frame: name for frame, _, name in pairs if name}


def _of_ids(source: Source, path: str, class_list: ClassList) -> Mask:
    mask = indices(source.read(path), path, class_list)
    mask[mask == NOT_REVIEWED] = 0  # license plates, which have the id -1, and no other use
    return mask


def _drawn(source: Source, path: str) -> Mask:
    """The mask that the polygons give, each painted over those before it, as json2labelImg.py draws them."""
    document = Field(read_json(source.read(path, MAX_DOCUMENT), path), path)
    height, width = document["imgHeight"].whole(1), document["imgWidth"].whole(1)
    check_size(path, height, width)
    mask = np.zeros((height, width), np.uint8)
    for entry in document["objects"].items():
        number = _number(entry["label"].text(), path)
        deleted = entry["deleted"].value if "deleted" in entry else 0
        if number is None or deleted:
            continue
        corners = [_corner(point) for point in entry["polygon"].items()]
        mask[filled((height, width), corners, path)] = number
    return mask


def _number(label: str, path: str) -> int | None:
    """The id of a label; None for license plates, which have none and are not drawn."""
    for name in (label, label.removesuffix("group")):
        if name in CITYSCAPES:
            return CITYSCAPES.index(name)
    if label.startswith("license plate"):
        return None
    raise AnnotationError(
        sentence(
            "{path} has the label {label!r}, which Cityscapes does not have.", path=path, label=label[:40]
        )
    )


def _corner(point: Field) -> tuple[float, float]:
    values = [value.value for value in point.items()]
    if len(values) != 2 or not all(type(value) in (int, float) for value in values):
        raise AnnotationError(
            sentence("{place} has a corner that is not two numbers; export it again.", place=point.place)
        )
    return values[0], values[1]


FORMAT = Format(
    "cityscapes",
    "Cityscapes",
    _write,
    _fits,
    _read,
    "Unpack the zip beside or instead of Cityscapes itself, and give its folder to any program that "
    "reads Cityscapes: cityscapesScripts (CITYSCAPES_DATASET=FOLDER), mmsegmentation, torchvision's "
    "Cityscapes, Datumaro (datum project import --format cityscapes FOLDER). In CVAT: Actions > Upload "
    "annotations > Cityscapes 1.0. names.txt says what each frame was called before.",
    'Cityscapes has no word for "not reviewed": such pixels are unlabeled (id 0, train id 255), and so '
    "is Void. reviewed/NAME.png tells the two apart: white where it was reviewed. Instances "
    "(_instanceIds.png) are left out: these labels say the class of each pixel, not which object it "
    "belongs to.",
    _losses,
)
