"""Containers taken apart before a decoder sees them: orientation, what may be broken, and what is bounded."""

from __future__ import annotations

import io
import itertools
import struct
import time
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image

from core.datasets.layouts.opening import open_dataset
from core.datasets.pictures import decode_image
from core.errors import DatasetError, ImageError, TruncatedImageError
from core.photos import images
from core.photos.containers import gif, jpeg, png, webp
from core.photos.images import decode
from tests import pictures
from tests.conftest import write_dataset
from tests.pictures import NOISE, chunk, into_gif, into_jpeg, into_png, into_webp, itxt, save, segment

MEGABYTE = 1024 * 1024
PLAIN = {name: decode(save(NOISE, name)) for name in ("JPEG", "PNG", "WEBP", "GIF")}

# What is seen upright, from what is stored. Source: Exif 2.32, section 4.6.4, tag 0x0112.
TURNED = {
    2: lambda a: np.fliplr(a),
    3: lambda a: np.rot90(a, 2),
    4: lambda a: np.flipud(a),
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
    8: lambda a: np.rot90(a, 1),
}


def said_by(where, value):
    """The metadata that give an orientation in one of several ways."""
    return {
        "EXIF": {"exif_block": pictures.exif(value)},
        "big-endian EXIF": {"exif_block": pictures.exif(value, ">")},
        "EXIF in 32 bits": {"exif_block": pictures.exif(value, kind=4)},
        "EXIF in a byte": {"exif_block": pictures.exif(value, ">", kind=1)},
        "XMP attribute": {"xmp": pictures.xmp_attribute(value)},
        "XMP element": {"xmp": pictures.xmp_element(value)},
    }[where]


WHERE = tuple(
    (file_format, where)
    for file_format in ("JPEG", "PNG", "WEBP", "GIF")
    for where in (
        "EXIF",
        "big-endian EXIF",
        "EXIF in 32 bits",
        "EXIF in a byte",
        "XMP attribute",
        "XMP element",
    )
    if not (file_format == "GIF" and "EXIF" in where)  # which has no place for it
)


def assert_turned(tmp_path, data, plain, value):
    """A photo is turned by the value, once; a data set refuses exactly what would be turned."""
    expected = TURNED.get(value, lambda a: a)(plain)
    assert np.array_equal(decode(data), expected)
    assert images.orientation(data) == (value if value in TURNED else 1)
    path = tmp_path / "frame.picture"
    if value in TURNED:
        with pytest.raises(DatasetError, match=rf"frame\.picture is turned .*orientation {value}\)"):
            decode_image(path, data)
    else:
        assert np.array_equal(decode_image(path, data), plain)


# Orientation


@pytest.mark.parametrize("value", range(10))
@pytest.mark.parametrize(("file_format", "where"), WHERE)
def test_photos_are_turned_once_and_data_sets_refuse_the_same_ones(tmp_path, file_format, where, value):
    data = pictures.with_metadata(file_format, **said_by(where, value))
    assert_turned(tmp_path, data, PLAIN[file_format], value)


@pytest.mark.parametrize("xmp", range(10))
@pytest.mark.parametrize("exif", [0, 1, 3, 6, 9])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_exif_counts_where_the_two_disagree_as_in_a_browser(tmp_path, file_format, exif, xmp):
    data = pictures.with_metadata(
        file_format, exif_block=pictures.exif(exif), xmp=pictures.xmp_attribute(xmp)
    )
    assert_turned(tmp_path, data, PLAIN[file_format], exif)


@pytest.mark.parametrize("block", [b"", b"no TIFF", pictures.exif(3)[:9], b"II*\0\x08\0\0\0\0\0\0\0\0\0"])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_xmp_counts_where_exif_says_nothing(tmp_path, file_format, block):
    data = pictures.with_metadata(file_format, exif_block=block, xmp=pictures.xmp_element(8))
    assert_turned(tmp_path, data, PLAIN[file_format], 8)


@pytest.mark.parametrize(
    "said",
    [
        "tiff:Orientation='6'",
        'tiff:Orientation = "6"',
        'tiff:Orientation="06"',
        "<tiff:Orientation>\n 6 </tiff:Orientation>",
    ],
)
def test_xmp_may_be_written_in_several_ways(tmp_path, said):
    data = pictures.with_metadata("JPEG", xmp=said.encode())
    assert_turned(tmp_path, data, PLAIN["JPEG"], 6)


