"""What `core.photos.images` accepts, what it makes of it, and what it refuses."""

from __future__ import annotations

import re
import struct
import threading
import time
import tracemalloc
import warnings
import zlib
from io import BytesIO

import numpy as np
import pillow_heif
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from core.errors import (
    ImageError,
    ImageTooLargeError,
    ImageTooSmallError,
    NotAnImageError,
    TruncatedImageError,
)
from core.photos import images
from core.photos.containers import jpeg
from core.photos.images import decode, encode_index_png, encode_png, resize, working_size
from tests.conftest import examples

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "GIF", "BMP")
BLOCK = 32
MEGABYTE = 1024 * 1024

quick = examples(4)


# Pictures made here


def blocks(tiny):
    """A picture in which each value of the small array `tiny` fills a square of BLOCK pixels."""
    return np.repeat(np.repeat(np.array(tiny, dtype=np.uint8), BLOCK, axis=0), BLOCK, axis=1)


def centres(image):
    """The value in the middle of each square: undoes `blocks`, away from the edges that JPEG blurs."""
    return image[BLOCK // 2 :: BLOCK, BLOCK // 2 :: BLOCK].astype(int).tolist()


def save(picture, file_format, **options):
    picture = Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture
    file = BytesIO()
    if file_format == "HEIF":
        pillow_heif.from_pillow(picture).save(file, **options)
    else:
        picture.save(file, file_format, **options)
    return file.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, bits, colour_type, packed_row, *chunks, image_data=None):
    """A PNG written by hand, every row the same bytes; for what Pillow does not write."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    rows = zlib.compress((b"\0" + packed_row) * height) if image_data is None else image_data
    parts = [chunk(b"IHDR", header), *chunks, chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def exif(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    return block.tobytes()


NOISE = np.random.default_rng(7).integers(0, 256, (48, 64, 3), dtype=np.uint8)
GOOD = {name: save(NOISE, name) for name in FORMATS}


def refusal(error, data):
    """The sentence with which `decode` refuses `data`."""
    with pytest.raises(ImageError) as caught:
        decode(data)
    assert caught.type is error, str(caught.value)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert re.search(r"[.!?] ", sentence) is None, "more than one sentence"
    assert "; give " in sentence, "does not say what to give instead"
    return sentence


def assert_image_or_refusal(data):
    """Nothing but a safe array or an ImageError; pytest makes a warning an error."""
    try:
        image = decode(data)
    except ImageError:
        return
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert image.shape[2] == 3
    assert min(image.shape[:2]) >= 32


# What comes out


@pytest.mark.parametrize("file_format", FORMATS)
def test_every_format_gives_a_contiguous_writable_rgb_array(file_format):
    tiny = [[[250, 10, 10], [10, 250, 10]], [[10, 10, 250], [250, 250, 250]], [[0, 0, 0], [128, 128, 128]]]
    image = decode(save(blocks(tiny), file_format))
    assert image.dtype == np.uint8
    assert image.shape == (3 * BLOCK, 2 * BLOCK, 3)
    assert image.flags.c_contiguous
    assert image.flags.writeable
    assert np.abs(np.array(centres(image)) - tiny).max() <= 6


@pytest.mark.parametrize(("file_format", "options"), [("PNG", {}), ("BMP", {}), ("WEBP", {"lossless": True})])
def test_lossless_formats_keep_every_pixel(file_format, options):
    assert np.array_equal(decode(save(NOISE, file_format, **options)), NOISE)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "HEIF"])
def test_grey_becomes_three_equal_channels(file_format):
    image = decode(save(blocks([[0, 100, 255]]), file_format))
    assert np.abs(np.array(centres(image)) - [[[0] * 3, [100] * 3, [255] * 3]]).max() <= 2


def test_one_bit_becomes_black_and_white():
    picture = Image.fromarray(blocks([[0, 255]])).convert("1")
    assert centres(decode(save(picture, "PNG"))) == [[[0, 0, 0], [255, 255, 255]]]


@pytest.mark.parametrize("file_format", ["PNG", "GIF", "BMP"])
def test_palette_becomes_its_colours(file_format):
    picture = Image.fromarray(blocks([[0, 1, 2]]))
    picture.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    assert centres(decode(save(picture, file_format))) == [[[10, 20, 30], [40, 50, 60], [70, 80, 90]]]


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_alpha_is_laid_over_white(file_format):
    # black at alpha 0, 128 and 255: 255 * (255 - alpha) / 255
    picture = blocks([[[0, 0, 0, 0], [0, 0, 0, 128], [0, 0, 0, 255]]])
    image = decode(save(picture, file_format, **({"lossless": True} if file_format == "WEBP" else {})))
    assert centres(image) == [[[255] * 3, [127] * 3, [0] * 3]]


def test_alpha_of_a_heic_is_laid_over_white():
    image = decode(save(blocks([[[255, 0, 0, 0], [255, 0, 0, 255]]]), "HEIF"))
    assert np.abs(np.array(centres(image)) - [[[255, 255, 255], [255, 0, 0]]]).max() <= 4


def test_grey_with_alpha_is_laid_over_white():
    # 100 * 0.2 + 255 * 0.8 = 224
    picture = Image.merge("LA", [Image.new("L", (32, 32), 100), Image.new("L", (32, 32), 51)])
    assert centres(decode(save(picture, "PNG"))) == [[[224] * 3]]


def test_palette_with_an_alpha_per_colour_is_laid_over_white():
    picture = Image.fromarray(blocks([[0, 1, 2]]))
    picture.putpalette([200, 0, 0, 0, 0, 0, 0, 0, 200])
    data = save(picture, "PNG", transparency=bytes([0, 128, 255]))
    assert centres(decode(data)) == [[[255, 255, 255], [127, 127, 127], [0, 0, 200]]]


@pytest.mark.parametrize("file_format", ["PNG", "GIF"])
def test_palette_with_one_transparent_colour_is_laid_over_white(file_format):
    picture = Image.fromarray(blocks([[0, 1]]))
    picture.putpalette([200, 0, 0, 0, 0, 200])
    assert centres(decode(save(picture, file_format, transparency=0))) == [[[255, 255, 255], [0, 0, 200]]]


@pytest.mark.parametrize(
    ("bits", "packed", "key", "expected"),
    [
        (1, b"\x0f" * 4, 1, [0, 0, 0, 0, 255, 255, 255, 255]),  # 0 and the key, which is white either way
        (1, b"\x0f" * 4, 0, [255] * 8),
        (2, b"\x1b" * 8, 1, [0, 255, 170, 255]),  # 0, 1 (the key), 2, 3 of 3
        (4, b"\x05\xaf" * 8, 5, [0, 255, 170, 255]),  # 0, 5 (the key), 10, 15 of 15
        (8, b"\x00\x64\xc8\xff" * 8, 100, [0, 255, 200, 255]),
        (16, b"\x00\x00\x00\x64\x00\x65\x80\x00" * 8, 100, [0, 255, 0, 128]),  # only 100, not 101
    ],
)
def test_the_transparent_grey_of_a_png_becomes_white_at_every_depth(bits, packed, key, expected):
    image = decode(png(32, 32, bits, 0, packed, chunk(b"tRNS", struct.pack(">H", key))))
    assert image[0, : len(expected), 0].tolist() == expected


def test_the_transparent_colour_of_a_png_becomes_white():
    row = bytes([10, 20, 30, 10, 20, 31]) * 16
    image = decode(png(32, 32, 8, 2, row, chunk(b"tRNS", struct.pack(">3H", 10, 20, 30))))
    assert image[0, :2].tolist() == [[255, 255, 255], [10, 20, 31]]


def test_the_transparent_colour_of_a_sixteen_bit_png_becomes_white():
    key, other = (0x0A01, 0x1402, 0x1E03), (0x0A01, 0x1402, 0x1F03)
    row = struct.pack(">6H", *key, *other) * 16
    image = decode(png(32, 32, 16, 2, row, chunk(b"tRNS", struct.pack(">3H", *key))))
    assert image[0, :2].tolist() == [[255, 255, 255], [10, 20, 31]]


def test_sixteen_bit_grey_is_scaled_by_value_range():
    row = struct.pack(">4H", 0, 0x4000, 0x8000, 0xFFFF) * 8
    assert decode(png(32, 32, 16, 0, row))[5, :4].tolist() == [[0] * 3, [64] * 3, [128] * 3, [255] * 3]


def test_sixteen_bit_rgb_is_scaled_by_value_range():
    row = struct.pack(">6H", 0, 0x4000, 0x8000, 0xFFFF, 0x0100, 0x00FF) * 16
    assert decode(png(32, 32, 16, 2, row))[5, :2].tolist() == [[0, 64, 128], [255, 1, 0]]


def test_ten_bit_grey_heic_is_scaled_by_value_range():
    values = np.repeat(np.repeat(np.array([[0, 0x8000, 0xFFFF]], dtype=np.uint16), BLOCK, 0), BLOCK, 1)
    image = decode(save(values, "HEIF"))
    assert np.abs(np.array(centres(image)) - [[[0] * 3, [128] * 3, [255] * 3]]).max() <= 4


def test_cmyk_jpeg_keeps_its_colours():
    # inks 0..255 of cyan, magenta, yellow, black: magenta and yellow make red, no ink white, black black
    picture = Image.fromarray(blocks([[[0, 255, 255, 0], [0, 0, 0, 0], [0, 0, 0, 255]]]), "CMYK")
    image = decode(save(picture, "JPEG", quality=95))
    assert np.abs(np.array(centres(image)) - [[[255, 0, 0], [255, 255, 255], [0, 0, 0]]]).max() <= 6


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG"])
def test_the_first_frame_of_an_animation_is_taken(file_format):
    frames = [Image.new("RGB", (40, 32), colour) for colour in ("#ff0000", "#00ff00", "#0000ff")]
    data = save(frames[0], file_format, save_all=True, append_images=frames[1:])
    image = decode(data)
    assert image.shape == (32, 40, 3)
    assert np.abs(image[16, 20].astype(int) - [255, 0, 0]).max() <= 2


def test_later_frames_are_not_even_decoded():
    frames = [Image.fromarray(NOISE), Image.fromarray(NOISE[::-1])]
    one, two = save(frames[0], "GIF"), save(frames[0], "GIF", save_all=True, append_images=frames[1:])
    cut_in_the_second_frame = two[: (len(one) + len(two)) // 2]
    assert np.array_equal(decode(cut_in_the_second_frame), decode(one))


def test_a_png_with_a_broken_animation_gives_its_still_picture():
    no_frames = chunk(b"acTL", struct.pack(">II", 0, 0))  # Pillow warns
    image = decode(png(32, 32, 8, 2, bytes([10, 20, 30]) * 32, no_frames))
    assert image[5, 5].tolist() == [10, 20, 30]


def test_a_line_feed_among_the_numbers_of_a_header_does_not_matter():
    data = GOOD["BMP"][:2] + b"\n\n\n\n" + GOOD["BMP"][6:]  # the file's size, which nobody reads
    assert np.array_equal(decode(data), NOISE)


def test_the_first_picture_of_a_phones_multi_picture_file_is_taken():
    second = Image.new("RGB", (80, 60), "blue")
    data = save(Image.new("RGB", (40, 32), "red"), "MPO", save_all=True, append_images=[second])
    assert Image.open(BytesIO(data)).format == "MPO"
    image = decode(data)
    assert image.shape == (32, 40, 3)
    assert np.abs(image[16, 20].astype(int) - [254, 0, 0]).max() <= 2


def test_a_damaged_index_of_a_multi_picture_file_does_not_matter():
    data = save(NOISE, "MPO", save_all=True, append_images=[Image.fromarray(NOISE)])
    start = data.index(b"MPF\0") + 4
    damaged = data[:start] + bytes(40) + data[start + 40 :]
    assert np.array_equal(decode(damaged), decode(data))


# Orientation

A, B, C, D, E, F = 0, 50, 100, 150, 200, 250
STORED = [[A, B, C], [D, E, F]]
UPRIGHT = {  # where the stored first row and first column belong: Exif 2.32, section 4.6.4, tag 0x0112
    1: [[A, B, C], [D, E, F]],  # row at the top, column at the left
    2: [[C, B, A], [F, E, D]],  # top, right
    3: [[F, E, D], [C, B, A]],  # bottom, right
    4: [[D, E, F], [A, B, C]],  # bottom, left
    5: [[A, D], [B, E], [C, F]],  # left, top
    6: [[D, A], [E, B], [F, C]],  # right, top
    7: [[F, C], [E, B], [D, A]],  # right, bottom
    8: [[C, F], [B, E], [A, D]],  # left, bottom
}


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", UPRIGHT)
def test_the_exif_orientation_is_applied(orientation, file_format):
    stored = Image.fromarray(blocks(STORED)).convert("RGB")
    image = decode(save(stored, file_format, exif=exif(orientation)))
    assert image.flags.c_contiguous
    assert np.abs(np.array(centres(image[..., 0])) - UPRIGHT[orientation]).max() <= 3


def test_the_rotation_of_a_heic_is_applied_once_though_its_exif_repeats_it():
    stored = pillow_heif.from_pillow(Image.fromarray(blocks(STORED)))
    stored[0].info["exif"] = exif(6)  # pillow-heif writes it, and the same rotation as a box of the container
    file = BytesIO()
    stored.save(file)
    assert b"irot" in file.getvalue()
    image = decode(file.getvalue())
    assert np.abs(np.array(centres(image[..., 0])) - UPRIGHT[6]).max() <= 4


EXIF_AT = 6  # after b"Exif\0\0"


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"not a TIFF header at all",
        b"MM\0*\xff\xff\xff\xff",
        # A resolution (0x011a) that is an empty text: Pillow alone refuses the whole picture for it.
        b"MM\0*\0\0\0\x08\0\x02"
        + struct.pack(">HHII HHII", 0x011A, 2, 1, 0, 0x0128, 3, 1, 2 << 16)
        + bytes(4),
        b"II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x03\0\xff\xff\xff\xff" * 9,
        exif(9)[EXIF_AT:],
        exif(0)[EXIF_AT:],
    ],
)
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_broken_exif_block_does_not_refuse_a_fine_picture(block, file_format):
    data = save(NOISE, file_format, exif=b"Exif\0\0" + block)
    if file_format == "JPEG":
        data = without_jfif(data)
    assert np.array_equal(decode(data), decode(save(NOISE, file_format)))


def without_jfif(data):
    """A JPEG without its JFIF segment: only then would Pillow look for a resolution in the EXIF block."""
    length = struct.unpack(">H", data[4:6])[0]
    assert data[2:4] == b"\xff\xe0"
    return data[:2] + data[4 + length :]


@quick
@given(block=st.binary(max_size=200))
def test_no_exif_block_whatever_refuses_a_fine_picture(block):
    data = without_jfif(GOOD["JPEG"])
    segment = b"\xff\xe1" + struct.pack(">H", len(block) + 16) + b"Exif\0\0MM\0*\0\0\0\x08" + block
    image = decode(data[:2] + segment + data[2:])
    assert sorted(image.shape[:2]) == [48, 64]


def test_the_orientation_is_applied_though_the_rest_of_the_exif_block_is_cut():
    # four entries are announced; after the orientation, 6, comes a text whose bytes are missing
    entries = struct.pack(">HHHIHHHHII", 4, 0x0112, 3, 1, 6, 0, 0x010F, 2, 99, 5000)
    stored = Image.fromarray(blocks(STORED)).convert("RGB")
    data = save(stored, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08" + entries)
    assert np.abs(np.array(centres(decode(data)[..., 0])) - UPRIGHT[6]).max() <= 3


# Reducing while decoding


@pytest.fixture(scope="module")
def gradient():
    """A 12-megapixel photo without fine detail: red grows to the right, green downwards."""
    image = np.full((3000, 4000, 3), 90, dtype=np.uint8)
    image[..., 0] = np.linspace(0, 255, 4000)
    image[..., 1] = np.linspace(0, 255, 3000)[:, None]
    return image


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_large_jpeg_is_reduced_while_it_is_decoded(gradient, orientation):
    data = save(gradient, "JPEG", exif=exif(orientation))
    image = decode(data, longest_side=512)
    # 4000 / 512 = 7.8, so libjpeg may divide by 4
    assert image.shape == ((750, 1000, 3) if orientation == 1 else (1000, 750, 3))
    upright = gradient if orientation == 1 else np.rot90(gradient, -1)
    assert np.abs(image.astype(int) - upright[2::4, 2::4]).mean() < 2


@pytest.mark.parametrize(
    ("width", "height", "longest_side", "expected"),
    [
        (1024, 64, 512, 512),  # exactly half
        (1023, 64, 512, 1023),  # half would be too small
        (1030, 32, 128, 129),  # an eighth, rounded up, however thin the picture
        (64, 1030, 128, 129),
        (1024, 64, 2000, 1024),
        (1024, 64, 1, 128),  # libjpeg goes no further than an eighth
        (1024, 64, None, 1024),
    ],
)
def test_the_longer_side_never_falls_below_the_working_size(width, height, longest_side, expected):
    assert max(decode(save(Image.new("RGB", (width, height)), "JPEG"), longest_side).shape) == expected


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (4096, 1024, (512, 2048)),
        (1024, 4096, (2048, 512)),
        (4096, 1000, (1000, 4096)),
        (2048, 2048, (512, 512)),
    ],
)
def test_of_a_photo_to_be_squashed_square_neither_side_falls_below_it(width, height, expected):
    data = save(Image.new("RGB", (width, height)), "JPEG")
    assert decode(data, longest_side=512, square=True).shape[:2] == expected


@pytest.mark.parametrize("orientation", [1, 3, 6])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L"])
def test_a_huge_picture_is_averaged_while_it_is_brought_upright(gradient, orientation, mode, monkeypatch):
    monkeypatch.setattr(images, "_HUGE", 10_000)
    monkeypatch.setattr(images, "_STRIP", 2000)  # strips of six rows, the last one of three
    stored = Image.fromarray(np.ascontiguousarray(gradient[::30, ::12][:99, :333])).convert(mode)
    data = save(stored, "PNG", exif=exif(orientation))
    image, full_size = images.decode_scaled(data, 40)
    plain = decode(data)
    assert full_size == plain.shape[:2]
    assert image.shape == ((12, 40, 3) if orientation != 6 else (40, 12, 3))
    # The palette's few colours come out the same whenever they are averaged, but for its steps.
    assert np.abs(image.astype(int) - resize(plain, *image.shape[:2])).mean() < 2


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "HEIF", "GIF", "BMP"])
def test_other_formats_ignore_the_hint(file_format):
    assert np.array_equal(decode(GOOD[file_format], longest_side=16), decode(GOOD[file_format]))


def test_an_embedded_thumbnail_of_a_heic_never_stands_for_the_picture():
    data = save(Image.new("RGB", (400, 300), "red"), "HEIF", thumbnails=[128])
    assert decode(data, longest_side=64).shape == (300, 400, 3)


# What is refused


def test_nothing_is_refused():
    assert "empty" in refusal(NotAnImageError, b"")


@pytest.mark.parametrize(
    "data",
    [
        b"This is a text that someone called street.jpg.\n" * 50,
        b"BMW drives on the left in this text, which begins like a bitmap",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"II*\0\x08\0\0\0",
        b"\0\0\0\x20ftypavif" + bytes(20),
        b"\0",
        b"\xff\xd8",
    ],
)
def test_what_is_no_picture_of_ours_is_refused(data):
    assert "JPEG, PNG" in refusal(NotAnImageError, data)


@pytest.mark.parametrize("kept", [0.05, 0.2, 0.5, 0.8, 0.97])
@pytest.mark.parametrize("file_format", FORMATS)
def test_a_picture_that_ends_early_is_refused(file_format, kept):
    data = GOOD[file_format]
    assert "incomplete" in refusal(TruncatedImageError, data[: int(len(data) * kept)])


@pytest.mark.parametrize("file_format", FORMATS)
def test_nothing_but_the_beginning_of_a_header_is_refused(file_format):
    refusal(TruncatedImageError, GOOD[file_format][:26])


def test_a_damaged_png_is_refused():
    data = bytearray(GOOD["PNG"])
    data[len(data) // 2] ^= 0x10
    refusal(TruncatedImageError, bytes(data))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (31, 64), (64, 31)])
def test_a_side_under_32_pixels_is_refused(width, height):
    sentence = refusal(ImageTooSmallError, save(Image.new("RGB", (width, height)), "PNG"))
    assert f"{width} x {height}" in sentence
    assert "32 x 32" in sentence


def test_a_heic_that_is_cropped_to_less_than_its_header_says_is_refused():
    data = bytearray(GOOD["HEIF"])
    offset = data.index(b"clap") + 4 + 4 * 4  # after the fractions for width and height; halves of a pixel
    data[offset : offset + 4] = struct.pack(">I", 90)
    # 45 pixels to the right of the middle: the crop begins at column 45 of 64
    assert "19 x 48" in refusal(ImageTooSmallError, bytes(data))


def test_32_pixels_are_enough():
    assert decode(save(Image.new("RGB", (32, 32)), "PNG")).shape == (32, 32, 3)


def test_a_long_and_thin_picture_is_accepted():
    assert decode(save(Image.new("RGB", (20_000, 32)), "PNG")).shape == (32, 20_000, 3)


def test_more_than_40_megabytes_are_refused():
    sentence = refusal(ImageTooLargeError, GOOD["JPEG"] + bytes(41 * MEGABYTE))
    assert "41.1 MB" in sentence  # 41 and the few bytes of the picture, rounded up
    assert "40 MB" in sentence


def test_one_byte_too_many_does_not_read_like_an_allowed_size():
    assert "40.1 MB" in refusal(ImageTooLargeError, bytes(40 * MEGABYTE + 1))


def test_40_megabytes_are_not_too_many():
    refusal(NotAnImageError, bytes(40 * MEGABYTE))


def claiming(file_format, width, height):
    """A good file of 64 x 48 pixels whose header claims another size: there is nothing to decode for it."""
    data = bytearray(GOOD[file_format])
    little, big = struct.pack("<II", width, height), struct.pack(">II", width, height)
    if file_format == "PNG":
        return png(width, height, 8, 2, b"", image_data=b"")
    if file_format == "JPEG":
        at = data.index(b"\xff\xc0") + 5
        data[at : at + 4] = struct.pack(">HH", height, width)
    elif file_format == "GIF":
        data[6:10] = struct.pack("<HH", width, height)
    elif file_format == "BMP":
        data[18:26] = little
    elif file_format == "HEIF":
        at = data.index(b"ispe") + 8
        data = data[:at] + big + data[at + 8 :]
        data = data.replace(b"clap", b"free")  # or the picture is cropped to what it was
    elif file_format == "WEBP":
        canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        data = bytearray(save(NOISE, "WEBP", save_all=True, append_images=[Image.fromarray(NOISE[::-1])]))
        assert data[12:16] == b"VP8X"
        data[24:30] = canvas
    return bytes(data)


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_bomb_of_60_megapixels_is_refused_from_its_header(file_format):
    sentence = refusal(ImageTooLargeError, claiming(file_format, 10_000, 6_000))
    assert "60.0 megapixels" in sentence
    assert "10000 x 6000" in sentence
    assert "at most 50." in sentence


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("pillows_own_limit", [1, 89_478_485, None])
def test_bombs_are_refused_whatever_pillows_own_limit(monkeypatch, file_format, pillows_own_limit):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", pillows_own_limit)
    assert "at most 50." in refusal(ImageTooLargeError, claiming(file_format, 16_000, 15_000))
    assert pillows_own_limit == Image.MAX_IMAGE_PIXELS


def test_a_webp_has_fewer_pixels_for_its_decoder_takes_more_memory():
    sentence = refusal(ImageTooLargeError, claiming("WEBP", 8_000, 5_000))
    assert "40.0 megapixels" in sentence
    assert "above 33 " in sentence
    assert "JPEG or PNG" in sentence
    assert decode(claiming("WEBP", 7680, 4320)).shape == (4320, 7680, 3)  # 8K; an animation may fill a part


def test_a_real_bomb_is_refused():
    bomb = save(Image.new("1", (10_000, 6_000)), "PNG")
    assert len(bomb) < 20_000
    refusal(ImageTooLargeError, bomb)


def test_50_megapixels_are_not_too_many_but_one_row_more_is():
    refusal(TruncatedImageError, claiming("PNG", 10_000, 5_000))
    assert "50.1 megapixels" in refusal(ImageTooLargeError, claiming("PNG", 10_000, 5_001))


def test_a_progressive_jpeg_of_too_many_scans_is_refused():
    data = save(NOISE, "JPEG", progressive=True)
    last_scan = data[data.rindex(b"\xff\xda") : -2]
    assert decode(data).shape == (48, 64, 3)
    sentence = refusal(TruncatedImageError, data[:-2] + last_scan * jpeg.MAX_SCANS + b"\xff\xd9")
    assert "110 scans" in sentence


@pytest.mark.parametrize(
    "bomb",
    [
        chunk(b"iCCP", b"name\0\0" + zlib.compress(bytes(5 * MEGABYTE))),
        chunk(b"zTXt", b"name\0\0" + zlib.compress(bytes(5 * MEGABYTE))),
        chunk(b"zTXt", b"name\0\0" + zlib.compress(bytes(MEGABYTE - 9))) * 65,
    ],
)
def test_a_png_with_a_text_or_profile_bomb_is_read_without_unpacking_it(bomb):
    data = png(32, 32, 8, 2, bytes([10, 20, 30]) * 32, bomb)
    tracemalloc.start()
    try:
        assert (decode(data) == [10, 20, 30]).all()
        assert tracemalloc.get_traced_memory()[1] < MEGABYTE
    finally:
        tracemalloc.stop()


def test_pillow_is_not_told_to_read_truncated_files():
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_running_out_of_memory_is_said_as_it_is(monkeypatch):
    def no_memory(*_):
        raise MemoryError

    monkeypatch.setattr(images, "_to_rgb", no_memory)
    assert "memory" in refusal(ImageTooLargeError, GOOD["PNG"])


# Whatever the bytes


@pytest.mark.parametrize("file_format", FORMATS)
def test_flipped_bytes_give_an_image_or_a_refusal(file_format):
    good = GOOD[file_format]
    # Headers are a small part of the file and the most fragile: half of the flips go there.
    position = st.integers(0, min(600, len(good) - 1)) | st.integers(0, len(good) - 1)

    @quick
    @given(flips=st.dictionaries(position, st.integers(0, 255), min_size=1, max_size=5))
    def check(flips):
        data = bytearray(good)
        for at, value in flips.items():
            data[at] = value
        assert_image_or_refusal(bytes(data))

    check()


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"RIFF\xff\0\0\0WEBPVP8 ",
        b"\0\0\0\x18ftypheic",
        b"GIF89a",
        b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
    ],
)
def test_random_bytes_give_an_image_or_a_refusal(start):
    @quick
    @given(rest=st.binary(max_size=300))
    @example(rest=b"")
    def check(rest):
        assert_image_or_refusal(start + rest)

    check()


@pytest.mark.parametrize(("width", "height"), [(63, 48), (65, 48), (64, 47), (64, 60), (1000, 1000)])
def test_a_png_whose_header_lies_gives_that_size_or_a_refusal(width, height):
    rows = b"".join(b"\0" + row.tobytes() for row in NOISE)
    try:
        image = decode(png(width, height, 8, 2, b"", image_data=zlib.compress(rows)))
    except TruncatedImageError:
        return
    assert image.shape == (height, width, 3)


def test_two_pictures_at_a_time_are_decoded_and_the_filters_for_warnings_stay(monkeypatch):
    active, most, before = 0, 0, list(warnings.filters)

    def read_slowly(*arguments):
        nonlocal active, most
        active += 1
        most = max(most, active)
        time.sleep(0.005)
        active -= 1
        return read(*arguments)

    read = images._read
    monkeypatch.setattr(images, "_read", read_slowly)
    workers = [threading.Thread(target=decode, args=(data,)) for data in GOOD.values()]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert most <= 2
    assert list(warnings.filters) == before


# Resizing


def test_an_image_of_the_right_size_is_returned_as_it_is():
    assert resize(NOISE, 48, 64) is NOISE


def test_resizing_gives_rows_before_columns():
    resized = resize(NOISE, 30, 100)
    assert resized.shape == (30, 100, 3)
    assert resized.dtype == np.uint8
    assert resized.flags.writeable


def test_resizing_keeps_colours_away_from_edges():
    tiny = [[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [9, 99, 199]]]
    resized = resize(blocks(tiny), 16, 16)
    assert resized[4::8, 4::8].tolist() == tiny


def test_shrinking_averages_fine_detail_instead_of_picking_pixels():
    checkerboard = np.indices((128, 128)).sum(axis=0) % 2 * 255
    resized = resize(np.repeat(checkerboard[:, :, None], 3, axis=2).astype(np.uint8), 32, 32)
    # half of the pixels are 0, half are 255
    assert np.abs(resized.astype(int) - 127.5).max() <= 4


# The working size


@pytest.mark.parametrize(
    ("height", "width", "longest", "expected"),
    [
        (720, 960, 512, (384, 512)),
        (960, 720, 512, (512, 384)),
        (500, 500, 512, (512, 512)),
        (100, 200, 1024, (512, 1024)),
        (3, 4, 6, (5, 6)),  # 4.5 is rounded up
        (3024, 4032, 640, (480, 640)),
        (32, 100_000, 512, (1, 512)),  # 0.16 is still a row
    ],
)
def test_the_working_size_keeps_the_aspect_ratio(height, width, longest, expected):
    assert working_size(height, width, longest) == expected


def test_a_square_working_size_ignores_the_aspect_ratio():
    assert working_size(720, 960, 512, square=True) == (512, 512)


@quick
@given(st.integers(1, 50_000), st.integers(1, 50_000), st.integers(1, 4096))
def test_the_longer_side_is_the_one_asked_for_and_the_other_within_half_a_pixel(height, width, longest):
    rows, cols = working_size(height, width, longest)
    assert max(rows, cols) == longest
    scale = longest / max(height, width)
    assert rows == pytest.approx(max(1, height * scale), abs=0.5 + 1e-9)
    assert cols == pytest.approx(max(1, width * scale), abs=0.5 + 1e-9)


# Writing


def test_a_written_png_is_read_back_pixel_by_pixel():
    data = encode_png(NOISE)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert np.array_equal(np.array(Image.open(BytesIO(data))), NOISE)
    assert np.array_equal(decode(data), NOISE)


@pytest.mark.parametrize("quickly", [False, True])
def test_an_index_png_holds_the_labels_and_shows_the_palette(quickly):
    labels = np.array([[0, 1, 2], [2, 1, 0]], dtype=np.uint8)
    palette = np.array([[10, 20, 30], [40, 50, 60], [70, 80, 90]], dtype=np.uint8)
    picture = Image.open(BytesIO(encode_index_png(labels, palette, quickly=quickly)))
    assert picture.mode == "P"
    assert np.array(picture).tolist() == labels.tolist()
    assert np.array(picture.convert("RGB")).tolist() == palette[labels].tolist()


def test_an_index_png_keeps_labels_beyond_the_palette():
    labels = np.array([[0, 31, 255]], dtype=np.uint8)
    picture = Image.open(BytesIO(encode_index_png(labels, np.full((3, 3), 200, dtype=np.uint8))))
    assert np.array(picture).tolist() == [[0, 31, 255]]
    assert np.array(picture.convert("RGB")).tolist() == [[[200] * 3, [0] * 3, [0] * 3]]


@pytest.mark.parametrize("classes", [1, 2, 11, 16, 32, 256])
def test_an_index_png_takes_a_palette_of_any_length(classes):
    labels = np.arange(classes, dtype=np.uint8)[None]
    palette = np.random.default_rng(classes).integers(0, 256, (classes, 3), dtype=np.uint8)
    picture = Image.open(BytesIO(encode_index_png(labels, palette)))
    assert np.array(picture).tolist() == labels.tolist()
    assert np.array(picture.convert("RGB")).tolist() == palette[labels].tolist()
