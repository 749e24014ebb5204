"""CVAT for images 1.1: one XML for all pictures, and for each class in a picture a mask in run lengths.

Source: CVAT, cvat/apps/dataset_manager/formats/cvat.py.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from core.annotation.exchange.areas import cuts, lay, of_run_lengths, run_lengths
from core.annotation.exchange.coco_runs import of_polygons
from core.annotation.exchange.documents import (
    attribute,
    colour_of_hex,
    hex_colour,
    read_xml,
    whole_attribute,
)
from core.annotation.exchange.labelled import (
    Labelled,
    LabelledSet,
    Prepared,
    check_size,
    empty_mask,
    made_class_list,
)
from core.annotation.exchange.source import Source, stem
from core.annotation.exchange.zips import ZipWriter
from core.annotation.formats.format import Format
from core.annotation.runs import Mask
from core.classes import ClassList
from core.errors import AnnotationError
from core.languages import sentence

_FILE, _LABELS = "annotations.xml", "labels_for_cvat.json"


def _write(pictures: Iterable[Prepared], class_list: ClassList, zipped: ZipWriter) -> None:
    labels = [{"name": c.name, "color": hex_colour(c.colour), "attributes": []} for c in class_list.classes]
    zipped.add(_LABELS, json.dumps(labels, indent=1))
    document = zipped.document(_FILE)
    document.write('<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n')
    document.write(f"  <meta>\n    <task>\n      <name>StreetScope</name>\n{_labels(class_list)}")
    document.write("    </task>\n  </meta>\n")
    for number, picture in enumerate(pictures):
        zipped.add(f"images/{picture.file}", picture.data)
        height, width = picture.mask.shape
        name = quoteattr(picture.file)
        document.write(f'  <image id="{number}" name={name} width="{width}" height="{height}">\n')
        for line in _masks(picture.mask, class_list):
            document.write(line)
        document.write("  </image>\n")
    document.write("</annotations>\n")


def _labels(class_list: ClassList) -> str:
    labels = (
        f"        <label>\n          <name>{escape(c.name)}</name>\n"
        f"          <color>{hex_colour(c.colour)}</color>\n"
        "          <type>any</type>\n          <attributes>\n          </attributes>\n        </label>\n"
        for c in class_list.classes
    )
    return "      <labels>\n" + "".join(labels) + "      </labels>\n"


def _masks(mask: Mask, class_list: ClassList) -> Iterable[str]:
    for cut in cuts(mask, len(class_list)):
        height, width = cut.area.shape
        runs = ", ".join(map(str, run_lengths(cut.area).tolist()))
        yield (
            f'    <mask label={quoteattr(class_list.names[cut.number])} source="manual" occluded="0" '
            f'rle="{runs}" left="{cut.left}" top="{cut.top}" width="{width}" height="{height}" z_order="0">\n'
            "    </mask>\n"
        )


def _document(source: Source) -> str | None:
    return source.document(".xml", lambda data: b"<annotations" in data[:4096])


def _fits(source: Source) -> bool:
    return _document(source) is not None


def _read(source: Source) -> LabelledSet:
    path = _document(source) or _FILE
    root = read_xml(source.read_document(path), path)
    if root.tag != "annotations":
        raise AnnotationError(
            sentence("{path} is not CVAT's XML; export the task as CVAT for images 1.1.", path=path)
        )
    if root.find("track") is not None:
        raise AnnotationError(
            sentence("{path} is of a video; export the task as CVAT for images 1.1.", path=path)
        )
    class_list = _class_list(root, path)
    found: dict[str, ET.Element] = {}
    for image in root.iter("image"):
        name = stem(attribute(image, "name", path))
        if name in found:
            raise AnnotationError(
                sentence(
                    "{path} has several pictures called {name}; give each its own name.",
                    path=path,
                    name=name[:40],
                )
            )
        found[name] = image
    left_out = sum(len(root.findall(f".//image/{tag}")) for tag in _OTHERS)
    notes = (
        sentence(
            "{count} boxes, lines and points were left out: they say nothing of single pixels.",
            count=left_out,
        ),
    )

    def load(name: str) -> Labelled:
        image = found[name]
        height, width = whole_attribute(image, "height", path, 1), whole_attribute(image, "width", path, 1)
        mask = empty_mask(name, height, width)
        shapes = [shape for shape in image if shape.tag in ("mask", "polygon")]
        shapes.sort(
            key=lambda shape: int(shape.get("z_order") or 0) if _is_whole(shape.get("z_order")) else 0
        )
        for shape in shapes:
            _paint(mask, shape, class_list, name)
        return Labelled(name, source.picture(attribute(image, "name", path)), mask)

    return LabelledSet(class_list, tuple(found), load, notes if left_out else ())


_OTHERS = ("box", "polyline", "points", "ellipse", "cuboid", "skeleton")


def _is_whole(text: str | None) -> bool:
    digits = (text or "").removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 10


def _class_list(root: ET.Element, path: str) -> ClassList:
    """The labels in the head of the file, or else those that occur."""
    labels = [
        label for label in root.iterfind(".//meta//labels/label") if label.findtext("type") != "skeleton"
    ]
    names = [(label.findtext("name") or "").strip() for label in labels]
    colours = [colour_of_hex(label.findtext("color") or "") for label in labels]
    if not names:
        names = sorted(
            {attribute(shape, "label", path) for tag in ("mask", "polygon") for shape in root.iter(tag)}
        )
    known = [colour for colour in colours if colour is not None]
    return made_class_list(names, path, known if len(known) == len(names) else None)


def _paint(mask: Mask, shape: ET.Element, class_list: ClassList, name: str) -> None:
    label = attribute(shape, "label", name)
    if label not in class_list.names:
        raise AnnotationError(
            sentence(
                "{name} has the label {label!r}, which is not in the list of labels.",
                name=name,
                label=label[:40],
            )
        )
    number = class_list.names.index(label)
    if shape.tag == "polygon":
        _paint_polygon(mask, shape, number, name)
        return
    left, top, width, height = (
        whole_attribute(shape, side, name) for side in ("left", "top", "width", "height")
    )
    check_size(name, height, width)
    parts = [part.strip() for part in attribute(shape, "rle", name).split(",")]
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise AnnotationError(
            sentence(
                "{name} has a mask whose rle is not whole numbers from 0 to 999999999, divided by commas.",
                name=name,
            )
        )
    lengths = np.array(parts, np.int64)
    lay(mask, of_run_lengths(lengths, height, width, name), number, left, top, name)


def _paint_polygon(mask: Mask, shape: ET.Element, number: int, name: str) -> None:
    """Fill a polygon as CVAT does when it turns one into a mask: by pycocotools."""
    try:
        corners = [
            (float(x), float(y))
            for x, y in (point.split(",") for point in attribute(shape, "points", name).split(";"))
        ]
    except ValueError:
        raise AnnotationError(
            sentence("{name} has a polygon whose points are not written as 1.5,2;3,4.", name=name)
        ) from None
    mask[of_polygons([corners], (mask.shape[0], mask.shape[1]), name)] = number


FORMAT = Format(
    "cvat",
    "CVAT for images 1.1",
    _write,
    _fits,
    _read,
    "In CVAT: make a task with the pictures of images/; for its labels, paste labels_for_cvat.json under "
    "Raw. Then Actions > Upload annotations > CVAT 1.1, and give this zip or annotations.xml.\n"
    'Back: Actions > Export task dataset > CVAT for images 1.1, with "Save images".',
    "Each class in a picture is one mask; what nobody reviewed is under none, and Void is a label as "
    "any other.",
)
