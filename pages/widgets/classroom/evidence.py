"""What an answer rests on, without any controls: a picture with its classes, two curves, or fingerprints."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.classroom.records import Class, Click, Question
from core.languages import filled, ngettext, translated
from core.languages import gettext as _
from pages.widgets.classroom.classes import step_of

# What draws is imported when something is drawn: thirty phones open their page at the same moment.


def needs_no_picture(question: Question) -> bool:
    """Whether an answer rests on something else than the picture of its step."""
    from pages.widgets.lessons.curves import has_curves

    return bool(question.fingerprints or question.pair) or has_curves(question.about)


def show_evidence(now: Class, question: Question, *, large: bool) -> None:
    """Draw what a revealed answer rests on, if there is something. large: for the wall, else for a phone."""
    from pages.widgets.classroom.picture import show_step_picture
    from pages.widgets.lessons.curves import has_curves, show_curves
    from pages.widgets.lessons.fingerprints import show_fingerprints
    from pages.widgets.lessons.painted import show_pair
    from pages.widgets.lessons.shown import lesson_look
    from pages.widgets.segmentation.models import or_say_why

    shows = step_of(now).shows
    if question.fingerprints:
        show_fingerprints(question.fingerprints, 170 if large else 100)
    elif has_curves(question.about):
        show_curves(question.about, large=large)
    elif question.pair and shows is not None:
        with or_say_why(question.about):
            show_pair(shows, question.about, lesson_look(shows), question.pair, 260 if large else 165)
    else:
        show_step_picture(now, question, revealed=True, piece=120 if large else 96)


def show_hunted(now: Class, question: Question, found: Sequence[Click], *, revealed: bool) -> None:
    """Draw the picture of a hunt with the pixels chosen, and, revealed, those that were to be found."""
    from core.classroom.reports.click_map import where_most
    from pages.widgets.classroom.picture import hunted_picture

    if revealed:
        right = sum(each.correct for each in found)
        alt = filled(_("Pixels chosen: {count}, {right} of them right."), count=len(found), right=right)
    else:
        chosen = ngettext("{count} pixel has been chosen.", "{count} pixels have been chosen.", len(found))
        alt = filled(chosen, count=len(found))
    if found:
        alt = f"{alt} {translated(where_most(found))}"
    drawn = hunted_picture(now, question, found, revealed=revealed)
    st.image(drawn, _("Red: what was to be found") if revealed else None, alt=alt, width="stretch")
