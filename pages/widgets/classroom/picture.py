"""The picture of a step at which pixels are chosen."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.classroom.lessons import pixels_of
from core.classroom.records import Class, Click, Question
from core.classroom.reports.click_map import click_map
from core.errors import LessonError
from core.languages import gettext as _
from core.lessons.answers import Hunted
from core.lessons.keys.look import Look
from core.lessons.lesson import Question as AskedInLesson
from core.lessons.lesson import Shows, Step
from core.lessons.pictures import marked, painted, pieces, shows_mistakes
from core.models.store import read_card
from core.photos import images
from core.segmentation.sizes import SIZES
from pages.widgets.classroom.classes import step_of
from pages.widgets.lessons.shown import lesson_look
from pages.widgets.photos.visitor_session import sample
from pages.widgets.segmentation.models import SegmentedPhoto, or_say_why, segment, usual_model
from pages.widgets.shared.markdown import Markdown, markdown

_QUALITY = 90
"""Of a JPEG: a fifth of a PNG's bytes, and labels without any visible fringe."""


def segmented(now: Class, question: Question) -> SegmentedPhoto:
    """The picture in which pixels are chosen, segmented once for all phones.

    LessonError if there is no such picture; otherwise as for `segment`.
    """
    photo, look = sample(question.about), lesson_look(step_of(now).shows)
    if photo is None:
        raise LessonError(_("There is no photo {name}.").format(name=repr(question.about[:60])))
    return segment(photo, look.model, SIZES[str(look.size)])


def show_step_picture(now: Class, question: Question | None, *, revealed: bool, piece: int = 200) -> None:
    """What a step shows, as a picture without any controls: pieces, the bare photo, or the photo's classes.

    A step that shows the bare photo shows its classes once the answer is revealed. piece: how wide each
    piece is, in CSS pixels. LessonError.
    """
    shows = step_of(now).shows
    if shows is None or shows.photo is None:
        return
    if shows.pieces:
        with st.container(horizontal=True, gap="small"):
            for number, each in enumerate(pieces(shows), start=1):
                words = markdown("Piece {number}", number=number)
                st.image(each, words, width=piece, alt=words)
        return
    name = question.about if question is not None and sample(question.about) else shows.photo
    photo = sample(name)
    if photo is None:
        raise LessonError(_("There is no photo {name}.").format(name=repr(name[:60])))
    look, asked = lesson_look(shows), step_of(now).question
    with or_say_why(name):
        weights = read_card(look.model).weights_sha256
        seen = _painted(
            (repr(shows), repr(asked), name, look.model, weights), shows, name, look, asked, revealed
        )
    caption = _caption(shows, asked, name, revealed=revealed)
    st.image(seen, caption, alt=_("The picture of this step"), width="stretch")


@st.cache_resource(max_entries=64, show_spinner=False)
def _painted(
    key_parts: tuple[str, ...],
    _shows: Shows,
    _photo: str,
    _look: Look,
    _question: AskedInLesson | None,
    revealed: bool,
) -> bytes:
    """A JPEG, made once: the wall draws itself every second, and thirty phones want it at the same moment.

    key_parts, revealed: what the result depends on.
    """
    seen = painted(_shows, _photo, _look, _question, revealed=revealed)
    if _shows.row is not None and _shows.col is not None:
        height, width = seen.shape[:2]
        here = Click(min(_shows.row, height - 1), min(_shows.col, width - 1), height, width, correct=True)
        seen = click_map(seen, [here], revealed=False)
    return images.encode_jpeg(seen, _QUALITY)


def _caption(shows: Shows, asked: AskedInLesson | None, photo: str, *, revealed: bool) -> Markdown | None:
    """What the colours of the picture mean, where nothing else says so."""
    if revealed and shows.instead == "untrained":
        return markdown("What its untrained twin says")
    if revealed and shows.instead == "upside-down":
        return markdown("What the network says of it")
    if revealed and shows_mistakes(asked, photo):
        return markdown("Red: sure and wrong")
    return markdown("Bright: sure. Dark: unsure.") if shows.view == "confidence" else None


def hunted_picture(now: Class, question: Question, found: Sequence[Click], *, revealed: bool) -> bytes:
    """The picture with pixels that were chosen, as a JPEG; revealed, all that were to be found are red."""
    image = segmented(now, question).segmentation.image
    if revealed:
        hits = _hits(now.lesson, now.language, step_of(now), question, usual_model()).hits
        image = marked(image, hits)
    return images.encode_jpeg(click_map(image, found, revealed=revealed), _QUALITY)


def is_right(now: Class, question: Question, row: int, col: int) -> bool:
    """Whether a pixel is what is looked for. LessonError, ModelError."""
    return _hits(now.lesson, now.language, step_of(now), question, usual_model()).check(row, col)


@st.cache_resource(max_entries=8, show_spinner=False)
def _hits(name: str, language: str, _step: Step, question: Question, model: str) -> Hunted:
    """name, language, question, model: what the result depends on."""
    return pixels_of(_step, question, language, lesson_look(_step.shows))
