"""A set of photos that is open in place of one's own: its photos, its line, its address, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.photos.gather.entry import Entry
from core.photos.gather.store import PhotoSet, open_set
from pages.widgets.photos.visitor_session import VisitorSession, samples
from tests.hostile_server import street

COUNT = 60

APP = """
import streamlit as st
from pages.widgets.photos.opened_set import follow_set, set_line, write_set

def part():
    follow_set()
    set_line(st.session_state.way)
    write_set()

st.navigation([st.Page(part, title="Part"), st.Page("pages/gather.py")]).run()
"""


@pytest.fixture
def photos(monkeypatch: pytest.MonkeyPatch, tmp_path) -> PhotoSet:
    """Sixty photos, the later the less certain; one is dropped, and only the first one's file is there."""
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    found = open_set("mine")
    found.add([_entry(number) for number in range(1, COUNT + 1)])
    found.write_picture(_entry(1).file, street(1), street(1))
    return found


def _entry(number: int) -> Entry:
    return Entry(
        number=0,
        address=f"{number}.jpg",
        state="taken",
        kept=number != 2,
        sha256=f"{number:064x}",
        height=400,
        width=300,
        file=f"{number:03d}-{number:08x}.jpg",
        shares={"Road": 0.4, "Sky": 0.5, "Car": 0.1},
        confidence=1 - number / 100,
    )


@pytest.fixture
def app_file(photos: PhotoSet, tmp_path: Path) -> Path:
    """A page with the line of the set that the address names, and one to go back to."""
    (tmp_path / "app/pages").mkdir(parents=True)
    (tmp_path / "app/app.py").write_text(APP)
    (tmp_path / "app/pages/gather.py").write_text("")
    return tmp_path / "app/app.py"


def page(app_file: Path, photo: str, way: str = "strip") -> AppTest:
    app = AppTest.from_file(str(app_file), default_timeout=60)
    app.session_state["way"] = way
    app.query_params["photo"] = photo
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key).click()
    return app.run()


def test_all_photos_of_a_set_are_there_and_none_is_read_before_it_is_looked_at(photos: PhotoSet) -> None:
    session = VisitorSession()
    assert session.open_set("mine", 30)

    listed = session.listed()
    assert [photo.number for photo in listed] == [1, *range(3, COUNT + 1)]
    assert listed[0].classes == ("Sky", "Road")
    assert session.here().number == 30
    assert session.nbytes == 0
    session.look_at(listed[0].key)
    assert session.photo().data == photos.picture(photos.photos()[0])


def test_a_photo_that_was_dropped_gives_way_to_the_next(photos: PhotoSet) -> None:
    session = VisitorSession()
    session.open_set("mine", 2)
    assert session.here().number == 3
    session.open_set("mine", 999)
    assert session.here().number == COUNT
    photos.change({number: {"kept": False} for number in range(1, COUNT + 1)})
    assert session.photo() is samples()[0]


def test_a_set_that_is_not_there_leaves_what_is_on_screen(photos: PhotoSet) -> None:
    session = VisitorSession()
    session.open_set("mine", 30)
    assert not session.open_set("nobody", 1)
    assert session.here().number == 30
    session.look_at_own("")
    assert session.photo() is samples()[0]


def test_a_photo_whose_file_is_gone_is_one_sentence(photos: PhotoSet) -> None:
    def part() -> None:
        from pages.widgets.photos.visitor_session import visitor_session
        from pages.widgets.segmentation.models import or_say_why

        visitor_session().open_set("mine", 30)
        with or_say_why("30"):
            visitor_session().photo()

    app = AppTest.from_function(part, default_timeout=60).run()
    assert not app.exception
    assert len(app.error) == 1


def test_the_address_opens_a_photo_and_says_which_one_is_shown(app_file: Path) -> None:
    app = page(app_file, "mine~30")
    assert [text.value for text in app.caption] == ["29 of 59"]

    app = press(press(app, "set_step_1"), "set_step_1")
    assert app.session_state["visit"].number == 32
    assert app.query_params["photo"] in ("mine~32", ["mine~32"])
    app = press(app, "set_step_-1")
    assert [text.value for text in app.caption] == ["30 of 59"]

    app = press(app, "close_set")
    assert not app.caption
    assert "photo" not in app.query_params


@pytest.mark.parametrize("name", ["nobody~1", "~", "~1", "../mine~1", "mine~~", "nobody~" + "9" * 999])
def test_an_address_without_a_set_is_one_sentence(app_file: Path, name: str) -> None:
    app = page(app_file, name)
    assert not app.exception
    assert app.session_state["visit"].opened() is None or name == "mine~~"
    assert len(app.warning) == (name != "mine~~")


def test_the_queue_begins_with_the_least_certain_and_goes_by_name_when_asked(app_file: Path) -> None:
    app = page(app_file, f"mine~{COUNT}", "queue")
    assert [text.value for text in app.caption] == ["1 of 59", "Least certain first: mean confidence 40%"]
    app = press(app, "set_step_1")
    assert app.session_state["visit"].number == COUNT - 1

    app = press(app, "set_order")
    assert [text.value for text in app.caption] == ["58 of 59", "By name: mean confidence 41%"]


def test_a_queue_that_nobody_has_measured_says_so(photos: PhotoSet, app_file: Path) -> None:
    photos.change({number: {"confidence": 0.0} for number in range(1, COUNT + 1)})
    app = page(app_file, "mine~1", "queue")
    assert app.caption[1].value == "As gathered: Gather can measure how certain the network is"
