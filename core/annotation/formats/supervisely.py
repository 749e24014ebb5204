"""Supervisely: `meta.json`, `ds0/img/` and `ds0/ann/FILE.json` with a bitmap for each class in a picture.

A bitmap is a PNG, packed by zlib, as base64, and the place of its corner. Source: supervisely,
geometry/bitmap.py and annotation/annotation.py.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from core.annotation.exchange.areas import Cut, cuts, lay
from core.annotation.exchange.bitmaps import area_of_png, png_of_area
from core.annotation.exchange.documents import Field, colour_of_hex, hex_colour, read_json
from core.annotation.exchange.labelled import (
    Labelled,
    LabelledSet,
    Prepared,
    empty_mask,
    made_class_list,
)
from core.annotation.exchange.outlines import filled
from core.annotation.exchange.source import MAX_DOCUMENT, Source
from core.annotation.exchange.zips import ZipWriter
from core.annotation.formats.format import Format
from core.annotation.runs import Mask
from core.classes import ClassList
from core.errors import AnnotationError
from core.languages import sentence

_META = "meta.json"
_MAX_PNG = 16 * 1024**2
"""Bytes of one bitmap's PNG: one bit a pixel of the largest picture, and that twice."""


def _write(pictures: Iterable[Prepared], class_list: ClassList, zipped: ZipWriter) -> None:
    classes = [
        {"title": c.name, "shape": "bitmap", "color": hex_colour(c.colour).upper(), "geometry_config": {},
         "id": number, "hotkey": ""}
        for number, c in enumerate(class_list.classes, start=1)
    ]  # fmt: skip
    zipped.add(_META, json.dumps({"classes": classes, "tags": [], "projectType": "images"}, indent=1))
    for picture in pictures:
        height, width = picture.mask.shape
        annotation = {
            "description": "",
            "tags": [],
            "size": {"height": height, "width": width},
            "objects": [_object(cut, class_list) for cut in cuts(picture.mask, len(class_list))],
        }
        zipped.add(f"ds0/img/{picture.file}", picture.data)
        zipped.add(f"ds0/ann/{picture.file}.json", json.dumps(annotation))


def _object(cut: Cut, class_list: ClassList) -> dict[str, Any]:
    data = base64.b64encode(zlib.compress(png_of_area(cut.area))).decode("ascii")
    return {
        "classId": cut.number + 1,
        "classTitle": class_list.names[cut.number],
        "description": "",
        "geometryType": "bitmap",
        "tags": [],
        "bitmap": {"data": data, "origin": [cut.left, cut.top]},
    }


def _annotations(source: Source) -> list[str]:
    return [path for path in source.ending_with(".json") if PurePosixPath(path).parent.name == "ann"]


def _fits(source: Source) -> bool:
    return _META in source.paths and bool(_annotations(source))


def _read(source: Source) -> LabelledSet:
    meta = Field(read_json(source.read(_META, MAX_DOCUMENT), _META), _META)
    entries = meta["classes"].items()
    names = [entry["title"].text() for entry in entries]
    colours = [colour_of_hex(entry["color"].text()) if "color" in entry else None for entry in entries]
    known = [colour for colour in colours if colour is not None]
    class_list = made_class_list(names, _META, known if len(known) == len(names) else None)
    found: dict[str, str] = {}
    for path in _annotations(source):
        name = PurePosixPath(PurePosixPath(path).stem).stem  # without .png.json
        if name in found:
            name = f"{PurePosixPath(path).parent.parent.name}-{name}"
        if name in found:
            raise AnnotationError(
                sentence(
                    "{title} has several pictures called {name}; give each its own name.",
                    title=source.title,
                    name=name[:40],
                )
            )
        found[name] = path

    def load(name: str) -> Labelled:
        path = found[name]
        document = Field(read_json(source.read(path, MAX_DOCUMENT), path), path)
        file = PurePosixPath(path).stem
        beside = (PurePosixPath(path).parent.parent / "img" / file).as_posix()
        return Labelled(
            name, source.read(beside) if beside in source.paths else None, _mask(document, class_list)
        )

    return LabelledSet(class_list, tuple(found), load)


def _mask(document: Field, class_list: ClassList) -> Mask:
    size, place = document["size"], document.place
    mask = empty_mask(place, size["height"].whole(1), size["width"].whole(1))
    for entry in document["objects"].items():
        title = entry["classTitle"].text()
        if title not in class_list.names:
            raise AnnotationError(
                sentence(
                    "{place} has the class {title!r}, which {meta} does not have.",
                    place=place,
                    title=title[:40],
                    meta=_META,
                )
            )
        number, kind = class_list.names.index(title), entry["geometryType"].text()
        if kind == "bitmap":
            _lay_bitmap(mask, entry["bitmap"], number, place)
        elif kind == "polygon":
            _lay_polygon(mask, entry["points"], number, place)
    return mask


def _lay_bitmap(mask: Mask, bitmap: Field, number: int, place: str) -> None:
    origin = bitmap["origin"].numbers().tolist()
    if len(origin) != 2:
        raise AnnotationError(
            sentence("{place} has a bitmap whose origin is not two numbers; export it again.", place=place)
        )
    area = area_of_png(_png(bitmap["data"].text(), place), f"A bitmap in {place}")
    lay(mask, area, number, origin[0], origin[1], place)


def _png(text: str, place: str) -> bytes:
    """The PNG in base64, unpacked where it is packed; never more than `_MAX_PNG` bytes."""
    try:
        data = base64.b64decode(text, validate=True)
        if data.startswith(b"\x89PNG"):
            return data
        unpacker = zlib.decompressobj()
        png = unpacker.decompress(data, _MAX_PNG)
    except (binascii.Error, ValueError, zlib.error):
        raise AnnotationError(
            sentence("{place} has a bitmap that is no packed PNG in base64; export it again.", place=place)
        ) from None
    if unpacker.unconsumed_tail:
        raise AnnotationError(
            sentence(
                "{place} has a bitmap of more than {max_png} MB; export it again.",
                place=place,
                max_png=_MAX_PNG // 1024**2,
            )
        )
    return png


def _lay_polygon(mask: Mask, points: Field, number: int, place: str) -> None:
    size = mask.shape[0], mask.shape[1]
    area = filled(size, _corners(points["exterior"]), place)
    for hole in points["interior"].items():
        area &= ~filled(size, _corners(hole), place)
    mask[np.asarray(area)] = number


def _corners(field: Field) -> list[tuple[float, float]]:
    corners = []
    for point in field.items():
        values = [value.value for value in point.items()]
        if len(values) != 2 or not all(type(value) in (int, float) for value in values):
            raise AnnotationError(
                sentence("{place} has a corner that is not two numbers; export it again.", place=field.place)
            )
        corners.append((values[0], values[1]))
    return corners


FORMAT = Format(
    "supervisely",
    "Supervisely",
    _write,
    _fits,
    _read,
    "Unpack the zip. In Supervisely: Start > Import > Import images in Supervisely format, and drop the "
    "folder with meta.json and ds0. In Python: supervisely.Project(FOLDER, supervisely.OpenMode.READ).\n"
    "Back: the project's menu > Download as > .json + images.",
    "Each class in a picture is one bitmap; what nobody reviewed is under none, and Void is a class as "
    "any other.",
)
