"""What is written in a format is read again as it was, pixel by pixel, with 255 and Void apart."""

from __future__ import annotations

import io
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.annotation.exchange.documents import read_json
from core.annotation.exchange.labelled import Labelled
from core.annotation.exchange.source import open_source, open_zip
from core.annotation.formats.choice import FORMATS, format_called, read, recognise, write
from core.annotation.formats.cityscapes import CITYSCAPES, ids
from core.classes import CAMVID_11, CAMVID_32, ClassList, SegmentationClass
from core.errors import AnnotationError
from core.photos import images
from tests.core.annotation.formats.conftest import SKY, VOID, read_zip

NAMES = [found.name for found in FORMATS]
EXACT = [name for name in NAMES if name != "cityscapes"]


@pytest.mark.parametrize("name", EXACT)
def test_every_pixel_comes_back(name, picture, zipped):
    other = Labelled("road 8", picture.image[::-1].copy(), picture.mask[::-1].copy())

    found = read_zip(zipped(name, picture, other))

    assert found.class_list == CAMVID_32
    assert sorted(found.names) == ["road-7", "road-8"]
    for made, given in zip(sorted(found, key=lambda one: one.name), (picture, other), strict=True):
        assert np.array_equal(made.mask, given.mask)
        assert made.image is not None
        assert np.array_equal(images.decode(made.image), given.image)


def test_cityscapes_brings_back_its_own_classes(picture, zipped):
    (made,) = read_zip(zipped("cityscapes", picture))

    wanted = ids(CAMVID_32)[picture.mask]
    wanted[picture.mask == 255] = 255
    assert np.array_equal(made.mask, wanted)
    assert (made.mask[picture.mask == VOID] == CITYSCAPES.index("unlabeled")).all()
    assert made.name == "road-7"


def test_cityscapes_of_cityscapes_is_exact(zipped):
    classes = ClassList(
        "Cityscapes", tuple(SegmentationClass(name, (n, n, n)) for n, name in enumerate(CITYSCAPES)), 0
    )
    mask = np.resize(np.arange(34, dtype=np.uint8), (34, 40))
    mask[:5] = 255

    (made,) = read_zip(
        zipped("cityscapes", Labelled("a", np.zeros((34, 40, 3), np.uint8), mask), classes=classes)
    )

    assert np.array_equal(made.mask, mask)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_that_nobody_reviewed_comes_back_as_such(name, picture, zipped):
    mask = np.full_like(picture.mask, 255)

    (made,) = read_zip(zipped(name, Labelled("a", picture.image, mask)))

    assert np.array_equal(made.mask, mask)


@pytest.mark.parametrize("name", EXACT)
def test_classes_without_a_pixel_and_without_void_come_back(name, zipped):
    mask = np.zeros((32, 32), np.uint8)
    mask[10:, 4:] = 255

    found = read_zip(zipped(name, Labelled("a", np.zeros((32, 32, 3), np.uint8), mask), classes=CAMVID_11))

    assert found.class_list.names == CAMVID_11.names
    assert [c.colour for c in found.class_list.classes] == [c.colour for c in CAMVID_11.classes]
    assert np.array_equal(next(iter(found)).mask, mask)


@pytest.mark.parametrize("name", NAMES)
def test_each_zip_is_recognised_also_in_a_folder_and_unpacked(name, picture, zipped, tmp_path):
    data = zipped(name, picture)
    deeper = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as archive, ZipFile(deeper, "w") as copy:
        for path in archive.namelist():
            copy.writestr(f"export/2026/{path}", archive.read(path))
        archive.extractall(tmp_path / "set")

    for source in (open_zip(io.BytesIO(data)), open_zip(deeper), open_source(tmp_path / "set")):
        assert recognise(source).name == name
        assert len(list(read(source)[1])) == 1