@pytest.mark.parametrize("said", ['tiff:Orientation="60"', 'tiff:Orientation="-6"', 'tiff:Orientation=""'])
def test_xmp_that_says_no_orientation_turns_nothing(tmp_path, said):
    assert_turned(tmp_path, pictures.with_metadata("JPEG", xmp=said.encode()), PLAIN["JPEG"], 1)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_xmp_of_a_png_may_be_packed_and_come_after_the_pixels(tmp_path, packed, late):
    text = itxt(b"XML:com.adobe.xmp", pictures.xmp_attribute(3), packed)
    assert_turned(tmp_path, into_png(save(NOISE, "PNG"), text, late=late), NOISE, 3)


@pytest.mark.parametrize("late", [False, True])
def test_exif_of_a_png_may_come_after_the_pixels(tmp_path, late):
    block = chunk(b"eXIf", pictures.exif(5))
    assert_turned(tmp_path, into_png(save(NOISE, "PNG"), block, late=late), NOISE, 5)


@pytest.mark.parametrize("keyword", [b"Raw profile type exif", b"Raw profile type APP1"])
@pytest.mark.parametrize("packed", [False, True])
def test_exif_of_a_png_may_be_a_text_of_imagemagicks(tmp_path, keyword, packed):
    block = b"Exif\0\0" + pictures.exif(7)
    text = b"\nexif\n%8d\n" % len(block) + block.hex().encode()
    if packed:
        part = chunk(b"zTXt", keyword + b"\0\0" + zlib.compress(text))
    else:
        part = chunk(b"tEXt", keyword + b"\0" + text)
    assert_turned(tmp_path, into_png(save(NOISE, "PNG"), part), NOISE, 7)


def test_exif_of_a_webp_may_have_the_mark_of_a_jpeg(tmp_path):
    data = pictures.with_metadata("WEBP", exif_block=b"Exif\0\0" + pictures.exif(4))
    assert_turned(tmp_path, data, PLAIN["WEBP"], 4)


@pytest.mark.parametrize("value", range(2, 9))
def test_a_heic_is_turned_by_its_container_alone_and_only_once(tmp_path, value):
    stored = np.repeat(np.repeat(np.arange(6, dtype=np.uint8).reshape(2, 3) * 50, 32, 0), 32, 1)
    picture = pictures.pillow_heif.from_pillow(Image.fromarray(stored).convert("RGB"))
    picture[0].info["exif"] = b"Exif\0\0" + pictures.exif(
        value
    )  # it writes the same as a box of the container
    picture[0].info["xmp"] = pictures.xmp_attribute(3)
    file = io.BytesIO()
    picture.save(file)
    upright = TURNED[value](stored)
    for image in (decode(file.getvalue()), decode_image(tmp_path / "a.heic", file.getvalue())):
        assert np.abs(image[..., 0].astype(int) - upright).max() <= 6


@pytest.mark.parametrize("value", [2, 3, 8])
def test_a_label_map_that_is_turned_is_refused_too(tmp_path, value):
    label = np.zeros((40, 50), dtype=np.uint8)
    with pytest.raises(DatasetError, match=rf"a_P\.png is turned .*orientation {value} "):
        read_label(tmp_path / "turned", label, chunk(b"eXIf", pictures.exif(value)))
    assert np.array_equal(read_label(tmp_path / "upright", label, chunk(b"eXIf", pictures.exif(0))), label)


def read_label(folder, label, *chunks):
    """A label map of a data set, with more chunks in its file, as it is read."""
    root = write_dataset(folder, {"a": label, "b": label}, valid=("b.png",))
    path = root / "labels" / "a_P.png"
    path.write_bytes(into_png(path.read_bytes(), *chunks))
    dataset = open_dataset(root)
    return dataset.read(dataset.frame("a"))[1]


# As tolerant as a browser

