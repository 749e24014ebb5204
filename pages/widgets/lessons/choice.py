"""The list of lessons: what each is about, for whom, how long; to begin, to take home, to bring one's own."""

from __future__ import annotations

import streamlit as st

from core.errors import LessonError
from core.files import is_disk_full, system_error_sentence
from core.languages import current, filled, ngettext, translated
from core.languages import gettext as _
from core.lessons import library
from core.lessons.lesson import Lesson
from core.lessons.loading import shipped
from pages.widgets.lessons.place import LESSON, close_lesson, open_lesson, progress
from pages.widgets.shared.guests import host_only
from pages.widgets.shared.markdown import escape, joined, markdown, prose

_TAKEN, _BROUGHT = "lesson_zips_taken", "lesson_brought"


def lesson_in_address() -> Lesson | None:
    """The lesson that the address names; None for none, with what is wrong where it cannot be used."""
    name = st.query_params.get(LESSON, "")
    if not name:
        return None
    try:
        return library.find(name, current())
    except LessonError as error:
        show_faults(error)
        st.button(_("All lessons"), on_click=close_lesson, icon=":material/arrow_back:")
        st.stop()


def choose_lesson() -> None:
    """Show all lessons, those that come with StreetScope first."""
    for name in [*shipped(), *library.own()]:
        try:
            _card(library.find(name, current()))
        except LessonError as error:
            show_faults(error)
    _bring()


def show_faults(error: LessonError) -> None:
    """What is wrong with a lesson, one line for each fault."""
    first, *rest = translated(error).splitlines()
    faults = [markdown("- {fault}", fault=line) for line in rest]
    st.error(joined("\n", [markdown("{sentence}", sentence=first), *faults]), icon=":material/error:")


def _card(lesson: Lesson) -> None:
    with st.container(border=True, key=f"lesson_card_{lesson.name}"):
        st.subheader(escape(lesson.title), anchor=False)
        st.markdown(prose(lesson.summary))
        steps = filled(ngettext("{count} step", "{count} steps", len(lesson.steps)), count=len(lesson.steps))
        st.caption(
            markdown(
                "{minutes} minutes · {steps} · {audience}",
                minutes=lesson.minutes,
                steps=steps,
                audience=lesson.audience,
            )
        )
        with st.container(horizontal=True):
            begun = any(each.locked or each.found for each in progress(lesson).given.values())
            st.button(
                _("Go on") if begun else _("Begin"),
                key=f"lesson_begin_{lesson.name}",
                type="primary",
                icon=":material/play_arrow:",
                on_click=open_lesson,
                args=(lesson.name,),
                help=escape(lesson.title),
            )
            st.download_button(
                _("Take it home"),
                library.packed(lesson.name),
                f"{lesson.name}.zip",
                "application/zip",
                on_click="ignore",
                key=f"lesson_zip_{lesson.name}",
                icon=":material/download:",
                help=_("The lesson as a zip of text files: change them, and bring the lesson back below."),
            )


def _bring() -> None:
    """Let a teacher put a lesson of their own into the library."""
    st.subheader(_("Your own lesson"), anchor=False)
    st.markdown(
        _(
            "Take a lesson home, change its words, steps and questions in any editor, pack the folder as a "
            "zip again and bring it here. What is wrong with it is told by file and line."
        )
    )
    if not host_only(_("bring a lesson")):
        return
    if brought := st.session_state.pop(_BROUGHT, ""):
        st.success(markdown("The lesson {title} is in the list.", title=brought), icon=":material/check:")
    given = st.file_uploader(_("A lesson as a zip"), "zip", key="lesson_zip", max_upload_size=2)
    if given is None or given.file_id in st.session_state.setdefault(_TAKEN, set()):
        return
    st.session_state[_TAKEN].add(given.file_id)
    try:
        lesson = library.put(library.unpacked(given.getvalue(), given.name), given.name.removesuffix(".zip"))
    except LessonError as error:
        show_faults(error)
    except OSError as error:
        if not is_disk_full(error):
            raise
        st.error(escape(system_error_sentence(error)))
    else:
        st.session_state[_BROUGHT] = lesson.title
        st.rerun()
