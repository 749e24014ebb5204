"""Cards A to D on a sheet of paper, for a room without phones: a student cuts it up and holds one up."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from core.lessons.lesson import LETTERS
from core.reports.contact_sheet import PAGE, font

_DPI = 150
_INK, _LINE = (20, 20, 20), (150, 150, 150)
_COLOURS = ((0, 92, 175), (200, 80, 0), (27, 127, 59), (110, 50, 140))
"""A stripe of each card, so that a teacher sees from afar which letter prevails."""

_STRIPE, _LARGE = 90, 430


def cards_pdf() -> bytes:
    """One A4 page with four cards as a PDF: the same for every student, so that nobody's hand is known."""
    page = Image.new("RGB", PAGE, "white")
    draw = ImageDraw.Draw(page)
    width, height = PAGE[0] // 2, PAGE[1] // 2
    for number, (letter, colour) in enumerate(zip(LETTERS, _COLOURS, strict=True)):
        left, top = (number % 2) * width, (number // 2) * height
        draw.rectangle((left + 60, top + 60, left + width - 60, top + 60 + _STRIPE), fill=colour)
        middle = (left + width / 2, top + _STRIPE / 2 + height / 2)
        draw.text(middle, letter, _INK, font(_LARGE), anchor="mm")
    for place in range(0, PAGE[1], 24):  # where to cut
        draw.line((width, place, width, place + 10), _LINE, 2)
    for place in range(0, PAGE[0], 24):
        draw.line((place, height, place + 10, height), _LINE, 2)
    file = io.BytesIO()
    page.save(file, "PDF", resolution=_DPI, title="A B C D")
    return file.getvalue()