BIG = zlib.compress(bytes(5 * MEGABYTE))
FINE_PNG = {
    "a large profile": chunk(b"iCCP", b"name\0\0" + BIG),
    "a profile packed in an unknown way": chunk(b"iCCP", b"name\0\7" + BIG),
    "a profile that is no such thing": chunk(b"iCCP", b""),
    "a large packed text": chunk(b"zTXt", b"Comment\0\0" + BIG),
    "a large packed international text": itxt(b"Comment", bytes(5 * MEGABYTE), packed=True),
    "large XMP": itxt(b"XML:com.adobe.xmp", bytes(5 * MEGABYTE), packed=True),
    "XMP that cannot be unpacked": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0broken"),
    "70 texts": chunk(b"zTXt", b"name\0\0" + zlib.compress(bytes(MEGABYTE - 9))) * 70,
    "a text with a wrong checksum": chunk(b"tEXt", b"Comment\0hello", checksum=1),
    "a gamma with a wrong checksum": chunk(b"gAMA", b"\0\0\0\1", checksum=1),
    "an animation that is broken": chunk(b"acTL", b""),
    "EXIF that is broken": chunk(b"eXIf", b"MM", checksum=2),
    "a private chunk": chunk(b"prVt", b"x" * 1000),
    "a resolution of no length": chunk(b"pHYs", b""),
    "a background that is too short": chunk(b"bKGD", b"\0"),
    "a colour space that is too short": chunk(b"sRGB", b""),
}


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("what", FINE_PNG)
def test_a_png_is_fine_whatever_is_wrong_with(what, late):
    assert np.array_equal(decode(into_png(save(NOISE, "PNG"), FINE_PNG[what], late=late)), NOISE)


@pytest.mark.parametrize("what", ["a large profile", "a text with a wrong checksum"])
def test_a_label_map_is_fine_too_whatever_is_wrong_with(tmp_path, what):
    label = (np.arange(40 * 50) % 3).astype(np.uint8).reshape(40, 50)
    assert np.array_equal(read_label(tmp_path, label, FINE_PNG[what]), label)


def test_a_png_without_its_end_is_fine():
    data = save(NOISE, "PNG")
    for cut in (1, 4, 8, 12, 13, 16):  # within the last chunk, without it, and into the pixels' checksum
        assert np.array_equal(decode(data[:-cut]), NOISE)


@pytest.mark.parametrize("after", [b"\0", b"<html>", bytes(1000), b"\xff" * 999])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_what_follows_a_picture_does_not_matter(file_format, after):
    assert np.array_equal(decode(save(NOISE, file_format) + after), PLAIN[file_format])


def test_the_pixels_of_a_png_may_come_in_any_number_of_chunks():
    data = save(NOISE, "PNG")
    at = data.index(b"IDAT") - 4
    pixels = data[at + 8 : at + 8 + int.from_bytes(data[at : at + 4], "big")]
    small = b"".join(
        chunk(b"IDAT", pixels[n : n + 7]) + chunk(b"IDAT", b"") for n in range(0, len(pixels), 7)
    )
    assert np.array_equal(decode(data[:at] + small + chunk(b"IEND", b"")), NOISE)


@pytest.mark.parametrize("kind", [b"IHDR", b"PLTE", b"tRNS"])
def test_a_wrong_checksum_of_what_makes_pixels_is_damage(kind):
    picture = Image.fromarray(NOISE[..., 0]).convert("P")
    data = bytearray(save(picture, "PNG", transparency=3))
    at = data.index(kind) - 4
    data[at + 8 + int.from_bytes(data[at : at + 4], "big")] ^= 1
    with pytest.raises(TruncatedImageError, match="damaged"):
        decode(bytes(data))


JPEGS = {
    "baseline": {},
    "progressive": {"progressive": True},
    "restarts": {"restart_marker_blocks": 2},
    "full colour": {"subsampling": 0},
    "progressive, full colour": {"progressive": True, "subsampling": 0},
}
FINE_JPEG = {
    "fill bytes": b"\xff" * 1000,
    "a short JFIF": segment(0xE0, b"JFIF\0"),
    "a short Adobe": segment(0xEE, b"Adobe"),
    "an empty application segment": segment(0xE5, b""),
    "a broken Photoshop block": segment(0xED, b"Photoshop 3.0\x008BIM\xff\xff\xff"),
    "a broken profile": segment(0xE2, b"ICC_PROFILE\0"),
    "a broken index of pictures": segment(0xE2, b"MPF\0"),
    "broken EXIF": segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff"),
    "a comment": segment(0xFE, b"\xff\xd9 the end? \xff\xda"),
    "several broken ones": b"".join(segment(0xE0 + n, b"\xff" * n) for n in range(16)),
    "bytes between segments": segment(0xE5, b"") + b"some bytes",
    "a restart marker": b"\xff\xd0",
}