@pytest.mark.parametrize("name", ["cvat", "coco", "label-studio"])
def test_a_document_is_unpacked_once(name, picture, zipped, monkeypatch):
    source = open_zip(io.BytesIO(zipped(name, picture)))
    unpacked = []
    read_file = source.read

    def counted(path, *most):
        unpacked.append(path)
        return read_file(path, *most)

    monkeypatch.setattr(source, "read", counted)
    found, _ = read(source)
    assert found.name == name
    documents = [path for path in unpacked if path.endswith((".json", ".xml"))]
    assert len(documents) == len(set(documents)) > 0


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_says_how_to_load_it_and_names_the_classes(name, picture, zipped):
    with ZipFile(io.BytesIO(zipped(name, picture))) as archive:
        (path,) = (path for path in archive.namelist() if path.startswith("README."))
        text = archive.read(path).decode()

    assert "How to load" in text
    assert "MotorcycleScooter" in text
    assert all(len(line) <= 100 for line in text.splitlines())


def test_equal_sets_give_equal_zips(picture, zipped):
    assert zipped("coco", picture) == zipped("coco", picture)


def test_what_cityscapes_does_not_have_is_said():
    classes = ClassList("x", (SegmentationClass("Awning", (1, 2, 3)), SegmentationClass("Child", (4, 5, 6))))

    notes = write([], classes, format_called("cityscapes"), io.BytesIO())

    assert notes == (
        "Cityscapes has other classes: Child as person.",
        "Cityscapes has no Awning: these pixels are unlabeled.",
    )


def test_the_polygons_of_cityscapes_drawn_by_pillow_are_its_ids(picture, zipped):
    """As json2labelImg.py of cityscapesScripts draws them: each over those before it."""
    with ZipFile(io.BytesIO(zipped("cityscapes", picture))) as archive:
        (path,) = (path for path in archive.namelist() if path.endswith("_polygons.json"))
        document = read_json(archive.read(path), path)

    canvas = Image.new("L", (document["imgWidth"], document["imgHeight"]), 0)
    for entry in document["objects"]:
        corners = [tuple(corner) for corner in entry["polygon"]]
        ImageDraw.Draw(canvas).polygon(corners, fill=CITYSCAPES.index(entry["label"]))

    assert np.array_equal(np.array(canvas), ids(CAMVID_32)[picture.mask])


def test_a_jpeg_stays_as_it_is_and_a_turned_one_is_put_upright(zipped):
    image = np.random.default_rng(0).integers(0, 256, (40, 64, 3)).astype(np.uint8)
    jpeg = images.encode_jpeg(image)
    turned = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(image).save(turned, "JPEG", exif=exif)

    with ZipFile(io.BytesIO(zipped("coco", Labelled("a", jpeg, np.zeros((40, 64), np.uint8))))) as archive:
        assert archive.read("images/a.jpg") == jpeg
    made = read_zip(zipped("coco", Labelled("a", turned.getvalue(), np.zeros((64, 40), np.uint8))))
    assert images.decode(next(iter(made)).image).shape == (64, 40, 3)


def test_names_that_some_systems_take_for_one_stay_two(picture, zipped):
    pictures = [Labelled(name, picture.image, picture.mask) for name in ("A/b", "a b", "..")]

    found = read_zip(zipped("voc", *pictures))

    assert sorted(found.names) == ["A-b", "a-b-2", "picture"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda mask: np.where(mask == SKY, 99, mask).astype(np.uint8), "class number 99"),
        (lambda mask: mask[:-1], "must have the same size"),
        (lambda mask: mask.astype(np.int32), "not one class number"),
    ],
)
def test_a_mask_that_does_not_fit_is_not_written(change, sentence, picture, zipped):
    with pytest.raises(AnnotationError, match=sentence):
        zipped("index", Labelled("a", picture.image, change(picture.mask)))


@pytest.mark.parametrize("name", ["camvid", "voc"])
def test_two_classes_of_one_colour_are_refused_where_colours_tell(name, zipped):
    classes = ClassList("x", (SegmentationClass("One", (1, 2, 3)), SegmentationClass("Two", (1, 2, 3))))

    with pytest.raises(AnnotationError, match="same colour as One"):
        zipped(name, classes=classes)
