"""A hunt: find a pixel in the picture that is what the lesson asks for; each click is checked at once."""

from __future__ import annotations

import streamlit as st

from core.errors import NothingToAskError
from core.languages import current, filled
from core.languages import gettext as _
from core.lessons.answers import Hunted, hunt
from core.lessons.keys.look import Look
from core.lessons.lesson import Lesson, Question, Step
from core.lessons.progress import Given
from core.models.store import read_card
from pages.widgets.lessons.place import given
from pages.widgets.lessons.rule import reveal_button, say_the_rule
from pages.widgets.lessons.shown import lesson_look, segmented, show_plain
from pages.widgets.segmentation.models import or_say_why
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.markdown import prose
from pages.widgets.viewer.pixel_viewer import Pixel, pixel_viewer

ENOUGH = 3
"""Pixels to find; the answer can be shown before."""

_AT = "lesson_hunt_at"


def show_hunt(lesson: Lesson, step: Step) -> None:
    """The step's hunt, if it is one."""
    if step.question is None or step.activity != "click" or step.shows is None:
        return
    look = lesson_look(step.shows)
    photo = step.shows.photo or ""
    with or_say_why(photo or step.title):
        weights = read_card(look.model).weights_sha256
        hunted = _hunted((repr(step.question), look.model, weights), step.question, look, current(), photo)
    answer = given(lesson, step)
    if hunted is None:
        st.info(_("There is nothing to find in these pictures with this model: go on with the next step."))
        answer.revealed = True
        return
    _search(step, hunted, look, answer, revealed=answer.revealed)


@st.cache_resource(max_entries=32, show_spinner=False)
def _hunted(
    key_parts: tuple[str, ...], _question: Question, _look: Look, language: str, first: str
) -> Hunted | None:
    try:
        return hunt(_question, _look, language, first)
    except NothingToAskError:
        return None


@fragment
def _search(step: Step, hunted: Hunted, look: Look, answer: Given, *, revealed: bool) -> None:
    """The picture, what the last click was, and what there was to find.

    revealed: whether the rest of the page knows already that this has been shown.
    """
    shown = segmented(hunted.photo, look.model, look.size)
    height, width = shown.picture.height, shown.picture.width
    at: Pixel = st.session_state.get(_AT, {}).get(step.id, (height // 2, width // 2))

    def clicked(pixel: Pixel) -> None:
        st.session_state.setdefault(_AT, {})[step.id] = pixel
        answer.tries += 1
        if hunted.check(*pixel) and pixel not in answer.found:
            answer.found.append(pixel)

    picture, words = st.columns([3, 2], gap="medium")
    with picture:
        pixel_viewer(
            shown.picture,
            chosen=at,
            view=step.shows.view if step.shows is not None and step.shows.view else "overlay",
            entropy=shown.segmentation.entropy_steps,
            words=_verdict(hunted, at, answer),
            subject=hunted.photo,
            key=f"lesson_hunt_{step.id}",
            on_choose=clicked,
            label=_("A street with its classes"),
        )
    with words:
        st.markdown(prose(hunted.text))
        _reveal(step, hunted, answer)
    if answer.revealed and not revealed:
        st.rerun()


def _verdict(hunted: Hunted, at: Pixel, answer: Given) -> str:
    """What the last click was."""
    if not answer.tries:
        return _("Click a pixel, or move with the arrow keys.")
    verdict = _("Yes, this is one.") if hunted.check(*at) else _("No, this is none.")
    counted = filled(_("Found so far: {count}."), count=len(answer.found))
    return f"{verdict} {counted}"


def _reveal(step: Step, hunted: Hunted, answer: Given) -> None:
    if not answer.revealed and len(answer.found) < ENOUGH:
        reveal_button(answer, step.id)
        return
    answer.revealed = True
    st.success(prose(hunted.why), icon=":material/lightbulb:")
    show_plain(step, hunted.photo, revealed=True)
    say_the_rule(hunted.rule, answer, step.id)