@pytest.mark.parametrize("options", JPEGS)
@pytest.mark.parametrize("what", FINE_JPEG)
def test_a_jpeg_is_fine_whatever_is_wrong_with(what, options):
    data = save(NOISE, "JPEG", **JPEGS[options])
    assert np.array_equal(decode(into_jpeg(data, FINE_JPEG[what])), decode(data))


@pytest.mark.parametrize("space", ["CMYK", "L"])
def test_a_jpeg_keeps_its_colour_space(space):
    data = save(Image.fromarray(NOISE).convert(space), "JPEG")
    with Image.open(io.BytesIO(data)) as picture:
        expected = np.array(picture.convert("RGB"))
    assert np.array_equal(decode(data), expected)


@pytest.mark.parametrize("options", JPEGS)
def test_a_jpeg_whose_last_scan_is_complete_needs_no_end_marker(options):
    data = save(NOISE, "JPEG", **JPEGS[options])
    for cut in (1, 2):
        assert np.array_equal(decode(data[:-cut]), decode(data))
        assert np.array_equal(decode(data[:-cut], 32), decode(data, 32))


@pytest.mark.parametrize("options", JPEGS)
def test_a_jpeg_that_ends_within_a_scan_or_between_two_is_refused(options):
    data = save(NOISE, "JPEG", **JPEGS[options])
    scans = [at for at in range(len(data)) if data.startswith(b"\xff\xda", at)]
    for end in (*range(scans[0], len(data) - 20, 37), *scans, len(data) - 6):
        with pytest.raises(TruncatedImageError, match="incomplete"):
            decode(data[:end])


def test_fill_bytes_within_and_between_the_scans_do_not_matter():
    data = save(NOISE, "JPEG", progressive=True, restart_marker_blocks=3)
    filled = data
    for marker in (b"\xff\xda", b"\xff\xc4", b"\xff\xd0", b"\xff\xd1", b"\xff\xd9"):
        filled = filled.replace(marker, b"\xff" * 77 + marker)
    assert np.array_equal(decode(filled), decode(data))


@pytest.mark.parametrize(
    "chunks",
    [
        (pictures.riff(b"ICCP", b"broken"),),
        (pictures.riff(b"EXIF", b""), pictures.riff(b"XMP ", b"")),
        tuple(pictures.riff(b"abcd", bytes(n)) for n in range(50)),
    ],
)
def test_a_webp_is_fine_whatever_follows_its_pixels(chunks):
    assert np.array_equal(decode(into_webp(save(NOISE, "WEBP"), *chunks)), PLAIN["WEBP"])


def test_the_last_graphic_control_of_a_gif_counts():
    picture = Image.fromarray(np.repeat(np.repeat(np.array([[0, 1]], np.uint8), 32, 0), 32, 1))
    picture.putpalette([200, 0, 0, 0, 0, 200])
    control = b"!\xf9\4%c\0\0%c\0"
    first, last = control % (1, 0), control % (1, 1)
    comment = b"!\xfe\5hello\0"
    image = decode(into_gif(save(picture, "GIF"), first, comment, last, comment))
    assert image[0, 0].tolist() == [200, 0, 0]
    assert image[0, 40].tolist() == [255, 255, 255]


# Bounded


def cost(data):
    """The seconds of processor and the megabytes that a picture takes here, whether it is read or refused."""
    begin = time.process_time()
    outcome(data)
    seconds = time.process_time() - begin
    tracemalloc.start()
    try:
        outcome(data)
        return seconds, tracemalloc.get_traced_memory()[1] / MEGABYTE
    finally:
        tracemalloc.stop()


def outcome(data):
    try:
        return decode(data)
    except ImageError as error:
        return error


