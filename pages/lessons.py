"""Lessons: predict what the network does, look, and say the rule; for one student, or to prepare a class."""

import streamlit as st

from core.languages import gettext as _
from pages.widgets.shared.front_door import front_door
from pages.widgets.shared.html import html
from pages.widgets.top.title import page_title

front_door()
page_title(
    html("What does it see, and how do we know?"),
    html(
        "Choose a lesson and go through it step by step: predict what the network does, lock your "
        "answer, then look. What is right is computed from the picture in front of you."
    ),
)
with st.spinner(_("Opening the lessons")):
    from pages.widgets.lessons.choice import choose_lesson, lesson_in_address
    from pages.widgets.lessons.steps import show_lesson
    from pages.widgets.photos.visitor_session import keep_visitor_session

lesson = lesson_in_address()
if lesson is None:
    choose_lesson()
else:
    show_lesson(lesson)
keep_visitor_session()
