"""The picture of a step at which pixels are chosen."""

from __future__ import annotations

import streamlit as st

from core.classroom.lessons import pixels_of
from core.classroom.records import Class, Question
from core.errors import LessonError
from core.languages import gettext as _
from core.lessons.answers import Hunted
from core.lessons.lesson import Step
from core.segmentation.sizes import SIZES
from pages.widgets.classroom.classes import step_of
from pages.widgets.lessons.shown import lesson_look
from pages.widgets.photos.visitor_session import sample
from pages.widgets.segmentation.models import SegmentedPhoto, segment, usual_model


def segmented(now: Class, question: Question) -> SegmentedPhoto:
    """The picture in which pixels are chosen, segmented once for all phones.

    LessonError if there is no such picture; otherwise as for `segment`.
    """
    photo, look = sample(question.about), lesson_look(step_of(now).shows)
    if photo is None:
        raise LessonError(_("There is no photo {name}.").format(name=repr(question.about[:60])))
    return segment(photo, look.model, SIZES[str(look.size)])


def is_right(now: Class, question: Question, row: int, col: int) -> bool:
    """Whether a pixel is what is looked for. LessonError, ModelError."""
    return _hits(now.lesson, now.language, step_of(now), question, usual_model()).check(row, col)


@st.cache_resource(max_entries=8, show_spinner=False)
def _hits(name: str, language: str, _step: Step, question: Question, model: str) -> Hunted:
    """name, language, question, model: what the result depends on."""
    return pixels_of(_step, question, language, lesson_look(_step.shows))
