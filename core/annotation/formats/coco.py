"""COCO: one JSON for all pictures, and for each class in a picture one annotation with run lengths.

As in COCO-Stuff, `iscrowd` is 0: torchvision, detectron2 and mmdetection leave out what has 1.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask

from core.annotation.exchange.coco_runs import of_columns, of_polygons, unpacked
from core.annotation.exchange.documents import Field, read_json
from core.annotation.exchange.labelled import (
    Labelled,
    LabelledSet,
    Prepared,
    empty_mask,
    made_class_list,
)
from core.annotation.exchange.source import Source, stem
from core.annotation.exchange.zips import Document, ZipWriter
from core.annotation.formats.format import Format
from core.annotation.runs import Mask
from core.annotation.strokes import Area
from core.classes import RGB, ClassList
from core.errors import AnnotationError
from core.languages import sentence

_FILE = "annotations/instances_default.json"
_KEYS = (b'"images"', b'"annotations"', b'"categories"')


def _write(pictures: Iterable[Prepared], class_list: ClassList, zipped: ZipWriter) -> None:
    categories = [
        {"id": number, "name": c.name, "supercategory": "", "color": list(c.colour)}
        for number, c in enumerate(class_list.classes, start=1)
    ]
    # Pictures and annotations come one by one; JSON wants each kind in one list.
    entries, annotations = Document(), zipped.document(_FILE)
    head = {"info": {"description": "StreetScope"}, "licenses": [], "categories": categories}
    annotations.write(json.dumps(head)[:-1] + ', "annotations": [')
    count = 0
    for number, picture in enumerate(pictures, start=1):
        zipped.add(f"images/{picture.file}", picture.data)
        height, width = picture.mask.shape
        image = {"id": number, "file_name": picture.file, "width": width, "height": height}
        entries.write((", " if number > 1 else "") + json.dumps(image))
        for annotation in _annotations(picture.mask, len(class_list)):
            count += 1
            whole = {"id": count, "image_id": number, **annotation}
            annotations.write((",\n" if count > 1 else "\n") + json.dumps(whole))
    annotations.write('], "images": [')
    annotations.append(entries)
    annotations.write("]}\n")
    entries.close()


def _annotations(mask: Mask, classes: int) -> Iterator[dict[str, Any]]:
    for number in np.bincount(mask.ravel(), minlength=256).nonzero()[0].tolist():
        if number < classes:
            runs = coco_mask.encode(np.asfortranarray(mask == number, dtype=np.uint8))
            yield {
                "category_id": number + 1,
                "segmentation": {"size": runs["size"], "counts": runs["counts"].decode("ascii")},
                "area": int(coco_mask.area(runs)),
                "bbox": coco_mask.toBbox(runs).tolist(),
                "iscrowd": 0,
            }


def _document(source: Source) -> str | None:
    """The path of COCO's JSON."""
    return source.document(
        ".json", lambda data: data.lstrip()[:1] == b"{" and all(key in data for key in _KEYS)
    )


def _fits(source: Source) -> bool:
    return _document(source) is not None


def _read(source: Source) -> LabelledSet:
    path = _document(source) or _FILE
    document = Field(read_json(source.read_document(path), path), path)
    class_list, numbers = _categories(document, path)
    entries = {entry["id"].whole(): entry for entry in document["images"].items()}
    found: dict[int, list[Field]] = defaultdict(list)
    for annotation in document["annotations"].items():
        found[annotation["image_id"].whole()].append(annotation)
    if unknown := found.keys() - entries.keys():
        raise AnnotationError(
            sentence(
                "{path} has annotations of the picture {unknown}, which it does not list.",
                path=path,
                unknown=min(unknown),
            )
        )
    by_name: dict[str, Field] = {}
    for entry in entries.values():
        name = stem(entry["file_name"].text())
        if name in by_name:
            raise AnnotationError(
                sentence(
                    "{path} has several pictures called {name}; give each its own name.",
                    path=path,
                    name=name[:40],
                )
            )
        by_name[name] = entry

    def load(name: str) -> Labelled:
        entry = by_name[name]
        height, width = entry["height"].whole(1), entry["width"].whole(1)
        mask = empty_mask(name, height, width)
        for annotation in found[entry["id"].whole()]:
            number = numbers.get(annotation["category_id"].whole())
            if number is None:
                raise AnnotationError(
                    sentence(
                        "{path} has an annotation of {name} whose category it does not list.",
                        path=path,
                        name=name,
                    )
                )
            mask[_area(annotation, height, width, name)] = number
        return Labelled(name, source.picture(entry["file_name"].text()), mask)

    return LabelledSet(class_list, tuple(by_name), load)


def _categories(document: Field, path: str) -> tuple[ClassList, dict[int, int]]:
    """The classes, and the class number of each category."""
    names: list[str] = []
    colours: list[RGB | None] = []
    numbers: dict[int, int] = {}
    for entry in document["categories"].items():
        numbers[entry["id"].whole()] = len(names)
        names.append(entry["name"].text())
        colours.append(_colour(entry["color"].value) if "color" in entry else None)
    known = [colour for colour in colours if colour is not None]
    return made_class_list(names, path, known if len(known) == len(names) else None), numbers


def _colour(value: Any) -> RGB | None:
    if isinstance(value, list) and len(value) == 3 and all(type(v) is int and 0 <= v <= 255 for v in value):
        return value[0], value[1], value[2]
    return None


def _area(annotation: Field, height: int, width: int, name: str) -> Area:
    """(height, width) the pixels of one annotation: polygons, run lengths, or packed run lengths."""
    if "segmentation" not in annotation:
        raise AnnotationError(
            sentence(
                "{name} has an annotation without a segmentation, such as a box: only masks count.", name=name
            )
        )
    segmentation = annotation["segmentation"]
    if isinstance(segmentation.value, list):
        return _of_polygons(segmentation, height, width, name)
    size = segmentation["size"].numbers().tolist()
    if size != [height, width]:
        raise AnnotationError(
            sentence(
                "{name} has labels of the size {size}, but is {width} x {height} pixels.",
                name=name,
                size=size[:2],
                width=width,
                height=height,
            )
        )
    counts = segmentation["counts"]
    lengths = unpacked(counts.text(), name) if isinstance(counts.value, str) else counts.numbers()
    return of_columns(lengths, (height, width), name)


def _of_polygons(segmentation: Field, height: int, width: int, name: str) -> Area:
    polygons = []
    for polygon in segmentation.items():
        values = [value.value for value in polygon.items()]
        if len(values) % 2 or not all(type(value) in (int, float) for value in values):
            raise AnnotationError(
                sentence("{name} has a polygon that is not x and y in turn; export it again.", name=name)
            )
        polygons.append(list(zip(values[::2], values[1::2], strict=True)))
    return of_polygons(polygons, (height, width), name)


FORMAT = Format(
    "coco",
    "COCO",
    _write,
    _fits,
    _read,
    "In CVAT: make a task with the pictures of images/ and labels of the same names, then Actions > "
    "Upload annotations > COCO 1.0, and give annotations/instances_default.json.\n"
    "In FiftyOne: Dataset.from_dir(dataset_type=fiftyone.types.COCODetectionDataset, data_path=images/, "
    'labels_path=annotations/instances_default.json, label_types="segmentations").\n'
    "In Python: pycocotools.coco.COCO(annotations/instances_default.json), then annToMask.\n"
    'detectron2 needs INPUT.MASK_FORMAT "bitmask". Datumaro: --format coco_instances.',
    "Each class in a picture is one annotation; what nobody reviewed has none, and Void is a category "
    "as any other. Objects are not told apart.",
)