def some(part, megabytes):
    return part * (megabytes * MEGABYTE // len(part))


JPEG, PNG, GIF, WEBP = (save(NOISE, name) for name in ("JPEG", "PNG", "GIF", "WEBP"))
DEAR = {
    "fill bytes": into_jpeg(JPEG, b"\xff" * (20 * MEGABYTE)),
    "fill bytes and zeros": into_jpeg(JPEG, some(b"\xff\xff\0", 20)),
    "fill bytes in a scan": JPEG[:-2] + b"\xff" * (20 * MEGABYTE) + b"\xff\xd9",
    "stuffed fill bytes in a scan": JPEG[:-2] + some(b"\xff\xff\xff\0", 20) + b"\xff\xd9",
    "empty segments": into_jpeg(JPEG, some(b"\xff\xe1\0\2", 20)),
    "comments": into_jpeg(JPEG, some(segment(0xFE, b"x"), 20)),
    "restart markers": into_jpeg(JPEG, some(b"\xff\xd0", 20)),
    "tables": into_jpeg(JPEG, some(segment(0xDB, bytes([0]) + b"\1" * 64), 20)),
    "restart intervals": into_jpeg(JPEG, some(segment(0xDD, b"\0\1"), 20)),
    "restarts within a scan": JPEG[:-2] + some(b"\xff\xd0\xff\xd1", 20) + b"\xff\xd9",
    "bytes between segments": into_jpeg(JPEG, segment(0xE5, b"") + bytes(20 * MEGABYTE)),
    "marks of EXIF": into_png(PNG, chunk(b"eXIf", some(b"Exif\0\0", 20))),
    "a million chunks": into_png(PNG, some(chunk(b"prVt", b""), 20)),
    "a million chunks of pixels": into_png(PNG, some(chunk(b"IDAT", b""), 20)),
    "a million palettes": into_png(PNG, some(chunk(b"PLTE", b"\1\2\3"), 20)),
    "texts": into_png(PNG, some(itxt(b"XML:com.adobe.xmp", bytes(900_000), packed=True), 20)),
    "beginnings of an orientation": into_png(
        PNG, itxt(b"XML:com.adobe.xmp", b"tiff:Orientation " * MEGABYTE)
    ),
    "comments of a byte": into_gif(GIF, b"!\xfe" + b"\1x" * (10 * MEGABYTE) + b"\0"),
    "empty extensions": into_gif(GIF, some(b"!\xfe\0", 20)),
    "large comments": into_gif(GIF, some(b"!\xfe" + (b"\xff" + bytes(255)) * 4000 + b"\0", 20)),
    "bytes between blocks": into_gif(GIF, bytes(20 * MEGABYTE)),
    "chunks of a WebP": into_webp(WEBP, some(pictures.riff(b"abcd", b""), 20)),
}


@pytest.mark.parametrize("what", DEAR)
def test_the_work_is_bounded_for(what):
    seconds, megabytes = cost(DEAR[what])
    assert seconds < 1  # a megabyte of such parts took 0.9
    assert megabytes < 130  # a few times the file


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (DEAR["empty segments"], f"JPEG file has more than {jpeg.MAX_SEGMENTS:,} segments"),
        (DEAR["a million chunks"], f"PNG file has more than {png.MAX_CHUNKS:,} chunks"),
        (DEAR["comments of a byte"], f"GIF file has more than {gif.MAX_BLOCKS:,} blocks"),
        (DEAR["chunks of a WebP"], f"WebP file has more than {webp.MAX_CHUNKS:,} chunks"),
    ],
)
def test_too_many_parts_are_one_sentence(data, words):
    with pytest.raises(
        TruncatedImageError, match=rf"^This {words}.*, as no photo does; give the picture saved"
    ):
        decode(data)


def bmp_of_runs(width, height, packing, runs):
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8 // packing, packing, len(runs), 0, 0, 0, 0)
    palette = bytes(range(256)) * 4 if packing == 1 else bytes(64)
    offset = 14 + len(header) + len(palette)
    return struct.pack("<2sIII", b"BM", offset + len(runs), 0, offset) + header + palette + runs


@pytest.mark.parametrize("packing", [1, 2])
@pytest.mark.parametrize(("width", "height", "size"), [(7000, 7000, 1), (64, 64, 5)])
def test_runs_of_a_bitmap_are_bounded(width, height, size, packing):
    data = bmp_of_runs(width, height, packing, some(b"\1\0", size))
    with pytest.raises(ImageError, match="pixels as runs"):
        decode(data)
    assert cost(data)[0] < 0.1


def test_a_bitmap_of_runs_is_read():
    rows = b"".join(bytes((20, row, 12, 9, 0, 0)) for row in range(32))
    image = decode(bmp_of_runs(32, 32, 1, rows + b"\0\1"))
    assert image.shape == (32, 32, 3)
    assert (image[:, 20:] == image[0, 20]).all()


