"""Small files in exactly the form that each tool writes itself, made by hand after its source."""

from __future__ import annotations

import base64
import io
import json
import zlib

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_mask

from core.annotation.exchange import coco_runs
from core.annotation.formats import label_studio
from tests.core.annotation.formats.conftest import read_zip, refused, zip_of


def png(pixels, palette=None) -> bytes:
    picture = Image.fromarray(np.asarray(pixels, np.uint8))
    if palette:
        picture.putpalette(palette)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


PHOTO = png(np.zeros((32, 32, 3)))


def only(files):
    """The single picture of a zip of files, and the names of the classes."""
    found = read_zip(zip_of(files))
    (picture,) = found
    return picture, found.class_list.names


def block(value: int, rest: int = 255) -> np.ndarray:
    """32 x 32 pixels of `rest`, with `value` in rows 1 and 2, columns 3 to 5."""
    mask = np.full((32, 32), rest, np.uint8)
    mask[1:3, 3:6] = value
    return mask


def test_cvat_for_images():
    """As cvat/apps/dataset_manager/formats/cvat.py of CVAT writes it: `dump_as_cvat_annotation`."""
    xml = """<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta>
    <task>
      <id>7</id><name>street</name><size>1</size><mode>annotation</mode>
      <labels>
        <label><name>Road</name><color>#804080</color><type>any</type><attributes></attributes></label>
        <label><name>Car &amp; van</name><color>#400080</color><type>any</type></label>
      </labels>
    </task>
    <dumped>2024-05-01 10:00:00.000000+00:00</dumped>
  </meta>
  <image id="0" name="drive/a.png" width="32" height="32">
    <mask label="Car &amp; van" source="manual" occluded="0" rle="0, 2, 2, 2" left="3" top="1" width="3"\
 height="2" z_order="1">
    </mask>
    <polygon label="Road" source="manual" occluded="0" points="0.00,10.00;4.00,10.00;4.00,12.00;0.00,12.00"\
 z_order="0">
    </polygon>
    <box label="Road" source="manual" occluded="0" xtl="1.00" ytl="1.00" xbr="2.00" ybr="2.00" z_order="0">
    </box>
  </image>
</annotations>
"""
    found = read_zip(zip_of({"annotations.xml": xml, "images/drive/a.png": PHOTO}))
    (picture,) = found

    wanted = np.full((32, 32), 255, np.uint8)
    wanted[1, 3:5] = 1
    wanted[2, 4:6] = 1
    wanted[10:12, 0:4] = 0
    assert np.array_equal(picture.mask, wanted)
    assert picture.image == PHOTO
    assert found.class_list.names == ("Road", "Car & van")
    assert found.class_list.classes[0].colour == (128, 64, 128)
    assert found.notes == ("1 boxes, lines and points were left out: they say nothing of single pixels.",)


def test_cvats_camvid():
    """As datumaro/plugins/data_formats/camvid.py of Datumaro writes it, by which CVAT does."""
    files = {
        "label_colors.txt": "0 0 0 background\n128 64 128 Road\n",
        "default.txt": "/default/a.png /defaultannot/a.png\n",
        "default/a.png": PHOTO,
        "defaultannot/a.png": png(np.where(block(1, 0)[..., None], np.array([128, 64, 128]), 0)),
    }

    picture, names = only(files)

    assert names == ("background", "Road")
    assert np.array_equal(picture.mask, block(1, 0))
    assert picture.image == PHOTO


def test_the_original_camvid():
    """As in the download of Brostow and others: LabeledApproved_full, label_colors.txt with tabs."""
    files = {
        "label_colors.txt": "64 128 64\tAnimal\r\n192 0 128\t\tArchway\r\n",
        "701_StillsRaw_full/0001TP_1.png": PHOTO,
        "LabeledApproved_full/0001TP_1_L.png": png(
            np.where(block(1, 0)[..., None], np.array([192, 0, 128]), np.array([64, 128, 64]))
        ),
    }

    picture, names = only(files)

    assert (picture.name, names) == ("0001TP_1", ("Animal", "Archway"))
    assert np.array_equal(picture.mask, block(1, 0))


