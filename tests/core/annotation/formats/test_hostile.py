"""What strangers send: each gets one sentence, and none takes much memory."""

from __future__ import annotations

import base64
import io
import json
import os
import tracemalloc
import zlib
from contextlib import suppress
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from PIL import Image

from core.annotation.exchange.source import MAX_DOCUMENT, open_source
from core.annotation.formats.choice import FORMATS
from core.errors import AnnotationError
from tests.core.annotation.formats.conftest import read_zip, refused, zip_of
from tests.core.annotation.formats.test_tools_files import PHOTO, png
from tests.pictures import huge_png

CODES = "Sky\nRoad\n"


def cvat(masks: str = "", head: str = "", size: str = 'width="32" height="32"') -> dict[str, bytes | str]:
    xml = (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<annotations><version>1.1</version><meta><task><labels>'
        "<label><name>Car</name><color>#400080</color></label></labels></task></meta>"
        f'<image id="0" name="a.png" {size}>{masks}</image></annotations>'
    )
    return {"annotations.xml": xml, "images/a.png": PHOTO}


def mask(rle: str, left: object = 0, top: object = 0, width: object = 2, height: object = 2) -> str:
    return f'<mask label="Car" rle="{rle}" left="{left}" top="{top}" width="{width}" height="{height}"/>'


def coco(**changes: object) -> dict[str, bytes | str]:
    annotation = {
        "id": 1,
        "image_id": 1,
        "category_id": 1,
        "iscrowd": 0,
        "segmentation": {"size": [32, 32], "counts": [1024]},
    }
    document = {
        "images": [{"id": 1, "file_name": "a.png", "width": 32, "height": 32} | changes.pop("image", {})],
        "categories": [{"id": 1, "name": "Car"}],
        "annotations": [annotation | changes],
    }
    return {"annotations/a.json": json.dumps(document), "images/a.png": PHOTO}


def label_studio(rle: object, width: object = 32, label: object = "Car") -> dict[str, bytes | str]:
    value = {"format": "rle", "rle": rle, "brushlabels": [label]}
    result = {"original_width": width, "original_height": 32, "value": value, "type": "brushlabels"}
    task = {"data": {"image": "a.png"}, "annotations": [{"result": [result]}]}
    return {"tasks.json": json.dumps([task]), "a.png": PHOTO}


def supervisely(data: object, origin: object = (0, 0), **size: object) -> dict[str, bytes | str]:
    entry = {"classTitle": "Car", "geometryType": "bitmap", "bitmap": {"data": data, "origin": origin}}
    annotation = {"size": {"height": 32, "width": 32} | size, "objects": [entry]}
    meta = {"classes": [{"title": "Car", "shape": "bitmap", "color": "#400080"}], "tags": []}
    return {"meta.json": json.dumps(meta), "ds/ann/a.png.json": json.dumps(annotation), "ds/img/a.png": PHOTO}


def index(label: bytes, codes: str = CODES) -> dict[str, bytes | str]:
    return {"codes.txt": codes, "images/a.png": PHOTO, "labels/a_P.png": label}


def packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data)).decode()


ENTITIES = (
    '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">'
    '<!ENTITY z "&y;&y;&y;&y;&y;&y;&y;&y;">]>'
)
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
HEAD = [0, 0, 16, 0, 0x39, 0x1B, 0xF8]
"""4096 values of 8 bits; runs of 3, 4, 8 and 16 bits. The last three bits are the first run's."""

