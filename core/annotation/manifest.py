"""What a set of corrections says of itself, `manifest.json`: its classes, and where its pictures are from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.annotation.keys import short_key
from core.classes import CAMVID_32, RGB, ClassList, SegmentationClass
from core.datasets.layouts.lists import MAX_NAME, class_list, spread_colour
from core.errors import AnnotationError, DatasetError
from core.file_names import file_name
from core.files import read_plain, write_text
from core.languages import mark, sentence, sentence_of
from core.models.card import Level, Side
from core.strict_json import fault, first_fault, parse_json, placed

FILE = "manifest.json"

MAX_CLASSES, MAX_PICTURES = 255, 10_000
MAX_BYTES = 16 * 1024**2
"""Room for the words on so many pictures."""

Key = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""Of a picture's content: `core.annotation.keys.picture_key`."""

MAX_WORDS = 300
Words = Annotated[str, Field(max_length=MAX_WORDS)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ListedClass(_Part):
    """One class: its name and its colour (red, green, blue in 0..255)."""

    name: str
    colour: Annotated[tuple[Level, Level, Level], Field(strict=False)]


class Picture(_Part):
    """One picture of a set.

    kind, name, model, credit, photo: its `core.annotation.store.Source`; `photo` is empty in older sets.
    reviewed: the share of its pixels that have a class, in [0, 1]. begun, changed: when, in UTC as
    2026-11-28T14:30:00.000000+00:00. file: what its files are called, without their endings; empty in older
    sets, where that is the key.
    """

    key: Key
    kind: Literal["photo", "frame"]
    name: Words
    model: Words = ""
    credit: Words = ""
    photo: Words = ""
    height: Side
    width: Side
    reviewed: Annotated[float, Field(ge=0, le=1)] = 0.0
    begun: Words = ""
    changed: Words = ""
    file: Words = ""

    @model_validator(mode="after")
    def _names_its_files(self) -> Self:
        own = self.file.endswith(f"-{short_key(self.key)}") and file_name(self.file) == self.file
        if self.file and not own:
            raise fault("file", "it has {file}, which is no name of its files", file=self.file)
        return self

    @property
    def frame(self) -> str:
        """The name of the picture's frame in the data set."""
        return self.file or self.key


class Manifest(_Part):
    """The classes of a set, by number, and its pictures in the order in which they came."""

    format: Literal[1] = 1
    classes: Annotated[tuple[ListedClass, ...], Field(min_length=1, max_length=MAX_CLASSES, strict=False)]
    pictures: Annotated[tuple[Picture, ...], Field(max_length=MAX_PICTURES, strict=False)] = ()

    @model_validator(mode="after")
    def _has_each_once(self) -> Self:
        keys, files = [one.key for one in self.pictures], [one.frame for one in self.pictures]
        for words, names in (
            (mark("it has the class {name} twice"), self.names),
            (mark("it has the picture {name} twice"), keys),
            (mark("it has the file {name} twice"), files),
        ):
            (twice, times), *_ = Counter(names).most_common(1) or [("", 0)]
            if times > 1:
                raise fault("twice", words, name=twice)
        return self

    @property
    def names(self) -> list[str]:
        """The classes' names, by number."""
        return [one.name for one in self.classes]

    def picture(self, key: str) -> Picture | None:
        """The picture with a key; None if there is none."""
        return next((picture for picture in self.pictures if picture.key == key), None)

    def with_picture(self, picture: Picture) -> Self:
        """The manifest with a picture added, or put in the place of the one with its key."""
        if self.picture(picture.key) is None:
            if len(self.pictures) == MAX_PICTURES:
                raise AnnotationError(
                    sentence(
                        "A set has at most {max_pictures:,} pictures: choose another set.",
                        max_pictures=MAX_PICTURES,
                    )
                )
            return self.model_copy(update={"pictures": (*self.pictures, picture)})
        pictures = tuple(picture if one.key == picture.key else one for one in self.pictures)
        return self.model_copy(update={"pictures": pictures})

    def without_picture(self, key: str) -> Self:
        """The manifest without the picture with a key."""
        pictures = tuple(picture for picture in self.pictures if picture.key != key)
        return self.model_copy(update={"pictures": pictures})

    @classmethod
    def of(cls, classes: ClassList) -> Self:
        """The manifest of a new set with these classes, each once."""
        first = cls(classes=(_listed(classes.classes[0]),))
        return first.with_classes(classes.classes)

    def with_classes(self, classes: Sequence[SegmentationClass]) -> Self:
        """The manifest with the classes whose names are new, after the others, whose numbers stay.

        A new class whose colour another has gets one of its own. AnnotationError if there would be more than
        `MAX_CLASSES`.
        """
        merged = list(self.classes)
        for new in map(_listed, classes):
            if new.name not in [one.name for one in merged]:
                taken = [one.colour for one in merged]
                colour = free_colour(taken) if new.colour in taken else new.colour
                merged.append(ListedClass(name=new.name, colour=colour))
        if len(merged) > MAX_CLASSES:
            raise AnnotationError(
                sentence(
                    "The set would have {count} classes, and a set has at most {max_classes}: choose another "
                    "set.",
                    count=len(merged),
                    max_classes=MAX_CLASSES,
                )
            )
        return self.model_copy(update={"classes": tuple(merged)})

    def class_list(self, root: Path) -> ClassList:
        """The class list as a data set in `root` has it: CamVid's own, or one called after the folder."""
        return class_list(root.name, root / FILE, self.names, [one.colour for one in self.classes])


def new_class(name: str) -> SegmentationClass:
    """A class that people name: in CamVid's colour if it is one of CamVid's, or else in any."""
    return next(
        (one for one in CAMVID_32.classes if one.name == name), SegmentationClass(name, spread_colour(0))
    )


def words(text: str) -> str:
    """What somebody called a picture or a model, short enough for a manifest, and text."""
    return text[:MAX_WORDS].encode(errors="replace").decode()


def class_name(text: str) -> str:
    """A class's name as people typed it, tidied; AnnotationError for one that no class list can have."""
    name = " ".join(text.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise AnnotationError(
            sentence("A class needs a name of 1 to {max_name} printable characters.", max_name=MAX_NAME)
        )
    return name


def _listed(one: SegmentationClass) -> ListedClass:
    return ListedClass(name=class_name(one.name), colour=one.colour)


def free_colour(taken: Sequence[RGB]) -> RGB:
    """A colour that differs from the others: of many, the one that is furthest from its nearest."""
    choices = [spread_colour(number) for number in range(MAX_CLASSES + 1)]
    apart = np.subtract.outer(np.array(choices), np.array(taken)).diagonal(axis1=1, axis2=3)
    nearest = np.square(apart).sum(axis=2).min(axis=1)
    return choices[int(nearest.argmax())]


def read_manifest(root: Path) -> Manifest:
    """The manifest of the set in `root`, whoever wrote it.

    FileNotFoundError if there is none; FileKindError; AnnotationError says what is wrong with it.
    """
    path = root / FILE
    data = read_plain(path, MAX_BYTES, inside=root)
    try:
        manifest = Manifest.model_validate(parse_json(data))
        manifest.class_list(root)
    except ValidationError as error:
        location, said = first_fault(error)
        where = ".".join(map(str, location))
        raise _unusable(path, placed(where, said)) from error
    except (ValueError, DatasetError) as error:
        raise _unusable(path, sentence_of(error)) from error
    return manifest


def write_manifest(root: Path, manifest: Manifest, *, durable: bool = False) -> None:
    """Write the manifest whole, or leave the old one; `durable` as for `core.files.replacing`."""
    write_text(root / FILE, manifest.model_dump_json(indent=1) + "\n", durable=durable)


def _unusable(path: Path, reason: str) -> AnnotationError:
    return AnnotationError(
        sentence(
            "{path} cannot be used: {reason}; move it elsewhere, and it is made anew from the "
            "pictures and label maps.",
            path=path,
            reason=reason,
        )
    )