def test_vocs_own_palette_and_borders():
    """As in VOC2012's SegmentationClass: VOClabelcolormap.m of the development kit, 255 for borders."""
    from core.datasets.palettes import voc_palette

    mask = block(7, 0)
    mask[0] = 255
    files = {
        "VOCdevkit/VOC2012/JPEGImages/2007_000032.png": PHOTO,
        "VOCdevkit/VOC2012/SegmentationClass/2007_000032.png": png(mask, voc_palette(256).ravel().tolist()),
        "VOCdevkit/VOC2012/ImageSets/Segmentation/train.txt": "2007_000032\n",
    }

    picture, names = only(files)

    assert (names[0], names[7], len(names)) == ("background", "car", 21)
    assert np.array_equal(picture.mask, mask)


def test_cvats_segmentation_mask():
    """As docs/dataset_management/formats/format-smask of CVAT describes it: colours by labelmap.txt."""
    files = {
        "labelmap.txt": "# label:color_rgb:parts:actions\nbackground:0,0,0::\nRoad:128,64,128::\n",
        "ImageSets/Segmentation/default.txt": "a\n",
        "JPEGImages/a.png": PHOTO,
        "SegmentationClass/a.png": png(np.where(block(1, 0)[..., None], np.array([128, 64, 128]), 0)),
        "SegmentationObject/a.png": png(np.zeros((32, 32, 3))),
    }

    picture, names = only(files)

    assert names == ("background", "Road")
    assert np.array_equal(picture.mask, block(1, 0))


def test_cityscapes_polygons():
    """As in gtFine of Cityscapes, read as preparation/json2labelImg.py of cityscapesScripts draws it."""
    document = {
        "imgHeight": 32,
        "imgWidth": 32,
        "objects": [
            {"label": "road", "polygon": [[0, 0], [31, 0], [31, 31], [0, 31]]},
            {"label": "cargroup", "polygon": [[3, 1], [5, 1], [5, 2], [3, 2]]},
            {"label": "license plate", "polygon": [[4, 1], [5, 1], [5, 2]]},
            {"label": "sky", "polygon": [[0, 0], [9, 0], [9, 9]], "deleted": 1},
        ],
    }
    files = {
        "gtFine/train/aachen/aachen_000000_000019_gtFine_polygons.json": json.dumps(document),
        "leftImg8bit/train/aachen/aachen_000000_000019_leftImg8bit.png": PHOTO,
    }

    picture, names = only(files)

    assert picture.name == "aachen_000000_000019"
    assert np.array_equal(picture.mask, block(names.index("car"), names.index("road")))


def test_coco_stuff():
    """As in COCO-Stuff's stuff_val2017.json: packed run lengths, iscrowd 0, categories from 92 on.

    Source: cocodataset.org, format-data; nightrome/cocostuff.
    """
    runs = coco_mask.encode(np.asfortranarray(block(1, 0)))
    document = {
        "info": {"description": "COCO Stuff"},
        "images": [{"id": 139, "file_name": "000000000139.png", "width": 32, "height": 32, "license": 2}],
        "licenses": [],
        "annotations": [
            {
                "segmentation": {"counts": runs["counts"].decode(), "size": [32, 32]},
                "area": 6.0,
                "iscrowd": 0,
                "image_id": 139,
                "bbox": [3.0, 1.0, 3.0, 2.0],
                "category_id": 93,
                "id": 20000001,
            }
        ],
        "categories": [
            {"supercategory": "textile", "id": 92, "name": "banner"},
            {"supercategory": "textile", "id": 93, "name": "blanket"},
        ],
    }

    picture, names = only({"stuff_val2017.json": json.dumps(document), "val2017/000000000139.png": PHOTO})

    assert names == ("banner", "blanket")
    assert np.array_equal(picture.mask, block(1))
    assert picture.image == PHOTO


