"""From untrusted bytes to a safe RGB array, to the working size, and from arrays back to PNG.

Every picture comes through `decode`, `decode_sized` or `decode_scaled`: strangers' in a process of its own,
which `core.photos.guarded` keeps, those of data sets right here.
"""

from __future__ import annotations

import math
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.Image import Resampling
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from core.errors import (
    ImageError,
    ImageTooLargeError,
    ImageTooSmallError,
    NotAnImageError,
)
from core.languages import mark, sentence
from core.photos.containers import bmp, gif, heic, jpeg, png, webp
from core.photos.containers.parts import Essence, damaged

MAX_BYTES = 40 * 1024 * 1024
"""Twice the size of a good phone's photo; anything larger is a film, an archive or an attack."""

MAX_PIXELS = 50_000_000
"""Most phones stop at 48 megapixels; 50 take 200 to 400 MB while they are decoded, by format."""

MAX_WEBP_PIXELS = 33_200_000
"""8K, 7680 x 4320. A WebP's decoder takes twelve bytes a pixel, those of the other formats four to eight."""

MIN_SIDE = 32
"""The networks halve the picture five times, so at least 32 pixels are needed."""

_MEGABYTE = 1024 * 1024
_QUICK, _SMALL = 1, 6  # zlib's levels
_USUAL, _RUNS = -1, 3
"""Strategies of zlib: the second looks for runs alone, of which a label map is made; a third of the time."""
_NOISE = bytes(number * 89 % 251 for number in range(1, 512))
_ANYTHING = _NOISE + b"".join(bytes((0xFF, 0xD0 + number)) + _NOISE for number in range(8))
"""Data without order, and after each restart marker again, to follow a scan whose end is in doubt."""
_ASK = mark("give a JPEG, PNG, WebP, HEIC, BMP or GIF file")


class _Jpeg(JpegImageFile):
    """A JPEG opened without reading its EXIF block.

    Pillow looks there for a resolution that we do not need, and refuses the picture if the block is broken.
    Only the first picture of a phone's multi-picture file (MPO) is read.
    """

    def _read_dpi_from_exif(self) -> None:
        pass


class _WebP(WebPImageFile):
    """A WebP of which only the first picture is wanted."""

    def _get_next(self) -> tuple[bytes, int, int]:
        picture: tuple[bytes, int, int] = super()._get_next()
        self._decoder = None  # it keeps two pictures of four bytes a pixel
        return picture


class _Heic(HeifImageFile):
    """A HEIC whose pixels stay where the decoder put them, and are taken from there a strip at a time."""

    _first_bytes: tuple[memoryview, int, str]

    def load(self) -> None:
        if self._heif_file is None:
            raise ValueError("closed")
        frame = self._heif_file[self.tell()]
        self._first_bytes = memoryview(frame.data), frame.stride, frame.mode
        self._size = frame.size  # it may change while it is decoded

    def crop(self, box: tuple[int, int, int, int]) -> Image.Image:  # type: ignore[override]
        """Rows of the picture; `box` is as wide as it is."""
        _, top, width, bottom = box
        pixels, stride, mode = self._first_bytes
        rows = bytes(pixels[top * stride : bottom * stride])
        return Image.frombytes(mode, (width, bottom - top), rows, "raw", (mode, stride, 1))


class _Format(NamedTuple):
    name: str
    signature: bytes
    open: Callable[[BytesIO], ImageFile.ImageFile]
    clean: Callable[[bytes], Essence]


# The readers are called by name, not through `Image.open`: that would try other formats too, needs
# pillow-heif's opener registered for the whole process, and brings size limits and warnings of its own.
_FORMATS = (
    _Format("JPEG", rb"\xff\xd8\xff", _Jpeg, jpeg.clean),
    _Format("PNG", rb"\x89PNG\r\n\x1a\n", PngImageFile, png.clean),
    _Format("WebP", rb"RIFF....WEBP", _WebP, webp.clean),
    _Format("HEIC", rb"....ftyp(hei[cxms]|hev[cxms]|mif1|msf1)", _Heic, heic.clean),
    _Format("GIF", rb"GIF8[79]a", GifImageFile, gif.clean),
    # Text can also begin with the two letters "BM"; the size of the second header tells them apart.
    _Format("BMP", rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", BmpImageFile, bmp.clean),
)

_STRIP = 1 << 20
"""Pixels that are brought to RGB at a time: more would take the memory of the whole picture twice."""

_HUGE = 16_000_000
"""Pixels above which a picture that is made smaller is not kept at its own size beside its decoder's copy."""

_Turn = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]

# An upright picture (H, W, 3) seen as it is stored, by EXIF orientation.
# Source: CIPA DC-008 (Exif 2.32), section 4.6.4, tag 0x0112.
_AS_STORED: dict[int, _Turn] = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: upright.swapaxes(0, 1)[::-1],
    7: lambda upright: upright.swapaxes(0, 1)[::-1, ::-1],
    8: lambda upright: upright.swapaxes(0, 1)[:, ::-1],
}

