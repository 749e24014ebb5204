"""Pictures with masks, and the way through a zip."""

from __future__ import annotations

import io
from collections.abc import Callable
from zipfile import ZipFile

import numpy as np
import pytest

from core.annotation.exchange.labelled import Labelled, LabelledSet
from core.annotation.exchange.source import open_zip
from core.annotation.formats.choice import format_called, read, write
from core.classes import CAMVID_32, ClassList
from core.errors import AnnotationError

VOID, TREE, SKY = (CAMVID_32.index(name) for name in ("Void", "Tree", "Sky"))


@pytest.fixture
def picture() -> Labelled:
    """40 x 56 pixels of nearly all of CamVid's classes in patches; one corner is not reviewed, one Void."""
    random = np.random.default_rng(3)
    patches = random.permutation(np.arange(35) % len(CAMVID_32)).reshape(5, 7)
    mask = np.kron(patches, np.ones((8, 8), np.int64)).astype(np.uint8)
    mask[30:, 40:] = 255
    mask[:6, :9] = VOID
    mask[3, 3] = TREE  # a single pixel, and a line that touches the border
    mask[20, :30] = SKY
    image = random.integers(0, 256, (*mask.shape, 3)).astype(np.uint8)
    return Labelled("road 7", image, mask)


@pytest.fixture
def zipped() -> Callable[..., bytes]:
    """The zip that a format makes of pictures."""

    def make(name: str, *pictures: Labelled, classes: ClassList = CAMVID_32) -> bytes:
        file = io.BytesIO()
        write(pictures, classes, format_called(name), file)
        return file.getvalue()

    return make


def read_zip(data: bytes) -> LabelledSet:
    """What a zip's bytes hold."""
    return read(open_zip(io.BytesIO(data)))[1]


def zip_of(files: dict[str, bytes | str]) -> bytes:
    """A zip of files by their path."""
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def refused(files: dict[str, bytes | str] | bytes) -> str:
    """The one sentence that a zip is refused with, at the latest when its pictures are read."""
    data = files if isinstance(files, bytes) else zip_of(files)
    with pytest.raises(AnnotationError) as refusal:
        list(read_zip(data))
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence
