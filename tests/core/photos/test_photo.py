"""Photos as people give them: size, thumbnail, what is refused."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from core.errors import ImageTooLargeError, NotAnImageError, TruncatedImageError
from core.photos import images
from core.photos.photo import THUMBNAIL_SIDE, read_photo


def encoded(width: int, height: int, kind: str = "JPEG", **options) -> bytes:
    rows, cols = np.indices((height, width))
    picture = np.stack([rows * 255 // height, cols * 255 // width, np.zeros_like(rows)], axis=-1)
    file = io.BytesIO()
    Image.fromarray(picture.astype(np.uint8)).save(file, kind, **options)
    return file.getvalue()


def test_a_photo_knows_its_own_size_and_has_a_small_picture():
    photo = read_photo("street.jpg", encoded(1200, 800))
    assert (photo.height, photo.width) == (800, 1200)
    with Image.open(io.BytesIO(photo.thumbnail)) as small:
        assert small.format == "JPEG"
        assert small.size == (THUMBNAIL_SIDE, THUMBNAIL_SIDE * 800 // 1200)
    assert photo.nbytes == len(photo.data) + len(photo.thumbnail)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_its_size_is_that_of_the_upright_picture(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(300, 200, exif=exif)
    photo = read_photo("turned.jpg", data)
    assert (photo.height, photo.width) == images.decode(data).shape[:2]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF"])
def test_the_size_is_that_of_the_whole_upright_photo(kind):
    data = encoded(70, 50, kind)
    assert images.decode_sized(data, 20)[1] == images.decode(data).shape[:2] == (50, 70)
    assert sorted(images.header_size(data)) == [50, 70]


def test_the_same_bytes_have_the_same_key_whatever_their_name():
    data = encoded(64, 64)
    assert read_photo("a.jpg", data).key == read_photo("b.jpg", data).key
    assert read_photo("a.jpg", data).key != read_photo("a.jpg", encoded(64, 65)).key


def test_a_small_photo_is_not_enlarged():
    photo = read_photo("tiny.png", encoded(40, 32, "PNG"))
    with Image.open(io.BytesIO(photo.thumbnail)) as small:
        assert small.size == (photo.width, photo.height) == (40, 32)


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.95])
def test_a_truncated_file_is_refused(cut):
    data = encoded(400, 300, "PNG")
    with pytest.raises(TruncatedImageError):
        read_photo("cut.png", data[: int(len(data) * cut)])


def test_a_text_is_refused():
    with pytest.raises(NotAnImageError):
        read_photo("notes.jpg", b"buy milk")


def test_a_bomb_is_refused_by_its_header(monkeypatch):
    def decoded(*_: object) -> None:
        raise AssertionError("a bomb must not be decoded")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", decoded)
    file = io.BytesIO()
    Image.new("1", (10_000, 6_000)).save(file, "PNG")
    with pytest.raises(ImageTooLargeError, match=r"60\.0 megapixels"):
        read_photo("bomb.png", file.getvalue())
