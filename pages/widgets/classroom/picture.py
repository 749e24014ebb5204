"""The picture of a step at which pixels are chosen."""

from __future__ import annotations

import io

import streamlit as st
from PIL import Image

from core.classroom.lessons import pixels_of
from core.classroom.records import Class, Question
from core.errors import LessonError
from core.lessons.answers import Hunted, look_of
from core.lessons.keys.look import WORKING_SIZE, Look, drawn, is_drawn
from core.photos.photo import Photo, read_photo
from core.segmentation.sizes import SIZES
from pages.widgets.classroom.classes import lesson, step_of
from pages.widgets.photos.visitor_session import sample
from pages.widgets.segmentation.models import SegmentedPhoto, segment, usual_model

_SIZE = SIZES["512"]


@st.cache_resource(max_entries=8, show_spinner=False)
def _drawn_photo(name: str) -> Photo:
    file = io.BytesIO()
    Image.fromarray(drawn(name)[0]).save(file, "PNG")
    return read_photo(f"{name}.png", file.getvalue(), sample=name)


def lesson_photo(name: str) -> Photo:
    """A photo of a lesson. LessonError if there is none of that name."""
    if is_drawn(name):
        return _drawn_photo(name)
    found = sample(name)
    if found is None:
        raise LessonError(f"There is no photo {name[:60]!r}.")
    return found


def model_of(now: Class) -> str:
    """The model that a step is about."""
    return look_of(step_of(now).shows, usual_model(), Look(usual_model())).model


def segmented(now: Class, question: Question) -> SegmentedPhoto:
    """The picture in which pixels are chosen, segmented once for all phones. Errors as for `segment`."""
    return segment(lesson_photo(question.about), model_of(now), _SIZE)


def is_right(now: Class, question: Question, row: int, col: int) -> bool:
    """Whether a pixel is what is looked for. LessonError, ModelError."""
    return _hits(now.lesson, now.language, now.step, question, usual_model()).check(row, col)


@st.cache_resource(max_entries=8, show_spinner=False)
def _hits(name: str, language: str, step: str, question: Question, model: str) -> Hunted:
    found = lesson(name, language).step(step)
    if found is None:
        raise LessonError(f"The lesson has no step {step[:60]!r}.")
    return pixels_of(found, question, language, Look(model, WORKING_SIZE))
