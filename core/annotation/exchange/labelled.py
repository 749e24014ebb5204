"""A picture with its mask, as every format takes it and gives it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.annotation.runs import NOT_REVIEWED, Mask
from core.classes import RGB, ClassList
from core.datasets.layouts import lists
from core.errors import AnnotationError, ArchiveError, DatasetError, FileKindError, ImageError
from core.file_names import file_name
from core.languages import sentence, sentence_of
from core.photos import images

_SIGNATURES = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg"}
_LONGEST_NAME = 100


@dataclass(frozen=True, eq=False)
class Labelled:
    """A picture and its mask.

    image: a picture's file, or (H, W, 3) RGB, 0..255; None where a tool's file came without its pictures.
    mask: (H, W) uint8 class numbers; `NOT_REVIEWED` where nobody has judged.
    """

    name: str
    image: bytes | NDArray[np.uint8] | None
    mask: Mask


@dataclass(frozen=True, eq=False)
class LabelledSet:
    """What a zip or a folder holds: its classes, its pictures' names, and each picture when it is asked for.

    load: reads one picture by its name; AnnotationError if it or its labels cannot be used.
    notes: what the file could not say, one sentence each.
    """

    class_list: ClassList
    names: tuple[str, ...]
    load: Callable[[str], Labelled]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Labelled]:
        return (self.load(name) for name in self.names)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A picture that has been checked and can be written.

    name: can be a file's on any system, and no other picture of the set has it, in any case.
    data: the picture's file, upright; ending: `.png` or `.jpg`. mask: as in `Labelled`.
    """

    name: str
    ending: str
    data: bytes
    mask: Mask

    @property
    def file(self) -> str:
        """The name of the picture's file."""
        return self.name + self.ending

    def as_png(self) -> bytes:
        """The picture as a PNG file."""
        return self.data if self.ending == ".png" else images.encode_png(images.decode(self.data))


def prepared(pictures: Iterable[Labelled], class_list: ClassList) -> Iterator[Prepared]:
    """Each picture ready to be written, one at a time.

    AnnotationError for a mask with a number that is no class, one of another size than its picture, and a
    picture that cannot be read.
    """
    taken: set[str] = set()
    for picture in pictures:
        _check_numbers(picture, class_list)
        ending, data, size = _file(picture)
        if size != picture.mask.shape:
            raise wrong_size(picture.name, size, picture.mask.shape)
        yield Prepared(
            _unique(file_name(picture.name, "picture", _LONGEST_NAME), taken), ending, data, picture.mask
        )


def made_class_list(names: Sequence[str], file: str, colours: Sequence[RGB] | None = None) -> ClassList:
    """The class list that a file names; AnnotationError if it is none. colours: one a class, or none."""
    with refusing():
        return lists.class_list("Imported", Path(file), list(names), list(colours) if colours else None)


def wrong_size(name: str, picture: Sequence[int], mask: Sequence[int]) -> AnnotationError:
    """A mask that does not fit its picture; both sizes are (height, width)."""
    return AnnotationError(
        sentence(
            "The labels of {name} are {width} x {height} pixels but the picture is {own_width} x "
            "{own_height}; both must have the same size.",
            name=name,
            width=mask[1],
            height=mask[0],
            own_width=picture[1],
            own_height=picture[0],
        )
    )


def check_size(name: str, height: int, width: int) -> None:
    """AnnotationError for a size that no picture of ours has: its mask would not fit into the memory."""
    if not (height > 0 and width > 0 and height * width <= images.MAX_PIXELS):
        raise AnnotationError(
            sentence(
                "The labels of {name} are said to be {width} x {height} pixels; a picture has 1 to "
                "{most} million.",
                name=name,
                width=width,
                height=height,
                most=images.MAX_PIXELS // 10**6,
            )
        )


def empty_mask(name: str, height: int, width: int) -> Mask:
    """A mask in which nothing is reviewed; AnnotationError as for `check_size`."""
    check_size(name, height, width)
    return np.full((height, width), NOT_REVIEWED, np.uint8)


@contextmanager
def refusing() -> Iterator[None]:
    """Say what is wrong with a picture, an archive or a list as what is wrong with the annotations."""
    try:
        yield
    except (DatasetError, ImageError, ArchiveError, FileKindError) as error:
        raise AnnotationError(sentence_of(error)) from error


def _check_numbers(picture: Labelled, class_list: ClassList) -> None:
    mask = picture.mask
    if mask.ndim != 2 or mask.dtype != np.uint8:
        raise AnnotationError(
            sentence("The mask of {name} is not one class number a pixel; make it anew.", name=picture.name)
        )
    found = np.bincount(mask.ravel(), minlength=256).nonzero()[0]
    if unknown := [int(n) for n in found if n >= len(class_list) and n != NOT_REVIEWED]:
        raise AnnotationError(
            sentence(
                "The mask of {name} holds the class number {number}, but the class list ends at {last}.",
                name=picture.name,
                number=unknown[-1],
                last=len(class_list) - 1,
            )
        )


def _file(picture: Labelled) -> tuple[str, bytes, tuple[int, int]]:
    """The ending, the bytes and the (height, width) of a picture's file."""
    if picture.image is None:
        raise AnnotationError(
            sentence("There is no picture for the labels of {name}; put it beside them.", name=picture.name)
        )
    if isinstance(picture.image, np.ndarray):
        height, width = picture.image.shape[:2]
        return ".png", images.encode_png(picture.image), (height, width)
    with refusing():
        ending = next((end for start, end in _SIGNATURES.items() if picture.image.startswith(start)), None)
        if ending and images.orientation(picture.image) == 1:
            return ending, picture.image, images.header_size(picture.image)
        upright = images.decode(picture.image)
    return ".png", images.encode_png(upright), (upright.shape[0], upright.shape[1])


def _unique(name: str, taken: set[str]) -> str:
    """A name that is not taken yet, in any case: some systems do not tell A from a."""
    found, number = name, 1
    while found.casefold() in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found.casefold())
    return found