@pytest.mark.parametrize(
    "segmentation",
    [
        [[3, 1, 6, 1, 6, 3, 3, 3]],
        {"size": [32, 32], "counts": [97, 2, 30, 2, 30, 2, 861]},
    ],
)
def test_cvats_coco(segmentation):
    """As datumaro/plugins/data_formats/coco/exporter.py of Datumaro writes polygons and crowds."""
    document = {
        "licenses": [{"name": "", "id": 0, "url": ""}],
        "info": {"contributor": "", "date_created": "", "description": "", "url": "", "version": ""},
        "categories": [{"id": 1, "name": "Car", "supercategory": ""}],
        "images": [
            {"id": 1, "width": 32, "height": 32, "file_name": "a.png", "license": 0, "flickr_url": "",
             "coco_url": "", "date_captured": 0}
        ],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "segmentation": segmentation, "area": 6.0,
             "bbox": [3, 1, 3, 2], "iscrowd": 1, "attributes": {"occluded": False}}
        ],
    }  # fmt: skip

    picture, _ = only(
        {"annotations/instances_default.json": json.dumps(document), "images/default/a.png": PHOTO}
    )

    assert np.array_equal(picture.mask, block(0))


def test_packed_run_lengths_are_read_as_pycocotools_reads_them():
    random = np.random.default_rng(0)
    for share in (0.01, 0.3, 0.5, 0.99):
        area = random.random((60, 75)) < share
        text = coco_mask.encode(np.asfortranarray(area, dtype=np.uint8))["counts"].decode()
        lengths = coco_runs.unpacked(text, "a")
        on = np.repeat(np.arange(len(lengths)) % 2 == 1, lengths)
        assert np.array_equal(on.reshape(75, 60).T, area)


def converter_rle(pixels: np.ndarray) -> list[int]:
    """Bits as `encode_rle` in label_studio_converter/brush.py has them, but only literals and short runs.

    A literal block of 8 values, then a run of 8 equal ones, in turn, which the converter's own never mixes
    but the browser's @thi.ng/rle-pack does.
    """
    flat = np.repeat(pixels.ravel(), 4)
    bits = f"{len(flat):032b}{7:05b}" + "".join(f"{size - 1:04b}" for size in (3, 4, 8, 16))
    for start in range(0, len(flat), 8):
        values = flat[start : start + 8]
        bits += "0" if len(set(values.tolist())) > 1 or start % 16 else "1"
        same = bits[-1] == "1"
        bits += f"00{len(values) - 1:03b}" + "".join(
            f"{value:08b}" for value in (values[:1] if same else values)
        )
    bits += "0" * (8 - len(bits) % 8)
    return [int(bits[place : place + 8], 2) for place in range(0, len(bits), 8)]


@pytest.mark.parametrize("kind", ["brush", "bitmask"])
def test_label_studios_json(kind):
    """As Label Studio's JSON export has it: label_studio_converter/brush.py, and docs of the Bitmask tag."""
    if kind == "brush":
        value = {"format": "rle", "rle": converter_rle(block(255, 0)), "brushlabels": ["Car"]}
    else:
        drawn = np.zeros((32, 32, 4))
        drawn[..., 3] = block(255, 0)  # black on transparent
        address = "data:image/png;base64," + base64.b64encode(png(drawn)).decode()
        value = {"imageDataURL": address, "bitmasklabels": ["Car"]}
    result = {
        "original_width": 32, "original_height": 32, "image_rotation": 0, "value": value, "id": "x1",
        "from_name": "tag", "to_name": "image", "type": f"{kind}labels", "origin": "manual",
    }  # fmt: skip
    tasks = [
        {
            "id": 1,
            "annotations": [
                {"id": 5, "completed_by": 1, "result": [result], "was_cancelled": False},
                {"id": 6, "completed_by": 1, "result": [], "was_cancelled": True},
            ],
            "file_upload": "1a2b3c4d-a.png",
            "data": {"image": "/data/upload/1/1a2b3c4d-a.png"},
            "predictions": [],
        }
    ]

    picture, names = only({"project-1-at-2024-05-01.json": json.dumps(tasks), "images/a.png": PHOTO})

    assert (picture.name, names, picture.image) == ("a", ("Car",), PHOTO)
    assert np.array_equal(picture.mask, block(0))


