"""What an answer rests on, without any controls: a picture with its classes, two curves, or fingerprints."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.classroom.records import Class, Click, Question
from core.languages import filled, ngettext, translated
from core.languages import gettext as _
from pages.widgets.lessons.curves import has_curves, show_curves
from pages.widgets.lessons.fingerprints import show_fingerprints


def needs_no_picture(question: Question) -> bool:
    """Whether an answer rests on something else than the picture of its step."""
    return bool(question.fingerprints) or has_curves(question.about)


def show_evidence(now: Class, question: Question, *, large: bool) -> None:
    """Draw what a revealed answer rests on, if there is something. large: for the wall, else for a phone."""
    if question.fingerprints:
        show_fingerprints(question.fingerprints, 220 if large else 100)
    elif has_curves(question.about):
        show_curves(question.about, large=large)
    else:
        from pages.widgets.classroom.picture import show_step_picture

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
