"""One list of endings: whatever has one of them is read as a picture, everywhere and in any case."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from PIL import Image
from pillow_heif import from_pillow
from streamlit.elements.lib.file_uploader_utils import (
    enforce_filename_restriction,
    normalize_upload_file_type,
)

from core.datasets.acquire.importing import import_dataset
from core.datasets.layouts.opening import open_dataset
from core.photos import images
from core.photos.archives import photos_in_zip
from core.photos.endings import ENDINGS, PICTURE_ENDINGS, is_picture_name
from core.photos.photo import read_photo
from pages.widgets.photos.input import PHOTO_TYPES

FILES = [(name, ending) for name, endings in ENDINGS.items() for ending in endings]
CASES = pytest.mark.parametrize("case", [str.lower, str.upper, str.capitalize])


def encoded(picture_format: str) -> bytes:
    """A grey picture of 48 x 32 pixels in one of the formats."""
    file = io.BytesIO()
    picture = Image.new("RGB", (48, 32), (128, 128, 128))
    if picture_format == "HEIC":
        from_pillow(picture).save(file)
    else:
        picture.save(file, picture_format)
    return file.getvalue()


def test_every_format_that_is_decoded_has_its_endings():
    assert set(ENDINGS) == {picture_format.name for picture_format in images._FORMATS}
    for name in ENDINGS:
        assert images.decode(encoded(name)).shape == (32, 48, 3)


@CASES
@pytest.mark.parametrize(("picture_format", "ending"), FILES)
def test_a_data_set_reads_it(make_dataset, street, tmp_path, picture_format, ending, case):
    root = make_dataset({"a": street, "b": street}, valid=("b",))
    (root / "images" / "a.png").unlink()
    (root / "images" / f"a{case(ending)}").write_bytes(encoded(picture_format))
    Image.new("L", (48, 32)).save(root / "labels" / "a_P.png")

    dataset = open_dataset(root)
    assert [frame.name for frame in dataset.frames()] == ["a", "b"]
    assert abs(dataset.read(dataset.frame("a"))[0].astype(int) - 128).max() <= 2
    imported = import_dataset(root, tmp_path / "imported")
    assert np.array_equal(imported.read(imported.frame("a"))[0], dataset.read(dataset.frame("a"))[0])
    assert imported.frame("a").image.suffix.lower() in {".jpg", ".jpeg", ".png"}


@CASES
@pytest.mark.parametrize(("picture_format", "ending"), FILES)
def test_a_zip_and_the_uploader_take_it(picture_format, ending, case):
    name = f"photo{case(ending)}"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"holiday/{name}", encoded(picture_format))
        archive.writestr(f"__MACOSX/holiday/._{name}", b"litter")

    ((found, data),) = photos_in_zip(file.getvalue())
    assert found == name
    assert isinstance(data, bytes)
    assert read_photo(name, data).width == 48
    # An exception is the uploader's refusal.
    enforce_filename_restriction(name, normalize_upload_file_type(PHOTO_TYPES))


def test_other_endings_are_no_pictures():
    assert not any(map(is_picture_name, ["a.txt", "a.tif", "a", "png", ".png", "a.png.txt"]))
    assert all(ending == ending.lower() and ending.startswith(".") for ending in PICTURE_ENDINGS)