_SWAPS_SIDES = {5, 6, 7, 8}


class _Quietly:
    """Silences Pillow's warnings about broken metadata, and lets two pictures in at a time.

    That bounds the memory. Up to Python 3.13 the warning filters belong to the whole process: the first
    thread to enter changes them, the last to leave restores them.
    """

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(2)
        self._lock = threading.Lock()
        self._inside = 0
        self._filters = warnings.catch_warnings(action="ignore")

    def __enter__(self) -> None:
        self._places.acquire()
        with self._lock:
            if self._inside == 0:
                self._filters = warnings.catch_warnings(action="ignore")
                self._filters.__enter__()
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._filters.__exit__(None, None, None)
        self._places.release()


_quietly = _Quietly()


def decode(data: bytes, longest_side: int | None = None, square: bool = False) -> NDArray[np.uint8]:
    """The photo in `data` as (H, W, 3) RGB, 0..255, upright, contiguous and writable.

    data: a JPEG, PNG, WebP, HEIC, BMP or GIF file; its first (or primary) picture is used.
    longest_side: the working size in pixels, if it is known. A JPEG is then halved while it is decoded,
    as long as its longer side stays at or above this; `resize` does the rest. square: the photo will be
    squashed to a square, so its shorter side must stay at or above `longest_side` too.

    Transparent pixels are laid over white, 16 bits a channel become 8 by value range, the orientation that
    EXIF or XMP gives is applied, colour profiles and all other metadata are dropped, whatever is wrong with
    them. A PNG or a JPEG may lack its end if all pixels are there.

    Errors, each an ImageError: NotAnImageError; TruncatedImageError, also for damage of any kind;
    ImageTooLargeError above MAX_BYTES, MAX_PIXELS or MAX_WEBP_PIXELS, found before a pixel is decoded;
    ImageTooSmallError for a side below MIN_SIDE.
    """
    return decode_sized(data, longest_side, square)[0]


