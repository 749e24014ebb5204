"""What a step shows: its picture with the mask, as the network in front of the visitor sees it, and a link."""

from __future__ import annotations

import streamlit as st

from core.errors import LessonError
from core.languages import gettext as _
from core.lessons.answers import look_of
from core.lessons.keys.look import Look
from core.lessons.lesson import Lesson, Shows, Step
from core.segmentation.segmentation import Segmentation
from core.segmentation.sizes import SIZES
from pages.widgets.lessons.place import given
from pages.widgets.photos.visitor_session import sample
from pages.widgets.segmentation.models import SegmentedPhoto, or_say_why, segment, usual_model
from pages.widgets.shared.markdown import markdown
from pages.widgets.viewer.pixel_viewer import View, pixel_viewer

_PAGES = {
    "explore": ("pages/explore.py", "Explore"),
    "annotate": ("pages/annotate.py", "Annotate"),
    "compare": ("pages/compare.py", "Compare"),
    "data": ("pages/data.py", "Data"),
    "training": ("pages/training.py", "Training"),
    "runs": ("pages/runs.py", "Runs"),
    "evaluate": ("pages/evaluate.py", "Evaluate"),
    "about": ("pages/about.py", "About"),
}
"""The pages that a step can open, with their files and titles."""


def lesson_look(shows: Shows | None) -> Look:
    """What questions look at: the model that a step shows, with the segmentations that all sessions share."""
    return look_of(shows, usual_model(), Look(usual_model(), segment_photo=_segment_shared))


def _segment_shared(photo: str, model: str, size: int) -> Segmentation:
    return _segmented(photo, model, size).segmentation


def _segmented(photo: str, model: str, size: int) -> SegmentedPhoto:
    found = sample(photo)
    if found is None:
        raise LessonError(f"There is no photo {photo!r}.")
    return segment(found, model, SIZES[str(size)])


def show_picture(lesson: Lesson, step: Step) -> None:
    """The step's picture in its view; where that is the bare photo, so until the answer is revealed."""
    shows = step.shows
    if shows is None or shows.photo is None or step.activity == "click":
        return
    view: View = shows.view or "overlay"  # type: ignore[assignment]
    if view == "photo" and not (step.question and given(lesson, step).revealed):
        photo = sample(shows.photo)
        if photo is not None:
            st.image(photo.data, alt=_("A street, drawn by a program"))
        return
    look = lesson_look(shows)
    with or_say_why(shows.photo):
        shown = _segmented(shows.photo, look.model, look.size)
    picture = shown.picture
    pixel_viewer(
        picture,
        chosen=(min(shows.row or 0, picture.height - 1), min(shows.col or 0, picture.width - 1)),
        view="overlay" if view == "photo" else view,
        entropy=shown.segmentation.entropy_steps,
        segmentation=shown.segmentation,
        subject=shows.photo,
        key=f"lesson_picture_{step.id}",
        label=_("A street with its classes"),
    )


def show_link(shows: Shows) -> None:
    """A link to the page that the step is about, which opens with the step's picture."""
    if shows.page not in _PAGES:
        return
    file, title = _PAGES[shows.page]
    st.page_link(
        file,
        label=markdown(_("Look around in {page}"), page=_(title)),
        icon=":material/open_in_new:",
        query_params=shows.query(),
        width="content",
    )
