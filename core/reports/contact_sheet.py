"""A set of photos on paper: each with its classes beside it, how far two sizes agree, and whose it is."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.errors import PhotoSetError
from core.languages import class_name, filled, in_digits, translated
from core.languages import gettext as _
from core.photos.gather.blurring import faces_in_words
from core.photos.gather.store import PhotoSet
from core.photos.gather.two_sizes import PhotoAgreement, SetAgreement
from core.photos.png_rows import write_rgb

PAGE = (1240, 1754)
"""Pixels across and down: A4 at 150 dots an inch."""

_COLUMNS, _ROWS = 2, 6
_EACH = _COLUMNS * _ROWS
_MARGIN, _TOP, _GAP = 60, 136, 24
_INK, _GREY = (30, 30, 30), (110, 110, 110)
_DPI = 150
_SMALLEST = 9
"""Of type, in pixels; a line that is longer yet is cut."""

_KEY, _SWATCH = 54, 14
"""How far the key of colours begins above the foot of a page, and the side of a colour there, in pixels."""

_SHOWN = 0.005
"""The share of all pixels from which a class is in the key."""


def contact_sheet_pdf(photos: PhotoSet, found: SetAgreement) -> bytes:
    """All photos of a compared set as a PDF of A4 pages, in the set's order. PhotoSetError."""
    file = io.BytesIO()
    for number, page in enumerate(_pages(photos, found)):  # one at a time: a page takes seven megabytes
        page.save(file, "PDF", append=number > 0, resolution=_DPI, title=photos.name)
    return file.getvalue()


