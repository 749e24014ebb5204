"""What a step shows: its picture with the mask, as the network here sees it, and a link to a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from core.errors import LessonError
from core.languages import gettext as _
from core.languages import mark
from core.lessons.answers import Asked, look_of
from core.lessons.keys.key import Value
from core.lessons.keys.look import Look, is_photo
from core.lessons.lesson import Lesson, Shows, Step
from core.models.store import read_card
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import Segmenter
from core.segmentation.sizes import SIZES
from pages.widgets.lessons.painted import show_painted, show_pieces
from pages.widgets.lessons.place import given
from pages.widgets.photos.visitor_session import sample
from pages.widgets.segmentation.models import (
    SegmentedPhoto,
    loaded_segmenter,
    or_say_why,
    segment,
    usual_model,
)
from pages.widgets.shared.markdown import markdown
from pages.widgets.viewer.pixel_viewer import View, pixel_viewer

_TABS = ("tab", "results", "part")
"""Names in an address whose values are the titles of tabs."""

_PAGES = {
    "explore": ("pages/explore.py", mark("Explore")),
    "inside": ("pages/inside.py", mark("Look inside")),
    "paint": ("pages/paint.py", mark("Paint")),
    "annotate": ("pages/annotate.py", mark("Annotate")),
    "compare": ("pages/compare.py", mark("Compare")),
    "data": ("pages/data.py", mark("Data")),
    "training": ("pages/training.py", mark("Training")),
    "runs": ("pages/runs.py", mark("Runs")),
    "evaluate": ("pages/evaluate.py", mark("Evaluate")),
    "service": ("pages/service.py", mark("Service")),
    "about": ("pages/about.py", mark("About")),
}
"""The pages that a step can open, with their files and titles."""


def lesson_look(shows: Shows | None) -> Look:
    """What questions look at: the model that a step shows, with the segmentations that all sessions share."""
    shared = Look(usual_model(), segment_photo=_segment_shared, segmenter=_segmenter_shared)
    return look_of(shows, usual_model(), shared)


def _segment_shared(photo: str, model: str, size: int) -> Segmentation:
    return segmented(photo, model, size).segmentation


def _segmenter_shared(model: str) -> Segmenter:
    return loaded_segmenter(model, read_card(model).weights_sha256)


def segmented(photo: str, model: str, size: int) -> SegmentedPhoto:
    """A sample or a drawn frame, segmented once for all sessions. ModelError, ImageError, LessonError."""
    found = sample(photo)
    if found is None:
        raise LessonError(_("There is no photo {name}.").format(name=repr(photo[:60])))
    return segment(found, model, SIZES[str(size)])


def show_picture(lesson: Lesson, step: Step, about: str) -> None:
    """The step's picture in its view; where that is the bare photo, so until the answer is revealed.

    about: the photo that the question is about, which may be another one than the step's.
    """
    shows = step.shows
    if shows is None or not about or step.activity == "click":
        return
    if shows.pieces:
        show_pieces(shows, 110)
        return
    view: View = shows.view or "overlay"
    revealed = step.question is not None and given(lesson, step).revealed
    if shows.instead == "upside-down" or (shows.instead and revealed) or (view == "photo" and not revealed):
        show_plain(step, about, revealed=revealed)
        return
    look = lesson_look(shows)
    with or_say_why(about):
        shown = segmented(about, look.model, look.size)
    reads = shows.row is not None and shows.col is not None
    pixel_viewer(
        shown.picture,
        chosen=_inside(shown, shows),
        view="overlay" if view == "photo" else view,
        entropy=shown.segmentation.entropy_steps,
        segmentation=shown.segmentation if reads else None,
        subject=about,
        key=f"lesson_picture_{step.id}",
        label=_("A street with its classes"),
    )


def show_plain(step: Step, about: str, *, revealed: bool) -> None:
    """A photo as a step shows it, without any controls: bare until the answer is revealed."""
    if step.shows is not None:
        shows = step.shows if revealed else replace(step.shows, view="photo")
        with or_say_why(about):
            show_painted(shows, step.question, about, lesson_look(shows), revealed=revealed)


def _inside(shown: SegmentedPhoto, shows: Shows) -> tuple[int, int]:
    picture = shown.picture
    row, col = shows.row or picture.height // 2, shows.col or picture.width // 2
    return min(row, picture.height - 1), min(col, picture.width - 1)


def page_query(
    shows: Shows, about: str = "", values: Mapping[str, Value] | None = None, *, revealed: bool = False
) -> dict[str, str]:
    """What the address says of the page that a step is about: its tabs in the visitor's language.

    about: what the step's question is about, which may be another photo than the step's. values: the
    question's; where it compares a model with the one that it went on from, these two are in the address.
    revealed: whether what the network says may be seen.
    """
    query = {name: _(said) if name in _TABS else said for name, said in shows.query().items()}
    if revealed and query.get("view") == "photo":
        del query["view"]  # bare until the reveal
    if shows.photo is not None and is_photo(about):
        query["photo"] = about
    if shows.page == "compare" and values is not None and "parent" in values:
        query |= {"model1": str(values["parent"]), "model2": str(values["child"])}
    return query


def show_link(shows: Shows, asked: Asked | None, *, revealed: bool) -> None:
    """A link to the page that the step is about, which opens with the picture that it is asked about."""
    if shows.page not in _PAGES:
        return
    file, title = _PAGES[shows.page]
    st.page_link(
        file,
        label=markdown("Look around in {page}", page=_(title)),
        icon=":material/open_in_new:",
        query_params=page_query(shows, revealed=revealed)
        if asked is None
        else page_query(shows, asked.about, asked.values, revealed=revealed),
        width="content",
    )