def test_scans_are_counted_by_the_pixels_that_they_cover():
    scan = segment(0xDA, b"\1\1\0\0\0\0")
    for width, height, most in ((8000, 5000, 15), (2000, 1000, jpeg.MAX_SCANS)):
        frame = segment(0xC2, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
        start, end = b"\xff\xd8" + frame, b"\xff\xd9"
        jpeg.clean(start + scan * most + end)
        with pytest.raises(TruncatedImageError, match=f"{most + 1} scans where .* at most {most};"):
            jpeg.clean(start + scan * (most + 1) + end)


def test_whatever_is_cut_or_changed_a_container_gives_an_essence_or_a_refusal():
    cleaners = {"JPEG": jpeg.clean, "PNG": png.clean, "WEBP": webp.clean, "GIF": gif.clean}
    chance = np.random.default_rng(5)
    for (name, clean), _ in itertools.product(cleaners.items(), range(150)):
        data = bytearray(pictures.with_metadata(name, xmp=pictures.xmp_element(3)))
        for at in chance.integers(12, len(data), 4):
            data[at] = chance.integers(256)
        try:
            essence = clean(bytes(data[: chance.integers(20, len(data) + 1)]))
        except ImageError:
            continue
        assert 1 <= essence.orientation <= 8


TILE = save(Image.new("RGB", (128, 128), (90, 100, 110)), "HEIF", quality=30)


@pytest.mark.parametrize(
    ("rows", "cols", "size"), [(1, 1, (128, 128)), (2, 3, (384, 256)), (4, 5, (600, 500))]
)
def test_a_heic_of_tiles_is_put_together(rows, cols, size):
    image = decode(pictures.heic_grid(TILE, 128, rows, cols, size))
    assert image.shape == (size[1], size[0], 3)
    assert np.abs(image.astype(int) - [90, 100, 110]).max() <= 4


@pytest.mark.parametrize(("side", "rows", "cols"), [(4096, 20, 20), (2048, 1, 20), (128, 30, 256)])
def test_a_heic_of_more_tiles_than_it_has_pixels_is_refused_before_they_are_decoded(side, rows, cols):
    data = pictures.heic_grid(TILE, side, rows, cols, (side, side))
    with pytest.raises(TruncatedImageError, match=r"more than 75 megapixels of tiles, as no photo is; give"):
        decode(data)
    assert cost(data)[0] < 0.2


def heic_of(*references: tuple[int, tuple[int, ...]]) -> bytes:
    """The boxes of a HEIC in which items are made of items, and of nothing else."""
    parts = (
        pictures.box(b"dimg", struct.pack(f">HH{len(tiles)}H", item, len(tiles), *tiles))
        for item, tiles in references
    )
    meta = bytes(4) + pictures.box(b"iref", bytes(4) + b"".join(parts))
    return pictures.box(b"ftyp", b"heic\0\0\0\0") + pictures.box(b"meta", meta)


@pytest.mark.parametrize(
    ("references", "words"),
    [
        (((1, (2, 1)),), "damaged"),  # made of itself
        (((1, (2,)), (2, (3,)), (3, (1,))), "damaged"),
        (tuple((n, (n + 1,) * 100) for n in range(1, 60)), "megapixels of tiles"),  # 100 to the power of 60
        (tuple((n, (n + 1,)) for n in range(1, 4000)), "damaged"),
        (tuple((n, (9999,) * 60_000) for n in range(3)), "100,000 references"),
    ],
)
def test_items_of_a_heic_that_are_made_of_items_are_counted_to_the_last(references, words):
    begin = time.process_time()
    with pytest.raises(TruncatedImageError, match=words):
        decode(heic_of(*references))
    assert time.process_time() - begin < 1


def test_the_boxes_of_a_heic_are_bounded():
    data = save(NOISE, "HEIF")
    boxes = pictures.box(b"free", b"")
    assert np.array_equal(decode(data + boxes * 100), decode(data))
    with pytest.raises(TruncatedImageError, match="more than 5,000 boxes"):
        decode(data + boxes * MEGABYTE)


@pytest.mark.parametrize("after", [b"\0\0\0\2", b"<html>", bytes(1000), b"\xff" * 999])
def test_what_follows_a_heic_does_not_matter(after):
    data = save(NOISE, "HEIF")
    assert np.array_equal(decode(data + after), decode(data))
