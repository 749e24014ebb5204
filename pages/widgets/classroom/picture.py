"""The picture of a step at which pixels are chosen."""

from __future__ import annotations

import streamlit as st

from core.classroom.lessons import pixels_of
from core.classroom.records import Class, Click, Question
from core.classroom.reports.click_map import click_map
from core.errors import LessonError
from core.languages import gettext as _
from core.lessons.answers import Hunted
from core.lessons.lesson import Step
from core.lessons.pictures import pieces
from core.segmentation.painting import colour_mask, overlay
from core.segmentation.sizes import SIZES
from pages.widgets.classroom.classes import step_of
from pages.widgets.lessons.shown import lesson_look
from pages.widgets.photos.visitor_session import sample
from pages.widgets.segmentation.models import SegmentedPhoto, segment, usual_model
from pages.widgets.shared.markdown import markdown


def segmented(now: Class, question: Question) -> SegmentedPhoto:
    """The picture in which pixels are chosen, segmented once for all phones.

    LessonError if there is no such picture; otherwise as for `segment`.
    """
    photo, look = sample(question.about), lesson_look(step_of(now).shows)
    if photo is None:
        raise LessonError(_("There is no photo {name}.").format(name=repr(question.about[:60])))
    return segment(photo, look.model, SIZES[str(look.size)])


def show_wall_picture(now: Class, question: Question | None, *, revealed: bool) -> None:
    """What a step shows, as a picture without any controls: pieces, the bare photo, or the photo's classes.

    A step that shows the bare photo shows its classes once the answer is revealed. LessonError, ModelError.
    """
    shows = step_of(now).shows
    if shows is None or shows.photo is None:
        return
    if shows.pieces:
        with st.container(horizontal=True, gap="small"):
            for number, piece in enumerate(pieces(shows), start=1):
                words = markdown("Piece {number}", number=number)
                st.image(piece, words, width=120, alt=words)
        return
    name = question.about if question is not None and sample(question.about) else shows.photo
    photo = sample(name)
    if photo is None:
        raise LessonError(_("There is no photo {name}.").format(name=repr(name[:60])))
    look = lesson_look(shows)
    found = segment(photo, look.model, SIZES[str(look.size)]).segmentation
    if shows.view == "photo" and not revealed:
        seen = found.image
    else:
        seen = colour_mask(found.labels, found.class_list) if shows.view == "mask" else overlay(found)
    if shows.row is not None and shows.col is not None:
        row, col = min(shows.row, found.height - 1), min(shows.col, found.width - 1)
        here = Click(row, col, found.height, found.width, correct=True)
        seen = click_map(seen, [here], revealed=False)
    st.image(seen, alt=_("The picture of this step"), width="stretch")


def is_right(now: Class, question: Question, row: int, col: int) -> bool:
    """Whether a pixel is what is looked for. LessonError, ModelError."""
    return _hits(now.lesson, now.language, step_of(now), question, usual_model()).check(row, col)


@st.cache_resource(max_entries=8, show_spinner=False)
def _hits(name: str, language: str, _step: Step, question: Question, model: str) -> Hunted:
    """name, language, question, model: what the result depends on."""
    return pixels_of(_step, question, language, lesson_look(_step.shows))
