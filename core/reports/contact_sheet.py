"""A set of photos on paper: each with its classes beside it, how far two sizes agree, and whose it is."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.errors import PhotoSetError
from core.languages import filled, translated
from core.languages import gettext as _
from core.photos.gather.blurring import faces_in_words
from core.photos.gather.store import PhotoSet
from core.photos.gather.two_sizes import PhotoAgreement, SetAgreement

PAGE = (1240, 1754)
"""Pixels across and down: A4 at 150 dots an inch."""

_COLUMNS, _ROWS = 2, 6
_MARGIN, _TOP, _GAP = 60, 136, 24
_INK, _GREY = (30, 30, 30), (110, 110, 110)
_DPI = 150


def contact_sheet_pdf(photos: PhotoSet, found: SetAgreement) -> bytes:
    """All photos of a compared set as a PDF of A4 pages, in the set's order. PhotoSetError."""
    first, *more = _pages(photos, found)
    file = io.BytesIO()
    first.save(file, "PDF", save_all=True, append_images=more, resolution=_DPI, title=photos.name)
    return file.getvalue()


def contact_sheet_png(photos: PhotoSet, found: SetAgreement) -> bytes:
    """The same as one long picture. PhotoSetError."""
    pages = _pages(photos, found)
    sheet = Image.new("RGB", (PAGE[0], PAGE[1] * len(pages)), "white")
    for number, page in enumerate(pages):
        sheet.paste(page, (0, number * PAGE[1]))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def _pages(photos: PhotoSet, found: SetAgreement) -> list[Image.Image]:
    each = _COLUMNS * _ROWS
    parts = [found.photos[place : place + each] for place in range(0, len(found.photos), each)]
    return [
        _page(
            photos,
            found,
            part,
            _("{name}, page {number} of {total}").format(name=photos.name, number=n, total=len(parts)),
        )
        for n, part in enumerate(parts, 1)
    ]


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
    return page


def _cell(
    page: Image.Image,
    draw: ImageDraw.ImageDraw,
    box: tuple[int, int, int, int],
    small: bytes,
    photo: PhotoAgreement,
    palette: NDArray[np.uint8],
) -> None:
    """One photo, its mask beside it, and two lines below."""
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
    draw.text((left, top + tall + 4), fit(draw, line, width, 18), _INK, font(18))
    credit = translated(entry.credit) or _("No author or licence is known")
    draw.text((left, top + tall + 27), fit(draw, credit, width, 14), _GREY, font(14))


def fit(draw: ImageDraw.ImageDraw, text: str, width: int, size: int) -> str:
    """The text, cut to a width."""
    if draw.textlength(text, font(size)) <= width:
        return text
    while text and draw.textlength(f"{text}…", font(size)) > width:
        text = text[:-1]
    return f"{text}…"


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The type that pages on paper are set in, of a height in pixels."""
    return ImageFont.load_default(size)  # comes with Pillow
