"""StreetScope's front door: which pages there are, and what every page shares."""

import os
from pathlib import Path

# Read once, when torch is first imported: threads that spin while they wait would slow down a training run
# beside the app, and be slowed down by it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import streamlit as st

from core.languages import gettext as _
from pages.widgets.shared.front_door import enter, leave
from pages.widgets.shared.guests import FOR_STUDENTS, in_class, is_student
from pages.widgets.shared.page_language import say_language
from pages.widgets.top.links import page_links

# A file of ours: Streamlit fetches material icons for the browser's tab from the internet.
ICON = Path(__file__).parent / "pages" / "widgets" / "shared" / "icon.png"

enter()
if in_class():
    from pages.widgets.classroom.classes import speak_its_language

    speak_its_language()
st.set_page_config(page_title="StreetScope", page_icon=str(ICON), layout="wide")
say_language()

# The first page lives at the root, where it would keep its own name from opening anything.
explore = st.Page(
    "pages/explore.py", title=_("Explore"), icon=":material/travel_explore:", url_path="", default=True
)


def explore_by_name() -> None:
    st.switch_page(explore, query_params=st.query_params.to_dict())


PAGES = [
    explore,
    st.Page(
        "pages/inside.py",
        title=_("Look inside"),
        icon=":material/neurology:",
        url_path="inside",
    ),
    st.Page(
        "pages/compare.py",
        title=_("Compare"),
        icon=":material/compare:",
        url_path="compare",
    ),
    st.Page(
        "pages/gather.py",
        title=_("Gather"),
        icon=":material/add_photo_alternate:",
        url_path="gather",
    ),
    st.Page(
        "pages/annotate.py",
        title=_("Annotate"),
        icon=":material/draw:",
        url_path="annotate",
    ),
    st.Page(
        "pages/data.py",
        title=_("Data"),
        icon=":material/photo_library:",
        url_path="data",
    ),
    st.Page(
        "pages/training.py",
        title=_("Training"),
        icon=":material/school:",
        url_path="training",
    ),
    st.Page(
        "pages/runs.py",
        title=_("Runs"),
        icon=":material/monitoring:",
        url_path="runs",
    ),
    st.Page(
        "pages/evaluate.py",
        title=_("Evaluate"),
        icon=":material/analytics:",
        url_path="evaluate",
    ),
    st.Page(
        "pages/lessons.py",
        title=_("Lessons"),
        icon=":material/menu_book:",
        url_path="lessons",
    ),
]
MORE = [
    st.Page(
        "pages/paint.py",
        title=_("Paint"),
        icon=":material/brush:",
        url_path="paint",
    ),
    st.Page(
        "pages/service.py",
        title=_("Service"),
        icon=":material/lan:",
        url_path="service",
    ),
    st.Page(
        "pages/about.py",
        title=_("About"),
        icon=":material/info:",
        url_path="about",
    ),
]
by_name = st.Page(explore_by_name, title=_("Explore"), url_path="explore", visibility="hidden")
join = st.Page("pages/join.py", title=_("Join"), icon=":material/login:", url_path="join")
classroom = st.Page(
    "pages/classroom.py", title=_("Classroom"), icon=":material/groups:", url_path="classroom"
)
page = st.navigation([*PAGES, *MORE, join, classroom, by_name], position="hidden")
if is_student():
    # Here, not only in what is listed: whatever a student's address says, no other page's script runs.
    LISTED, REST = [join, *(each for each in [*PAGES, *MORE] if each.url_path in FOR_STUDENTS)], []
    allowed = page in (*LISTED, classroom, by_name)
else:
    LISTED, REST = [classroom, *PAGES] if in_class() else PAGES, MORE
    allowed = True
if page is not classroom or st.query_params.get("view") != "projector":
    page_links(LISTED, REST, page)
if is_student() and page not in (join, classroom):
    from pages.widgets.classroom.seat import refuse_page, way_back

    way_back()
    if not allowed:
        refuse_page()
page.run()
leave()