def converter_decoded(data: bytes) -> np.ndarray:
    """Bit by bit, after `decode` in @thi.ng/rle-pack."""
    bits = "".join(f"{byte:08b}" for byte in data)
    place = 0

    def take(count: int) -> int:
        nonlocal place
        place += count
        return int(bits[place - count : place], 2)

    count, size = take(32), take(5) + 1
    sizes = [take(4) + 1 for _ in range(4)]
    out: list[int] = []
    while len(out) < count:
        same, length = take(1), take(sizes[take(2)]) + 1
        out += [take(size)] * length if same else [take(size) for _ in range(length)]
    return np.array(out)


def test_brush_masks_are_written_as_the_converter_reads_them():
    area = np.zeros((300, 200), np.bool_)
    area[0] = area[5, 3] = area[250:, :100] = True

    decoded = converter_decoded(label_studio.packed(area))

    assert np.array_equal(decoded.reshape(300, 200, 4)[..., 3] > 0, area)


def test_supervisely_project():
    """As supervisely/geometry/bitmap.py (`data_2_base64`) and annotation/annotation.py write it."""
    bitmap = Image.fromarray(np.array([[1, 1, 1], [1, 0, 1]], np.uint8))
    bitmap.putpalette([0, 0, 0, 255, 255, 255])
    file = io.BytesIO()
    bitmap.save(file, format="PNG", transparency=0, optimize=0)
    data = base64.b64encode(zlib.compress(file.getvalue())).decode()
    meta = {
        "classes": [
            {
                "id": 1,
                "title": "Car",
                "shape": "bitmap",
                "color": "#400080",
                "geometry_config": {},
                "hotkey": "",
            },
            {
                "id": 2,
                "title": "Road",
                "shape": "polygon",
                "color": "#804080",
                "geometry_config": {},
                "hotkey": "",
            },
        ],
        "tags": [],
        "projectType": "images",
    }
    annotation = {
        "description": "",
        "tags": [],
        "size": {"height": 32, "width": 32},
        "objects": [
            {"id": 9, "classId": 2, "labelerLogin": "ana", "geometryType": "polygon", "tags": [],
             "classTitle": "Road", "points": {"exterior": [[3, 2], [5, 2], [5, 2]], "interior": []}},
            {"id": 8, "classId": 1, "labelerLogin": "ana", "geometryType": "bitmap", "tags": [],
             "classTitle": "Car", "bitmap": {"data": data, "origin": [3, 1]}},
        ],
    }  # fmt: skip
    files = {
        "project/meta.json": json.dumps(meta),
        "project/ds1/ann/a.png.json": json.dumps(annotation),
        "project/ds1/img/a.png": PHOTO,
    }

    picture, names = only(files)

    wanted = block(0)
    wanted[2, 4] = 1
    assert (picture.name, names, picture.image) == ("a", ("Car", "Road"), PHOTO)
    assert np.array_equal(picture.mask, wanted)


def test_supervisely_reads_the_bitmap_of_its_own_docstring():
    """The example in the docstring of `Bitmap.base64_2_data`: 3 x 3 with a hole."""
    from core.annotation.exchange.bitmaps import area_of_png

    text = (
        "eJzrDPBz5+WS4mJgYOD19HAJAtLMIMwIInOeqf8BUmwBPiGuQPr///9Lb86/C2QxlgT5BTM4PLuRBuTwebo4hlTMSa44sKHhISMD"
        "uxpTYrr03F6gDIOnq5/LOqeEJgDM5ht6"
    )

    area = area_of_png(zlib.decompress(base64.b64decode(text)), "a")

    assert area.tolist() == [[True, True, True], [True, False, True], [True, True, True]]


def test_fastais_camvid():
    """As fastai's camvid.tgz has it: grey label maps, codes.txt, no list of colours."""
    files = {
        "camvid/codes.txt": "Animal\nArchway\n",
        "camvid/images/a.png": PHOTO,
        "camvid/labels/a_P.png": png(block(1, 0)),
    }

    picture, names = only(files)

    assert names == ("Animal", "Archway")
    assert np.array_equal(picture.mask, block(1, 0))


def test_anything_else_is_told_which_formats_are_read():
    assert "Pascal VOC, Cityscapes, COCO" in refused({"notes.txt": "hello", "a.json": "[1, 2]"})
