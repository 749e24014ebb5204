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
from core.lessons.lesson import Step
from core.lessons.pictures import marked
from core.photos import images
from core.segmentation.sizes import SIZES
from pages.widgets.classroom.classes import step_of
from pages.widgets.lessons.painted import QUALITY, show_painted, show_pieces
from pages.widgets.lessons.shown import lesson_look
from pages.widgets.photos.visitor_session import sample
from pages.widgets.segmentation.models import SegmentedPhoto, or_say_why, segment, usual_model


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
        show_pieces(shows, piece)
        return
    name = question.about if question is not None and sample(question.about) else shows.photo
    look = lesson_look(shows)
    with or_say_why(name):
        show_painted(shows, step_of(now).question, name, look, revealed=revealed)


def hunted_picture(now: Class, question: Question, found: Sequence[Click], *, revealed: bool) -> bytes:
    """The picture with pixels that were chosen, as a JPEG; revealed, all that were to be found are red."""
    image = segmented(now, question).segmentation.image
    if revealed:
        hits = _hits(now.lesson, now.language, step_of(now), question, usual_model()).hits
        image = marked(image, hits)
    return images.encode_jpeg(click_map(image, found, revealed=revealed), QUALITY)


def is_right(now: Class, question: Question, row: int, col: int) -> bool:
    """Whether a pixel is what is looked for. LessonError, ModelError."""
    return _hits(now.lesson, now.language, step_of(now), question, usual_model()).check(row, col)


@st.cache_resource(max_entries=8, show_spinner=False)
def _hits(name: str, language: str, _step: Step, question: Question, model: str) -> Hunted:
    """name, language, question, model: what the result depends on."""
    return pixels_of(_step, question, language, lesson_look(_step.shows))