def contact_sheet_png(photos: PhotoSet, found: SetAgreement) -> bytes:
    """The same as one long picture. PhotoSetError."""
    file = io.BytesIO()
    height = PAGE[1] * -(-len(found.photos) // _EACH)
    write_rgb(map(np.asarray, _pages(photos, found)), height, PAGE[0], file)
    return file.getvalue()


def _pages(photos: PhotoSet, found: SetAgreement) -> Iterator[Image.Image]:
    parts = [found.photos[place : place + _EACH] for place in range(0, len(found.photos), _EACH)]
    for number, part in enumerate(parts, 1):
        title = _("{name}, page {number} of {total}").format(
            name=photos.name, number=number, total=len(parts)
        )
        yield _page(photos, found, part, title)


def _page(photos: PhotoSet, found: SetAgreement, part: Sequence[PhotoAgreement], title: str) -> Image.Image:
    page = Image.new("RGB", PAGE, "white")
    draw = ImageDraw.Draw(page)
    draw.text((_MARGIN, _MARGIN - 20), title, _INK, font(30))
    about = _("Classes of {model} at 1024 pixels; agreement with 512 pixels").format(model=found.model)
    draw.text((_MARGIN, _MARGIN + 18), about, _GREY, font(18))
    faces = _("Faces and number plates: {faces}").format(faces=translated(faces_in_words(photos)))
    draw.text((_MARGIN, _MARGIN + 44), faces, _GREY, font(18))
    width = (PAGE[0] - 2 * _MARGIN - _GAP) // _COLUMNS
    height = (PAGE[1] - _TOP - _MARGIN) // _ROWS
    for place, photo in enumerate(part):
        left = _MARGIN + place % _COLUMNS * (width + _GAP)
        top = _TOP + place // _COLUMNS * height
        try:
            small = photos.small(photo.entry)
        except PhotoSetError:  # removed from the folder since
            small = photo.mask
        _cell(page, draw, (left, top, width, height - _GAP), small, photo, found.palette)
    _key(draw, found)
    return page


def _key(draw: ImageDraw.ImageDraw, found: SetAgreement) -> None:
    """The classes' colours at the foot of a page, those with the most pixels first, in two lines at most."""
    left, top = _MARGIN, PAGE[1] - _KEY
    for name, _agreement, share in found.by_class():
        text = f"{class_name(name)} {in_digits(share, '.0%')}"
        across = _SWATCH + 6 + round(draw.textlength(text, font(14))) + 18
        if left + across > PAGE[0] - _MARGIN:
            left, top = _MARGIN, top + 22
        if top > PAGE[1] - _SWATCH or share < _SHOWN:
            break
        colour = tuple(map(int, found.palette[found.names.index(name)]))
        draw.rectangle((left, top, left + _SWATCH, top + _SWATCH), fill=colour, outline=_GREY)
        draw.text((left + _SWATCH + 6, top + _SWATCH / 2), text, _INK, font(14), anchor="lm")
        left += across


def _cell(
    page: Image.Image,
    draw: ImageDraw.ImageDraw,
    box: tuple[int, int, int, int],
    small: bytes,
    photo: PhotoAgreement,
    palette: NDArray[np.uint8],
) -> None:
    """One photo, its mask beside it, and three lines below: what it is, whose, and where it is from."""
    left, top, width, height = box
    half, tall = (width - 6) // 2, height - 52
    with Image.open(io.BytesIO(small)) as picture, Image.open(io.BytesIO(photo.mask)) as labels:
        mask = Image.fromarray(palette[np.asarray(labels)])
        across = left
        for each in (picture.convert("RGB"), mask):
            scale = min(half / each.width, tall / each.height)
            fitted = each.resize((max(1, round(each.width * scale)), max(1, round(each.height * scale))))
            page.paste(fitted, (across, top))
            across += fitted.width + 6
    entry = photo.entry
    line = filled(
        _("{number}  {name}: {share:.1%} agree"),
        number=entry.number,
        name=translated(entry.name),
        share=photo.agreement,
    )
    credit = translated(entry.credit_without_page) or _("No author or licence is known")
    page_shown = entry.page if entry.credit else ""
    # Whose a photo is and the link to it are to be read in full.
    draw_line(draw, (left, top + tall + 4), line, width, _INK, (18, _SMALLEST))
    draw_line(draw, (left, top + tall + 27), credit, width, _GREY, (14, _SMALLEST))
    draw_line(draw, (left, top + tall + 44), page_shown, width, _GREY, (14, _SMALLEST))


def draw_line(
    draw: ImageDraw.ImageDraw,
    place: tuple[int, int],
    text: str,
    width: int,
    ink: tuple[int, int, int],
    sizes: tuple[int, int],
) -> None:
    """A line of text, in smaller type if it is long, and cut if even that is too long.

    sizes: the largest height of type, in pixels, and the smallest.
    """
    largest, smallest = sizes
    fitting = (
        each for each in range(largest, smallest, -1) if draw.textlength(text, font(each, text)) <= width
    )
    size = next(fitting, smallest)
    draw.text(place, fit(draw, text, width, size), ink, font(size, text))


def fit(draw: ImageDraw.ImageDraw, text: str, width: int, size: int) -> str:
    """The text, cut to a width."""
    type_ = font(size, text)
    if draw.textlength(text, type_) <= width:
        return text
    while text and draw.textlength(f"{text}…", type_) > width:
        text = text[:-1]
    return f"{text}…"


@cache
def _font(size: int, *, wide: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    folders = (spec.submodule_search_locations or []) if wide and (spec := find_spec("matplotlib")) else []
    paths = (Path(folder) / "mpl-data/fonts/ttf/DejaVuSans.ttf" for folder in folders)
    path = next((path for path in paths if path.is_file()), None)
    return ImageFont.load_default(size) if path is None else ImageFont.truetype(path, round(size * 0.9))


def font(size: int, text: str = "") -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The type that pages on paper are set in, of a height in pixels.

    text: what is to be set. The type that comes with Pillow has the letters of ASCII alone; names with others
    are set in DejaVu Sans, which comes with Matplotlib.
    """
    return _font(size, wide=not text.isascii())