def decode_sized(
    data: bytes, longest_side: int | None = None, square: bool = False
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """As `decode`, and also returns the (height, width) of the upright photo at its own size."""
    _check_bytes(data)
    photo_format = _recognise(data)
    with _quietly, _refusing(photo_format):
        return _read(photo_format, photo_format.clean(data), longest_side, square)


def decode_scaled(
    data: bytes, longest_side: int, square: bool = False
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """As `decode_sized`, and a picture larger than the working size is scaled to it: fewer pixels to carry.

    A smaller one is left as it is. Of a huge one, pixels are averaged while it is brought upright, so that it
    is never here twice at its own size.
    """
    _check_bytes(data)
    photo_format = _recognise(data)
    with _quietly, _refusing(photo_format):
        image, full_size = _read(photo_format, photo_format.clean(data), longest_side, square, averaging=True)
    rows, cols = image.shape[:2]
    height, width = working_size(rows, cols, longest_side, square)
    return (resize(image, height, width) if height * width < rows * cols else image), full_size


def check_file(data: bytes) -> None:
    """ImageError for a file that is empty, too large or none of our formats, without looking any further."""
    _check_bytes(data)
    _recognise(data)


def header_size(data: bytes) -> tuple[int, int]:
    """The (height, width) in the header of the photo in `data`, before it is turned upright.

    Cheap: no pixel is decoded. Errors as `decode`'s, but damage of the pixels is not noticed.
    """
    _check_bytes(data)
    photo_format = _recognise(data)
    with (
        _quietly,
        _refusing(photo_format),
        photo_format.open(BytesIO(photo_format.clean(data).data)) as photo,
    ):
        _check_size(*photo.size)
        return photo.height, photo.width


def orientation(data: bytes) -> int:
    """How the photo in `data` is turned by `decode`: 1..8 as in EXIF, and 1 where it is not.

    Errors as for `header_size`; a picture's size is not looked at.
    """
    _check_bytes(data)
    photo_format = _recognise(data)
    with _refusing(photo_format):
        return photo_format.clean(data).orientation


def resize(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """`image` (H, W, 3) as (height, width, 3), 0..255; the same array when it has that size already.

    Bicubic with antialiasing: sharper than bilinear on thin things such as poles, with less ringing
    beside them than Lanczos. The gap of 3 lets Pillow average whole pixels first where that cannot be seen.
    """
    if image.shape[:2] == (height, width):
        return image
    resized = Image.fromarray(image).resize((width, height), Resampling.BICUBIC, reducing_gap=3.0)
    return np.array(resized)


def working_size(height: int, width: int, longest: int, square: bool = False) -> tuple[int, int]:
    """The (height, width) of a height x width picture whose longer side becomes `longest` pixels.

    The shorter side keeps the aspect ratio, rounded to the nearest pixel; it is at least 1 however long
    and thin the picture, because a network's input can be padded but a squeezed picture shows nothing.
    square: (longest, longest) whatever the aspect ratio, as the article did.
    """
    if square:
        return longest, longest
    longer = max(height, width)
    return _scaled(height, longest, longer), _scaled(width, longest, longer)


def encode_png(image: NDArray[np.uint8], *, quickly: bool = False) -> bytes:
    """`image` (H, W, 3), 0..255, as the bytes of an RGB PNG file; `quickly` if it may be a tenth larger."""
    return _png(Image.fromarray(image), _QUICK if quickly else _SMALL)


def encode_jpeg(image: NDArray[np.uint8], quality: int = 95) -> bytes:
    """`image` (H, W, 3), 0..255, as a JPEG without chroma subsampling.

    For showing a photo: a quarter of the bytes of a PNG. Not for anything that is computed on.
    """
    buffer = BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality, subsampling=0)
    return buffer.getvalue()


def encode_index_png(
    labels: NDArray[np.uint8],
    palette: NDArray[np.uint8],
    clear: int | None = None,
    *,
    quickly: bool = False,
) -> bytes:
    """A label map as the bytes of a palette PNG whose index values are the labels.

    labels: (H, W), 0..255. palette: (C, 3) colours, 0..255, C at most 256; labels from C on are black.
    clear: a label whose pixels are transparent, if it occurs. quickly: it may be a fifth larger.
    """
    picture = Image.fromarray(labels)
    # All 256 colours: with fewer than 17, Pillow packs the labels into fewer bits and cuts larger ones.
    picture.putpalette(palette.tobytes().ljust(256 * 3, b"\0"))
    if clear is not None and (labels == clear).any():
        picture.info["transparency"] = bytes(255 * (number != clear) for number in range(256))
    return _png(picture, strategy=_RUNS if quickly else _USUAL)


def _check_bytes(data: bytes) -> None:
    if not data:
        raise NotAnImageError(sentence("This file is empty; {ask}.", ask=sentence(_ASK)))
    if len(data) > MAX_BYTES:
        raise ImageTooLargeError(
            sentence(
                "This file is {size} MB; give one of at most {most} MB.",
                size=_tenths_up(len(data) / _MEGABYTE),
                most=MAX_BYTES // _MEGABYTE,
            )
        )


def _recognise(data: bytes) -> _Format:
    for photo_format in _FORMATS:
        if re.match(photo_format.signature, data, re.DOTALL):
            return photo_format
    raise NotAnImageError(
        sentence("This file is not a picture in a format that we read; {ask}.", ask=sentence(_ASK))
    )


@contextmanager
def _refusing(photo_format: _Format) -> Iterator[None]:
    """Turn whatever goes wrong with a photo's bytes into an ImageError."""
    try:
        yield
    except ImageError:
        raise
    except MemoryError as error:
        raise ImageTooLargeError(
            sentence("This picture needs more memory than this machine has free; give a smaller one.")
        ) from error
    except Image.DecompressionBombError as error:
        # Some readers check Pillow's own, higher limit while they open the file.
        raise ImageTooLargeError(
            sentence(
                "This picture has far more than {most} megapixels; give one of at most {most}.",
                most=MAX_PIXELS // 10**6,
            )
        ) from error
    except Exception as error:  # hostile bytes make Pillow raise nearly every exception there is
        raise damaged(photo_format.name) from error


def _read(
    photo_format: _Format,
    essence: Essence,
    longest_side: int | None,
    square: bool,
    *,
    averaging: bool = False,
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    image, size = _read_once(photo_format, essence, longest_side, square, averaging)
    if essence.doubtful:
        # Whatever follows the last scan, a picture that needs nothing of it comes out the same.
        other = replace(essence, data=essence.data[:-2] + _ANYTHING + essence.data[-2:])
        again = _read_once(photo_format, other, longest_side, square, averaging)[0]
        if not np.array_equal(image, again):
            raise damaged(photo_format.name)
    return image, size


def _read_once(
    photo_format: _Format, essence: Essence, longest_side: int | None, square: bool, averaging: bool
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    with photo_format.open(BytesIO(essence.data)) as photo:
        _check_size(*photo.size)
        width, height = photo.size
        if isinstance(photo, WebPImageFile) and width * height > MAX_WEBP_PIXELS:
            raise ImageTooLargeError(
                sentence(
                    "This WebP file has {size} megapixels, and above {max_webp_pixels} its decoder "
                    "takes too much memory; give the picture saved again as JPEG or PNG.",
                    size=_tenths_up(width * height / 10**6),
                    max_webp_pixels=MAX_WEBP_PIXELS // 10**6,
                )
            )
        if isinstance(photo, JpegImageFile):
            _reduce_while_decoding(photo, longest_side, square)
        _scale_transparent_colour(photo)
        photo.load()
        if isinstance(photo, HeifImageFile):
            _check_size(*photo.size)  # a damaged cropping box leaves less than the header says
            width, height = photo.size
        size = (width, height) if essence.orientation in _SWAPS_SIDES else (height, width)
        averaged = _averaged(*photo.size, longest_side, square) if longest_side and averaging else 1
        return _upright(photo, essence.orientation, averaged), size


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise ImageTooLargeError(
            sentence(
                "This picture has {size} megapixels ({width} x {height}); give one of at most {most}.",
                size=_tenths_up(width * height / 10**6),
                width=width,
                height=height,
                most=MAX_PIXELS // 10**6,
            )
        )
    if min(width, height) < MIN_SIDE:
        raise ImageTooSmallError(
            sentence(
                "This picture is {width} x {height} pixels; give one of at least {min_side} x {min_side}.",
                width=width,
                height=height,
                min_side=MIN_SIDE,
            )
        )


def _reduce_while_decoding(photo: JpegImageFile, longest_side: int | None, square: bool) -> None:
    """Let libjpeg decode at 1/2, 1/4 or 1/8 where the longer side, or each of a square, stays large enough.

    Pillow compares both sides; 1 leaves the shorter one out. Only for JPEG: the same call on a HEIC
    file would take an embedded thumbnail, which need not show the same picture.
    """
    if longest_side:
        other = longest_side if square else 1
        wide = photo.width >= photo.height
        photo.draft(None, (longest_side, other) if wide else (other, longest_side))


def _scale_transparent_colour(photo: ImageFile.ImageFile) -> None:
    """Bring a PNG's transparent colour to the range of its pixels.

    Pillow scales pixels of 2, 4 and 16 bits to 8 but leaves the colour of the tRNS chunk as it was.
    """
    if "transparency" not in photo.info or not photo.tile:
        return
    colour, packing = photo.info["transparency"], photo.tile[0].args
    if packing == "L;2":
        photo.info["transparency"] = colour * 85
    elif packing == "L;4":
        photo.info["transparency"] = colour * 17
    elif packing == "RGB;16B":
        photo.info["transparency"] = tuple(channel >> 8 for channel in colour)


def _averaged(width: int, height: int, longest_side: int, square: bool) -> int:
    """How many pixels across and down become one at once, in a picture that is made smaller anyway."""
    scale = (min if square else max)(width, height) / longest_side
    if width * height <= _HUGE or scale < 3:
        return 1
    return max(2, int(scale / 3))  # as many as `resize` would average first


def _upright(photo: Image.Image, turned: int, averaged: int = 1) -> NDArray[np.uint8]:
    """The pixels of a loaded photo as (H, W, 3) RGB, turned upright, a strip at a time.

    averaged: so many across and down become one.
    """
    width, height = photo.size
    across, down = (-(-side // averaged) for side in (width, height))
    image = np.empty((across, down, 3) if turned in _SWAPS_SIDES else (down, across, 3), dtype=np.uint8)
    stored = _AS_STORED[turned](image)
    rows = averaged * max(1, _STRIP // width // averaged)
    for top in range(0, height, rows):
        strip = _to_rgb(photo.crop((0, top, width, min(top + rows, height))))
        strip = strip.reduce(averaged) if averaged > 1 else strip
        stored[top // averaged : top // averaged + strip.height] = np.asarray(strip)
    return image


def _to_rgb(photo: Image.Image) -> Image.Image:
    if photo.mode.startswith("I"):
        return _grey_16_bit_to_rgb(photo)
    if photo.has_transparency_data:
        return _over_white(photo if photo.mode == "RGBA" else photo.convert("RGBA"))
    return photo if photo.mode == "RGB" else photo.convert("RGB")


def _grey_16_bit_to_rgb(photo: Image.Image) -> Image.Image:
    # `convert` would turn everything above 255 white.
    values = np.asarray(photo)
    grey = (np.clip(values, 0, 65535) >> 8).astype(np.uint8)
    grey[values == photo.info.get("transparency", -1)] = 255
    return Image.fromarray(grey).convert("RGB")


def _over_white(photo: Image.Image) -> Image.Image:
    white = Image.new("RGB", photo.size, "white")
    white.paste(photo, mask=photo)
    return white


def _scaled(side: int, longest: int, longer: int) -> int:
    return max(1, (2 * side * longest + longer) // (2 * longer))


def _tenths_up(value: float) -> float:
    """Rounded up, so that no refused value looks like an allowed one."""
    return math.ceil(value * 10) / 10


def _png(picture: Image.Image, level: int = _SMALL, strategy: int = _USUAL) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG", compress_level=level, compress_type=strategy)
    return file.getvalue()
