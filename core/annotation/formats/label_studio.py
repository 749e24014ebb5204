"""Label Studio: a JSON of tasks whose brush masks are run lengths in bits, and the labelling interface.

Brush labels and not the newer bitmask labels are written: every version of Label Studio reads them. Both are
read. Source: label-studio-converter, brush.py, and @thi.ng/rle-pack, which it follows.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from core.annotation.exchange.areas import cuts
from core.annotation.exchange.bitmaps import area_of_png
from core.annotation.exchange.documents import Field, colour_of_hex, hex_colour, read_json, read_xml
from core.annotation.exchange.labelled import (
    Labelled,
    LabelledSet,
    Prepared,
    empty_mask,
    made_class_list,
    refusing,
    wrong_size,
)
from core.annotation.exchange.source import Source, stem
from core.annotation.exchange.zips import ZipWriter
from core.annotation.formats.format import Format
from core.annotation.runs import Mask
from core.annotation.strokes import Area
from core.classes import ClassList
from core.errors import AnnotationError
from core.languages import sentence
from core.photos.images import header_size

_TASKS, _INTERFACE = "tasks.json", "labelling_interface.xml"
_FOLDER = "streetscope"
_UPLOADED = re.compile(r"[0-9a-f]{8}-(.+)")
"""Label Studio puts eight digits before the names of files that are uploaded."""

_DATA_URL = "data:image/png;base64,"
_SIZES = (3, 4, 8, 16)
"""Bits in which a run's length can be written; those that the converter uses."""


def _write(pictures: Iterable[Prepared], class_list: ClassList, zipped: ZipWriter) -> None:
    zipped.add(_INTERFACE, _interface(class_list))
    tasks = zipped.document(_TASKS)
    tasks.write("[")
    for number, picture in enumerate(pictures):
        zipped.add(f"images/{picture.file}", picture.data)
        task = {
            "data": {"image": f"/data/local-files/?d={_FOLDER}/images/{picture.file}"},
            "annotations": [{"result": _results(picture.mask, class_list)}],
        }
        tasks.write((",\n" if number else "\n") + json.dumps(task, separators=(",", ":")))
    tasks.write("\n]\n")


def _interface(class_list: ClassList) -> str:
    labels = (
        f"    <Label value={quoteattr(c.name)} background={quoteattr(hex_colour(c.colour))}/>\n"
        for c in class_list.classes
    )
    return (
        '<View>\n  <Image name="image" value="$image" zoom="true"/>\n'
        '  <BrushLabels name="labels" toName="image">\n' + "".join(labels) + "  </BrushLabels>\n</View>\n"
    )


def _results(mask: Mask, class_list: ClassList) -> list[dict[str, Any]]:
    height, width = mask.shape
    return [
        {
            "id": f"class-{cut.number}",
            "type": "brushlabels",
            "from_name": "labels",
            "to_name": "image",
            "original_width": width,
            "original_height": height,
            "image_rotation": 0,
            "origin": "manual",
            "value": {
                "format": "rle",
                "rle": list(packed(mask == cut.number)),
                "brushlabels": [class_list.names[cut.number]],
            },
        }
        for cut in cuts(mask, len(class_list))
    ]