CASES = {
    "entities": (cvat(mask("&z;"), ENTITIES), "document type"),
    "entity of a file": (cvat(mask("4"), OUTSIDE), "document type"),
    "entity without a type": (cvat(mask("&z;")), "cannot be read as XML"),
    "deep XML": (cvat("<a>" * 100 + "</a>" * 100), "nested too deeply"),
    "XML in part": ({"annotations.xml": "<annotations><image"}, "cannot be read as XML"),
    "XML in an unknown encoding": (
        {"annotations.xml": '<?xml version="1.0" encoding="klingon"?><annotations/>'},
        "cannot be read as XML",
    ),
    "run lengths that are negative": (cvat(mask("-1,5")), "whole numbers from 0"),
    "run lengths beyond 64 bits": (cvat(mask("99999999999999999999")), "whole numbers from 0"),
    "run lengths that overflow": (cvat(mask("999999999,999999999")), "do not add up"),
    "run lengths too few": (cvat(mask("1,2")), "do not add up"),
    "run lengths without a comma": (cvat(mask("2 2")), "whole numbers from 0"),
    "no run lengths": (cvat(mask("")), "whole numbers"),
    "a run that is empty": (cvat(mask("1,,3")), "whole numbers from 0"),
    "a mask outside": (cvat(mask("0,4", left=31)), "outside its 32 x 32"),
    "a mask left of it": (cvat(mask("0,4", left=-1)), "left is '-1'"),
    "a mask of no width": (cvat(mask("0", width=0)), "0 x 2"),
    "a mask of huge size": (cvat(mask("0,4", width=999999999, height=999999999)), "million"),
    "an XML picture of huge size": (cvat(size='width="999999999" height="999999999"'), "million"),
    "an XML picture without a size": (cvat(size=""), "without 'height'"),
    "an unknown label": (cvat(mask("0,4").replace("Car", "Bus")), "not in the list"),
    "a polygon of words": (cvat('<polygon label="Car" points="a,b;c"/>'), "not written as"),
    "a polygon far away": (cvat('<polygon label="Car" points="0,0;1e12,0;5,5"/>'), "far outside"),
    "a polygon of nothing": (cvat('<polygon label="Car" points="nan,0;1,0;5,5"/>'), "far outside"),
    "a video": ({"annotations.xml": "<annotations><track/></annotations>"}, "of a video"),
    "deep JSON": (
        {"a.json": '{"images":[],"annotations":[],"categories":' + "[" * 5000 + "]" * 5000 + "}"},
        "nested too deeply",
    ),
    "JSON that is cut": (
        {"a.json": '{"images":[],"annotations":[],"categories":['},
        "cannot be read as JSON",
    ),
    "JSON with a name twice": (
        {"a.json": '{"images":[],"annotations":[],"categories":[],"images":[]}'},
        "twice",
    ),
    "JSON of other values": ({"a.json": '{"images":1,"annotations":2,"categories":3}'}, "must be a list"),
    "COCO with negative run lengths": (coco(segmentation={"size": [32, 32], "counts": [-5, 1029]}), "add up"),
    "COCO with run lengths that overflow": (
        coco(segmentation={"size": [32, 32], "counts": [2**62, 2**62, 2**62, 2**62 + 1024]}),
        "add up",
    ),
    "COCO with packed run lengths that overflow": (
        coco(segmentation={"size": [32, 32], "counts": "oooooooo0"}),
        "damaged run lengths",
    ),
    "COCO with packed run lengths of other signs": (
        coco(segmentation={"size": [32, 32], "counts": "é€"}),
        "damaged run lengths",
    ),
    "COCO with packed run lengths that end early": (
        coco(segmentation={"size": [32, 32], "counts": "o"}),
        "damaged run lengths",
    ),
    "COCO of another size": (coco(segmentation={"size": [99, 32], "counts": [1024]}), "is 32 x 32 pixels"),
    "COCO of huge size": (coco(image={"width": 10**9, "height": 10**9}), "million"),
    "COCO of a size in words": (coco(image={"width": "wide"}), "must be a whole number"),
    "COCO of an unknown category": (coco(category_id=7), "category it does not list"),
    "COCO of an unknown picture": (coco(image_id=7), "does not list"),
    "COCO with a box only": (coco(segmentation=None), "'segmentation'"),
    "COCO with a polygon far away": (coco(segmentation=[[0, 0, 1e300, 0, 5, 5]]), "far outside"),
    "COCO with half a polygon": (coco(segmentation=[[0, 0, 5]]), "x and y in turn"),
    "Label Studio of another size": (label_studio(HEAD, width=33), "does not fit"),
    "Label Studio with an early end": (label_studio(HEAD), "ends early"),
    "Label Studio with nothing": (label_studio([]), "ends early"),
    "Label Studio with a run beyond the end": (
        label_studio([*HEAD[:-1], 0xFF, 0xFF, 0xFF]),
        "beyond its last pixel",
    ),
    "Label Studio with numbers that are no bytes": (label_studio([256]), "not 0 to 255"),
    "Label Studio with words": (label_studio("abc"), "list of whole numbers"),
    "Label Studio of huge size": (label_studio(HEAD, width=10**9), "million"),
    "Label Studio with a label that is none": (label_studio(HEAD, label=5), "must be a text"),
    "Supervisely with no base64": (supervisely("###"), "no packed PNG in base64"),
    "Supervisely with something else packed": (supervisely(packed(b"hello")), "cannot be read"),
    "Supervisely with a bomb": (supervisely(packed(bytes(64 * 1024**2))), "more than 16 MB"),
    "Supervisely with a huge PNG": (supervisely(packed(huge_png())), "million"),
    "Supervisely outside": (supervisely(packed(png(np.ones((2, 2)))), origin=[31, 31]), "outside its"),
    "Supervisely left of it": (supervisely(packed(png(np.ones((2, 2)))), origin=[-1, 0]), "outside its"),
    "Supervisely of huge size": (supervisely(packed(PHOTO), width=10**9, height=10**9), "million"),
    "a huge label map": (index(huge_png()), "at most 50 million"),
    "a label map that is none": (index(b"hello"), "cannot be read"),
    "a number that is no class": (index(png(np.full((32, 32), 7))), "class number 7"),
    "colours where numbers belong": (index(png(np.tile([1, 2, 3], (32, 32, 1)))), "holds colours"),
    "a class list that is no text": (index(png(np.zeros((32, 32))), codes=b"\xff\xfe\0"), "not UTF-8"),
    "no class": (index(png(np.zeros((32, 32))), codes="\n"), "1 to 255 class names"),
    "an unknown colour": (
        {"label_colors.txt": "1 2 3\tRoad\n", "a/x.png": PHOTO, "aannot/x.png": png(np.full((32, 32, 3), 9))},
        "(9, 9, 9)",
    ),
    "a line that is no colour": (
        {"label_colors.txt": "1 2 Road\n", "aannot/x.png": PHOTO},
        "write it as 128 64 128",
    ),
    "a colour above 255": ({"label_colors.txt": "1 2 999 Road\n", "aannot/x.png": PHOTO}, "from 0 to 255"),
    "an unknown VOC colour": (
        {"labelmap.txt": "Road:1,2,3::\n", "SegmentationClass/x.png": png(np.full((32, 32, 3), 9))},
        "(9, 9, 9)",
    ),
    "a VOC list of other things": (
        {"labelmap.txt": "Road:1,2::\n", "SegmentationClass/x.png": PHOTO},
        "Road:128,64,128",
    ),
    "an unknown Cityscapes id": ({"a_0_0_gtFine_labelIds.png": png(np.full((32, 32), 99))}, "number 99"),
    "an unknown Cityscapes label": (
        {
            "a_0_0_gtFine_polygons.json": json.dumps(
                {"imgHeight": 32, "imgWidth": 32, "objects": [{"label": "dragon", "polygon": [[0, 0]]}]}
            )
        },
        "'dragon'",
    ),
    "a reviewed mask of another size": (
        {**index(png(np.zeros((32, 32)))), "reviewed/a.png": png(np.zeros((8, 8)))},
        "must have the same size",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_sentence(case):
    files, words = CASES[case]

    assert words in refused(files)


@pytest.mark.parametrize("path", ["../a.png", "/etc/a.png", "x/../../a.png", "C:\\a.png", "\\\\host\\a.png"])
def test_a_path_that_leads_outside_refuses_the_zip(path):
    assert "leads out of its folder" in refused({**index(png(np.zeros((32, 32)))), path: PHOTO})


def test_a_bomb_is_stopped_while_it_is_unpacked():
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("codes.txt", CODES)
        archive.writestr("labels/a_P.png", png(np.zeros((32, 32))))
        with archive.open("images/a.png", "w") as member:
            for _ in range(100):
                member.write(bytes(1024**2))

    tracemalloc.start()
    try:
        assert "larger than 40 MB" in refused(file.getvalue())
        assert tracemalloc.get_traced_memory()[1] < 100 * 1024**2
    finally:
        tracemalloc.stop()


def test_a_document_that_unpacks_to_gigabytes_is_stopped():
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive, archive.open("a.json", "w") as member:
        for _ in range(MAX_DOCUMENT // 1024**2 + 1):
            member.write(b" " * 1024**2)

    assert "larger than 64 MB" in refused(file.getvalue())


def test_json_of_millions_of_lists_is_refused_before_it_is_read():
    text = '{"images":[],"annotations":[],"categories":[' + "[]," * 1_500_000 + "[]]}"

    assert "1,000,000 parts" in refused({"a.json": text})


def test_a_zip_of_another_kind_and_a_locked_one():
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_BZIP2) as archive:
        archive.writestr("codes.txt", CODES)
        archive.writestr("labels/a_P.png", b"")
    assert "packed in an unusual way" in refused(file.getvalue())

    locked = bytearray(zip_of(index(png(np.zeros((32, 32))))))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = locked.find(signature)
        locked[place + flags] |= 1
    assert "password" in refused(bytes(locked))


def test_a_file_twice_in_a_zip():
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("codes.txt", CODES)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("codes.txt", CODES)

    assert "twice" in refused(file.getvalue())


@pytest.mark.parametrize("name", [found.name for found in FORMATS])
def test_damage_of_any_kind_is_refused_or_does_not_matter(name, picture, zipped):
    """A byte is changed at a time, of the zip or of a file in it: each ends in a sentence, or in pictures."""
    data = zipped(name, picture)
    with ZipFile(io.BytesIO(data)) as archive:
        files = {path: archive.read(path) for path in archive.namelist() if not path.startswith("README")}
    random = np.random.default_rng(5)
    for _ in range(60):
        with suppress(AnnotationError):
            list(read_zip(changed(data, random)))
        path = list(files)[random.integers(len(files))]
        with suppress(AnnotationError):
            list(read_zip(zip_of({**files, path: changed(files[path], random)})))


def changed(data: bytes, random: np.random.Generator) -> bytes:
    """The data with one byte changed."""
    broken = bytearray(data)
    broken[random.integers(len(data))] ^= int(random.integers(1, 256))
    return bytes(broken)


def test_a_folder_with_links_shows_nothing_behind_them(tmp_path):
    secret = tmp_path / "secret.png"
    Image.new("RGB", (32, 32)).save(secret)
    (tmp_path / "set" / "labels").mkdir(parents=True)
    (tmp_path / "set" / "codes.txt").write_text(CODES)
    (tmp_path / "set" / "labels" / "a_P.png").symlink_to(secret)

    assert open_source(tmp_path / "set").paths == ("codes.txt",)


def test_what_is_not_there_or_is_no_file(tmp_path):
    with pytest.raises(AnnotationError, match="does not exist"):
        open_source(tmp_path / "gone.zip")
    os.mkfifo(tmp_path / "pipe.zip")
    with pytest.raises(AnnotationError, match="no regular file"):
        open_source(tmp_path / "pipe.zip")


def test_a_folder_of_too_many_files_is_not_listed_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr("core.annotation.exchange.source.MAX_FILES", 3)
    for number in range(5):
        (tmp_path / f"{number}.png").touch()

    with pytest.raises(AnnotationError, match="more than 3 files"):
        open_source(tmp_path)


def test_a_zip_whose_list_is_too_long_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr("core.annotation.exchange.source._MAX_DIRECTORY", 1000)

    assert "lists far more" in refused({f"{number:060}.png": "" for number in range(100)})


def test_xml_of_a_million_attributes_is_refused_before_it_is_read():
    xml = "<annotations " + " ".join(f'a{number}=""' for number in range(1_000_001)) + "/>"

    assert "1,000,000 attributes" in refused({"annotations.xml": xml})
