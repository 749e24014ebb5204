"""A set as other pages open it: in which order, and each photo only when somebody looks at it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from core.errors import PhotoSetError
from core.photos.gather.checking import check
from core.photos.gather.entry import Entry
from core.photos.gather.manifest import FILE
from core.photos.gather.opened import in_order, photo_key, read_entry, thumbnail
from core.photos.gather.store import PhotoSet, find_set, open_set
from core.photos.photo import THUMBNAIL_SIDE
from tests.hostile_server import street


@pytest.fixture
def photos(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> PhotoSet:
    """Two photos in the set "mine"."""
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    found = open_set("mine")
    for entry in found.add([Entry(number=0, address=f"{name}.jpg", source="file") for name in "ab"]):
        checked = check(entry.number, street(entry.number))
        found.write_picture(checked.facts["file"], checked.picture, checked.small)
        found.change({entry.number: checked.facts})
    return found


def entry(number: int, name: str, confidence: float = 0.0) -> Entry:
    return Entry(number=number, address=name, confidence=confidence)


def test_the_least_certain_come_first_and_those_nobody_measured_last() -> None:
    some = [entry(1, "10.jpg"), entry(2, "9.jpg", 0.8), entry(3, "b.jpg", 0.6), entry(4, "a.jpg")]

    assert [each.number for each in in_order(some, "confidence")] == [3, 2, 1, 4]
    assert [each.number for each in in_order(some, "name")] == [2, 1, 4, 3]
    assert [each.number for each in in_order(reversed(some), "number")] == [1, 2, 3, 4]


def test_a_photo_is_read_from_its_folder_and_says_where_it_is_from(photos: PhotoSet) -> None:
    first, second = photos.photos()
    photo = read_entry(photos, first)

    assert (photo.name, photo.photo_set, photo.number) == ("1 · a.jpg", "mine", 1)
    assert photo.data == photos.picture(first)
    with Image.open(io.BytesIO(photo.data)) as picture:
        assert (photo.width, photo.height) == picture.size
    with Image.open(io.BytesIO(photo.thumbnail)) as small:
        assert max(small.size) == THUMBNAIL_SIDE
    assert photo.credit == "from the set mine"
    assert photo.key == photo_key(first) != photo_key(second)


def test_what_was_blurred_is_another_photo(photos: PhotoSet) -> None:
    (first, _) = photos.photos()
    assert photo_key(first) != photo_key(first.model_copy(update={"blurred": 1}))


def test_a_photo_that_is_gone_is_a_sentence_and_has_no_thumbnail(photos: PhotoSet) -> None:
    first, second = photos.photos()
    for folder in ("images", "small"):
        (photos.root / folder / first.file).unlink()

    assert thumbnail(photos, first) == b""
    assert thumbnail(photos, second)
    with pytest.raises(PhotoSetError):
        read_entry(photos, first)


@pytest.mark.parametrize("name", ["", "nobody", "../mine", "mine/", "Mine ", "x" * 99])
def test_only_a_set_of_exactly_that_name_is_found(photos: PhotoSet, name: str) -> None:
    assert find_set("mine") is photos
    assert find_set(name) is None


def test_a_manifest_without_confidence_still_opens(photos: PhotoSet) -> None:
    assert "confidence" not in (photos.root / FILE).read_text("utf-8")
    photos.change({1: {"confidence": 0.71}})
    assert PhotoSet(photos.root).photos()[0].confidence == 0.71