def packed(area: Area) -> bytes:
    """Run lengths of an area as an RGBA picture: four times 255 where it is on, four times 0 elsewhere.

    A head of 32 bits for the count of values, 5 for the bits of a value less one, and four times 4 for the
    bits of a length less one; then for each run a 1, which of the four, its length less one, and its value.
    """
    flat = area.ravel()
    begins = np.flatnonzero(np.diff(flat, prepend=not flat[0]))
    lengths = 4 * np.diff(begins, append=len(flat))
    bits = [f"{4 * len(flat):032b}{7:05b}", *(f"{size - 1:04b}" for size in _SIZES)]
    for length, on in zip(lengths.tolist(), flat[begins].tolist(), strict=True):
        value = "11111111" if on else "00000000"
        while length > 0:
            part = min(length, 1 << _SIZES[-1])
            kind = next(n for n, size in enumerate(_SIZES) if part <= 1 << size)
            bits.append(f"1{kind:02b}{part - 1:0{_SIZES[kind]}b}{value}")
            length -= part
    joined = "".join(bits)
    joined += "0" * (-len(joined) % 8)
    return int(joined, 2).to_bytes(len(joined) // 8, "big")


def unpacked(data: bytes, height: int, width: int, name: str) -> Area:
    """(height, width) where the picture in such run lengths is not transparent.

    AnnotationError for another count of values than four a pixel, for runs beyond its end, and for an end
    that comes early.
    """
    bits = _Bits(data, name)
    count, value_bits = bits.number(32), bits.number(5) + 1
    sizes = [bits.number(4) + 1 for _ in range(4)]
    if count != 4 * height * width or value_bits != 8:
        raise AnnotationError(
            sentence(
                "{name} has a brush mask that does not fit its {width} x {height} pixels.",
                name=name,
                width=width,
                height=height,
            )
        )
    values, place = np.zeros(count, np.uint8), 0
    while place < count:
        is_run = bits.number(1)
        end = place + 1 + bits.number(sizes[bits.number(2)])
        if end > count:
            raise AnnotationError(
                sentence(
                    "{name} has a brush mask with a run beyond its last pixel; export it again.", name=name
                )
            )
        values[place:end] = bits.number(8) if is_run else bits.octets(end - place)
        place = end
    return values[3::4].reshape(height, width) > 0


class _Bits:
    """Numbers of any bits, one after the other."""

    def __init__(self, data: bytes, name: str) -> None:
        self._data, self._name, self._place = data, name, 0

    def number(self, bits: int) -> int:
        first, last = self._place // 8, (self._place + bits + 7) // 8
        self._advance(bits)
        value = int.from_bytes(self._data[first:last], "big")
        return value >> (8 * last - self._place) & ((1 << bits) - 1)

    def octets(self, count: int) -> NDArray[np.uint8]:
        first, shift = divmod(self._place, 8)
        self._advance(8 * count)
        octets = np.frombuffer(self._data, np.uint8, count, first)
        if not shift:
            return octets
        after = np.frombuffer(self._data, np.uint8, count, first + 1)
        return octets << np.uint8(shift) | after >> np.uint8(8 - shift)

    def _advance(self, bits: int) -> None:
        self._place += bits
        if self._place > 8 * len(self._data):
            raise AnnotationError(
                sentence("{name} has a brush mask that ends early; export it again.", name=self._name)
            )


def _document(source: Source) -> str | None:
    return source.document(
        ".json",
        lambda data: data.lstrip()[:1] == b"[" and b'"data"' in data and b'"result"' in data,
    )


def _fits(source: Source) -> bool:
    return _document(source) is not None


def _read(source: Source) -> LabelledSet:
    path = _document(source) or _TASKS
    tasks = Field(read_json(source.read_document(path), path), path).items()
    results = {_name(task): _last_results(task) for task in tasks}
    if len(results) < len(tasks):
        raise AnnotationError(
            sentence("{path} has two pictures of the same name; give each its own.", path=path)
        )
    addresses = {_name(task): _file(task) for task in tasks}
    class_list = _class_list(source, [result for found in results.values() for result in found], path)

    def load(name: str) -> Labelled:
        image = source.picture(addresses[name])
        if image is None and (uploaded := _UPLOADED.fullmatch(addresses[name].rpartition("/")[2])):
            image = source.picture(uploaded[1])
        return Labelled(name, image, _mask(results[name], class_list, name, image))

    return LabelledSet(class_list, tuple(results), load)


def _file(task: Field) -> str:
    """The picture's path as far as the task tells."""
    values = task["data"].value
    texts = [values.get("image")] if isinstance(values, dict) and "image" in values else []
    if not texts and isinstance(values, dict):
        texts = [value for value in values.values() if isinstance(value, str)]
    address = Field(texts[0] if texts else None, f"the picture in {task.place}").text()
    try:
        parts = urlsplit(address)
    except ValueError:
        raise AnnotationError(
            sentence(
                "{place} has the picture {address!r}, which is no address.",
                place=task.place,
                address=address[:60],
            )
        ) from None
    return unquote(parse_qs(parts.query).get("d", [unquote(parts.path)])[0])


def _name(task: Field) -> str:
    file = _file(task).rpartition("/")[2]
    uploaded = _UPLOADED.fullmatch(file)
    return stem(uploaded[1] if uploaded else file)


def _last_results(task: Field) -> list[Field]:
    """The masks in a task's last annotation that was not cancelled."""
    annotations = [
        annotation
        for annotation in (task["annotations"].items() if "annotations" in task else [])
        if not ("was_cancelled" in annotation and annotation["was_cancelled"].value)
    ]
    results = annotations[-1]["result"].items() if annotations else []
    return [result for result in results if _kind(result) is not None]


_KINDS = ("brushlabels", "bitmasklabels")


def _kind(result: Field) -> str | None:
    if "value" not in result:
        return None
    return next((kind for kind in _KINDS if kind in result["value"]), None)


def _label(result: Field) -> str:
    labels = result["value"][str(_kind(result))].items()
    if len(labels) != 1:
        raise AnnotationError(
            sentence(
                "{place} has a mask of {count} labels; give each mask one.",
                place=result.place,
                count=len(labels),
            )
        )
    return labels[0].text()


def _class_list(source: Source, results: list[Field], path: str) -> ClassList:
    """The labels of the interface, if it is here, and else those that occur, by name."""
    if _INTERFACE in source.paths:
        root = read_xml(source.read_document(_INTERFACE), _INTERFACE)
        labels = list(root.iter("Label"))
        colours = [colour for label in labels if (colour := colour_of_hex(label.get("background", "")))]
        names = [label.get("value", "") for label in labels]
        return made_class_list(names, _INTERFACE, colours if len(colours) == len(names) else None)
    names = sorted({_label(result) for result in results})
    if not names:
        raise AnnotationError(
            sentence("{path} has no brush masks; label some pictures, and export them as JSON.", path=path)
        )
    return made_class_list(names, path)


def _mask(results: list[Field], class_list: ClassList, name: str, image: bytes | None) -> Mask:
    height, width = _size(results, name, image)
    mask = empty_mask(name, height, width)
    for result in results:
        label = _label(result)
        if label not in class_list.names:
            raise AnnotationError(
                sentence(
                    "{name} has the label {label!r}, which is not in {interface}.",
                    name=name,
                    label=label[:40],
                    interface=_INTERFACE,
                )
            )
        mask[_area(result["value"], height, width, name)] = class_list.names.index(label)
    return mask


def _size(results: list[Field], name: str, image: bytes | None) -> tuple[int, int]:
    """The (height, width) that the masks say, or the picture's where there is none."""
    sizes = {(r["original_height"].whole(1), r["original_width"].whole(1)) for r in results}
    if len(sizes) > 1:
        raise AnnotationError(sentence("{name} has masks of several sizes; export it again.", name=name))
    if sizes:
        return sizes.pop()
    if image is None:
        raise AnnotationError(
            sentence("{name} has neither masks nor a picture; put the picture beside the JSON.", name=name)
        )
    with refusing():
        return header_size(image)


def _area(value: Field, height: int, width: int, name: str) -> Area:
    if "rle" in value:
        numbers = value["rle"].numbers()
        if len(numbers) and (numbers.min() < 0 or numbers.max() > 255):
            raise AnnotationError(
                sentence(
                    "{name} has a brush mask with a number that is not 0 to 255; export it again.", name=name
                )
            )
        return unpacked(numbers.astype(np.uint8).tobytes(), height, width, name)
    address = value["imageDataURL"].text()
    try:
        data = base64.b64decode(address.removeprefix(_DATA_URL), validate=True)
    except (binascii.Error, ValueError):
        raise AnnotationError(
            sentence("{name} has a bitmask that is no PNG in base64; export it again.", name=name)
        ) from None
    area = area_of_png(data, f"A bitmask of {name}")
    if area.shape != (height, width):
        raise wrong_size(name, (height, width), area.shape)
    return area


FORMAT = Format(
    "label-studio",
    "Label Studio",
    _write,
    _fits,
    _read,
    "Start Label Studio so that it may serve files: set LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true "
    "and LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT to a folder, and unpack this zip into its folder "
    "streetscope/. Make a project; under Settings > Labeling Interface > Code, paste "
    "labelling_interface.xml. Under Settings > Cloud Storage, add streetscope/images as Local Files "
    "storage (no need to sync). Then import tasks.json.\n"
    "Back: Export > JSON, zipped together with the pictures; with labelling_interface.xml beside it the "
    "order and the colours of the classes stay.",
    "Each class in a picture is one brush mask; what nobody reviewed is under none, and Void is a label "
    "as any other.",
)
