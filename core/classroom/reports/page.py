"""What a class has answered, on one sheet of paper: counts and gains, and nobody's name."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from core.classroom.records import Tally
from core.classroom.reports.results import Answered, Results
from core.classroom.reports.tables import plain
from core.languages import filled, in_digits, ngettext, use
from core.languages import gettext as _
from core.lessons.keys.key import Number
from core.lessons.lesson import LETTERS
from core.lessons.words import written
from core.reports.contact_sheet import PAGE, draw_line, fit, font

_MARGIN, _TOP = 80, 210
_INK, _GREY, _BAR, _RIGHT = (30, 30, 30), (110, 110, 110), (190, 190, 200), (27, 127, 59)
_DPI = 150
_TALLEST = 250
"""Pixels of one question; many questions share the page."""

_TALLEST_BAR, _APART = 40, 6
_LEAST = 0.75
"""Of the height of the type beside it: that of a line that would be cut otherwise."""


def class_pdf(found: Results, title: str) -> bytes:
    """One A4 page as a PDF, in the language of the class. title: the lesson's."""
    with use(found.language):
        return _class_pdf(found, title)


def _class_pdf(found: Results, title: str) -> bytes:
    page = Image.new("RGB", PAGE, "white")
    draw = ImageDraw.Draw(page)
    width = PAGE[0] - 2 * _MARGIN
    draw.text((_MARGIN, 70), fit(draw, title, width, 34), _INK, font(34))
    draw.text((_MARGIN, 122), _summary(found), _GREY, font(20))
    draw.text(
        (_MARGIN, 152),
        _("Grey: other answers. Green: the right one. Gain: (after - before) / (1 - before)."),
        _GREY,
        font(20),
    )
    rows = len(found.answered) + bool(found.clicked)
    height = min(_TALLEST, (PAGE[1] - _TOP - _MARGIN) // max(rows, 1))
    for number, each in enumerate(found.answered):
        _question(draw, each, _TOP + number * height, width, height, found.language)
    if found.clicked:
        pixels, right = (sum(getattr(each, name) for each in found.clicked) for name in ("pixels", "correct"))
        line = filled(_("Pixels handed in: {count}, {right} of them right."), count=pixels, right=right)
        draw.text((_MARGIN, _TOP + len(found.answered) * height), line, _INK, font(20))
    file = io.BytesIO()
    page.save(file, "PDF", resolution=_DPI, title=title)
    return file.getvalue()


def _summary(found: Results) -> str:
    gains = [each.gain for each in found.answered if each.gain is not None]
    phones = filled(ngettext("{count} phone", "{count} phones", found.phones), count=found.phones)
    asked = len(found.answered)
    parts = [phones, filled(ngettext("{count} question", "{count} questions", asked), count=asked)]
    if gains:
        mean = written(Number(sum(gains) / len(gains)), found.language)
        parts.append(_("mean normalised gain {gain}").format(gain=mean))
    return " · ".join(parts)


def _question(
    draw: ImageDraw.ImageDraw, each: Answered, top: int, width: int, height: int, language: str
) -> None:
    small = max(9, min(18, height // 7))
    asked, answer = ((size, round(_LEAST * size)) for size in (small + 2, small))
    draw_line(draw, (_MARGIN, top), plain(each.question.text), width, _INK, asked)
    right = each.question.right
    line = _("Right: {answer}").format(answer=f"{LETTERS[right]} · {plain(each.question.options[right])}")
    draw_line(draw, (_MARGIN, top + round(1.5 * small)), line, width, _GREY, answer)
    ballots = ((_("before"), each.before), (_("after"), each.after))
    first = top + 3 * small
    bar = max(8, min(_TALLEST_BAR, (top + height - small - first) // 2 - _APART))
    for number, (name, tally) in enumerate((name, tally) for name, tally in ballots if tally is not None):
        place = first + number * (bar + _APART)
        middle = place + bar / 2
        draw.text((_MARGIN, middle), name, _GREY, font(small), anchor="lm")
        _bar(draw, tally, right, (_MARGIN + 90, place, width - 390, bar))
        share = tally.share(right)
        words = (
            _("no answers")
            if share is None
            else filled(_("{share} of {count}"), share=in_digits(share, ".0%"), count=tally.total)
        )
        draw.text((_MARGIN + width - 285, middle), words, _INK, font(small), anchor="lm")
    if each.gain is not None:
        gain = ("+" if each.gain > 0 else "") + written(Number(each.gain), language)
        words = _("gain {gain}").format(gain=gain)
        draw.text((_MARGIN + width, first + bar / 2), words, _INK, font(small), anchor="rm")


def _bar(draw: ImageDraw.ImageDraw, tally: Tally, right: int, box: tuple[int, int, int, int]) -> None:
    """All answers side by side, each option as wide as its share, with its letter."""
    left, top, width, height = box
    for number, count in enumerate(tally.counts):
        across = width * count // max(tally.total, 1)
        if not across:
            continue
        colour = _RIGHT if number == right else _BAR
        draw.rectangle((left, top, left + across - 2, top + height), fill=colour)
        ink = "white" if number == right else _INK
        size = max(8, min(24, height - 6))
        draw.text((left + 6, top + height / 2), LETTERS[number], ink, font(size), anchor="lm")
        left += across
