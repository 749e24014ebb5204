"""The frame that is painted, on the canvas of Annotate; the strokes are in the visitor's session alone."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.grading.frames import TITLES, DrawnFrame, open_frame
from core.grading.grade import Grade, grade
from core.grading.painting import Painting
from core.languages import gettext as _
from pages.widgets.annotate.editor.editor import editor
from pages.widgets.photos.visitor_session import visitor_session
from pages.widgets.shared.markdown import escape


@dataclass(frozen=True, eq=False)
class Subject:
    """A frame by its name, and what the visitor has painted over it so far."""

    name: str
    frame: DrawnFrame

    @property
    def painting(self) -> Painting:
        """The visitor's: another one once the session of before a reload is found again."""
        mine = visitor_session().paintings
        return mine.setdefault(self.name, Painting(self.frame.key, self.frame.image))

    def grade(self) -> Grade:
        """What is painted so far is worth."""
        return grade(self.frame.truth, self.painting.mask)


def choose_frame() -> Subject:
    """Let the visitor choose a frame, which its address names too."""
    names = list(TITLES)
    name = st.selectbox(
        _("Street"),
        names,
        format_func=lambda name: escape(_(TITLES[name])),
        key="street",
        bind="query-params",
        label_visibility="collapsed",
        filter_mode=None,  # a phone would show its keyboard
        width=180,
    )
    return Subject(name, open_frame(name))


def paint(subject: Subject) -> None:
    """The canvas; takes what was painted since the last run."""
    editor(subject.painting, label=_("The street, to be painted with its classes"), paints=True)


def clear_canvas(subject: Subject) -> None:
    """Take everything away; Undo brings it back."""
    subject.painting.clear()
