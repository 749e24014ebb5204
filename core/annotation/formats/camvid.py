"""CamVid's colours: label maps in the colours of `label_colors.txt`, in the folders that CVAT writes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from core.annotation.exchange import reviewed
from core.annotation.exchange.colour_list import colour_list_text, read_colour_list
from core.annotation.exchange.colours import check_apart, mask_of_colours
from core.annotation.exchange.documents import read_colours
from core.annotation.exchange.labelled import Labelled, LabelledSet, Prepared, made_class_list
from core.annotation.exchange.source import Source, is_picture, stem
from core.annotation.exchange.zips import ZipWriter
from core.annotation.formats.format import Format
from core.annotation.runs import NOT_REVIEWED
from core.classes import RGB, ClassList
from core.languages import mark
from core.photos.images import encode_png

_LIST = "label_colors.txt"
_BLACK: RGB = (0, 0, 0)
_CAMBRIDGE = {"701_StillsRaw_full": "LabeledApproved_full"}


def _write(pictures: Iterable[Prepared], class_list: ClassList, zipped: ZipWriter) -> None:
    check_apart(class_list, _BLACK if class_list.void is None else None)
    palette = class_list.full_palette.copy()
    palette[NOT_REVIEWED] = _BLACK if class_list.void is None else class_list.classes[class_list.void].colour
    zipped.add(_LIST, colour_list_text(class_list))
    frames = zipped.document("default.txt")
    for picture in pictures:
        zipped.add(f"default/{picture.file}", picture.data)
        zipped.add(f"defaultannot/{picture.name}.png", encode_png(palette[picture.mask]))
        reviewed.add(zipped, picture.name, picture.mask)
        frames.write(f"/default/{picture.file} /defaultannot/{picture.name}.png\n")


def _is_label(path: str) -> bool:
    folder = PurePosixPath(path).parent.name
    return path.endswith(".png") and (folder.endswith("annot") or folder in _CAMBRIDGE.values())


def _fits(source: Source) -> bool:
    return _LIST in source.paths and any(map(_is_label, source.paths))


def _read(source: Source) -> LabelledSet:
    class_list = _class_list(source)
    labels = {_name(path): path for path in source.paths if _is_label(path)}
    pictures = {
        (PurePosixPath(path).parent.as_posix(), stem(path)): path for path in source.paths if is_picture(path)
    }

    def load(name: str) -> Labelled:
        path = labels[name]
        mask = mask_of_colours(read_colours(source.read(path), path), class_list, path, _BLACK)
        picture = pictures.get((_picture_folder(path), stem(path).removesuffix("_L")))
        image = source.read(picture) if picture else None
        return Labelled(name, image, reviewed.apply(source, name, mask))

    return LabelledSet(class_list, tuple(labels), load)


def _class_list(source: Source) -> ClassList:
    entries = read_colour_list(source, _LIST)
    class_list = made_class_list([name for name, _ in entries], _LIST, [colour for _, colour in entries])
    check_apart(class_list)
    return class_list


def _name(path: str) -> str:
    return stem(path).removesuffix("_L")


def _picture_folder(label: str) -> str:
    folder = PurePosixPath(label).parent
    pictures = {labels: images for images, labels in _CAMBRIDGE.items()}
    return folder.with_name(pictures.get(folder.name, folder.name.removesuffix("annot"))).as_posix()


FORMAT = Format(
    "camvid",
    mark("CamVid's colours"),
    _write,
    _fits,
    _read,
    "In CVAT: make a task with the pictures of default/ and with the labels of label_colors.txt, then "
    "Actions > Upload annotations > CamVid 1.0, and give this zip.\n"
    "In Datumaro and FiftyOne's importers of CamVid: unpack the zip and give its folder.\n"
    "Label maps are RGB PNGs; label_colors.txt says which colour is which class.",
    "CamVid's colours have no word for \"not reviewed\": such pixels have Void's colour (black if there "
    "is no Void). reviewed/NAME.png tells the two apart: white where it was reviewed. This app reads "
    "it; other tools leave it alone.",
    readme="README.md",  # Datumaro takes every other text file at the top for a list of frames
)
