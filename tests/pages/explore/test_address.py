"""Explore's address: it opens what it says, follows what is done, and takes nothing that is not there."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.photos.gather.examples import example_set
from core.photos.photo import Photo, read_photo
from pages.widgets.explore.reading import COLUMN, ROW
from pages.widgets.photos.visitor_session import VisitorSession, samples
from pages.widgets.viewer.pixel_viewer import Look


def _page() -> None:
    """What the Explore page does with its address, without the network."""
    import numpy as np
    import streamlit as st

    from core.photos.images import encode_jpeg
    from pages.widgets.explore import address
    from pages.widgets.explore.reading import COLUMN, ROW
    from pages.widgets.photos.visitor_session import visitor_session
    from pages.widgets.viewer.pixel_viewer import viewer_picture

    if "take_up" in st.session_state:  # as when the tab has sent its token
        st.session_state["visit"] = st.session_state.pop("take_up")
        address.take_up(st.session_state["visit"])
    address.follow()
    address.say_missing()
    st.session_state["shown_view"] = address.view()
    pixel = (st.session_state.get(ROW, 5), st.session_state.get(COLUMN, 6))
    photo = visitor_session().photo()
    labels = np.zeros((40, 48), np.uint8)
    names, colours = ("Sky", "Road", "Car"), np.zeros((3, 3), np.uint8)
    picture = viewer_picture(encode_jpeg(np.zeros((40, 48, 3), np.uint8)), labels, names, colours)
    if "see" in st.session_state:
        address.keep_look(photo, picture, st.session_state.pop("see"))
    st.session_state["shown_look"] = address.look(photo, picture)
    address.write(photo, pixel)


def opened(**query: str) -> AppTest:
    app = AppTest.from_function(_page, default_timeout=60)
    app.query_params.update(query)
    app.run()
    assert not app.exception
    return app


def address_of(app: AppTest) -> dict[str, str]:
    """The address, each of whose values the test client may wrap in a list."""
    return {
        name: value if isinstance(value, str) else value[0] for name, value in dict(app.query_params).items()
    }


def own_photo(width: int = 48) -> Photo:
    file = io.BytesIO()
    Image.new("RGB", (width, 40)).save(file, "PNG")
    return read_photo("mine.png", file.getvalue())


def test_an_address_opens_its_photo_view_and_pixel() -> None:
    last = samples()[-1].sample
    app = opened(photo=last, view="mask", row="12", col="34")
    assert app.session_state["visit"].photo().sample == last
    assert app.session_state["shown_view"] == "mask"
    assert (app.session_state[ROW], app.session_state[COLUMN]) == (12, 34)
    assert address_of(app) == {"photo": last, "view": "mask", "row": "12", "col": "34"}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"photo": "../../etc/passwd", "view": "x", "row": "-1", "col": "1e9"},
        {"photo": "", "view": "", "row": "", "col": "²"},
    ],
)
def test_what_is_not_there_is_ignored_and_the_address_says_what_is_shown(query: dict[str, str]) -> None:
    app = opened(**query)
    assert ROW not in app.session_state
    first = samples()[0].sample
    assert address_of(app) == {"photo": first, "view": "overlay", "row": "5", "col": "6"}


def test_a_huge_row_is_cut_to_a_number_that_can_be_handled() -> None:
    assert opened(row="9" * 40).session_state[ROW] == 999_999


def test_what_the_page_wrote_itself_does_not_undo_a_later_choice() -> None:
    app = opened(row="12", col="34")
    app.session_state[ROW] = 20
    app.run()
    assert app.session_state[ROW] == 20
    assert address_of(app)["row"] == "20"


def test_the_browsers_back_button_is_followed() -> None:
    app = opened(row="12", col="34", view="mask")
    app.query_params.update({"row": "7", "view": "photo"})
    app.run()
    assert (app.session_state[ROW], app.session_state[COLUMN]) == (7, 34)
    assert app.session_state["shown_view"] == "photo"


def test_a_visitors_own_photo_is_never_in_the_address() -> None:
    photo = own_photo()
    app = opened()
    assert address_of(app)["photo"] == samples()[0].sample
    session = VisitorSession(photos={photo.key: photo}, looked_at=photo.key)
    app.session_state["visit"] = session
    app.run()
    assert session.photo() is photo
    assert address_of(app)["photo"] == f"own-{photo.key[:8]}"
    assert "mine" not in str(app.query_params)


# --- photos that are not there --------------------------------------------------------------------


def test_an_unknown_photo_is_named_until_another_one_is_looked_at() -> None:
    app = opened(photo="atlantis")
    for _ in range(2):  # it stays there when the page runs again
        (warning,) = app.warning
        assert warning.value == "There is no sample called atlantis; another photo is shown."
        assert address_of(app)["photo"] == samples()[0].sample
        app.run()
    app.session_state["visit"].looked_at = samples()[1].sample
    app.run()
    assert not app.warning


def test_a_link_to_somebodys_own_photo_says_so() -> None:
    app = opened(photo="own-01234567", zoom="2_0.5_0.5")
    # In the first run the tab has not yet said who it is: its own photos may come back.
    assert not app.warning
    assert address_of(app)["photo"] == "own-01234567"
    app.run()
    assert "somebody's own photo" in app.warning[0].value
    assert address_of(app)["photo"] == samples()[0].sample
    assert "zoom" not in address_of(app)
    assert app.session_state["shown_look"] == Look()


def test_an_own_photo_that_comes_back_after_a_reload_looks_as_it_did() -> None:
    photo, other = own_photo(), own_photo(64)
    app = opened(photo=f"own-{photo.key[:8]}", zoom="2_0.5_0.25", hide="Car", row="400", col="30")
    app.session_state["take_up"] = VisitorSession(
        photos={photo.key: photo, other.key: other},
        looked_at=other.key,
        pixel=(1, 2),
        pixel_in=(99, 99),
    )
    app.run()
    app.run()
    assert not app.warning
    assert app.session_state["visit"].photo() is photo
    assert app.session_state["shown_look"] == Look(0.5, 0.25, 0.5, None, (2,))
    said = address_of(app)
    assert (said["zoom"], said["row"], said["col"]) == ("2.00_0.5000_0.2500", "400", "30")


def test_without_a_pixel_in_the_address_the_last_one_comes_back() -> None:
    app = opened(view="mask")
    app.session_state["take_up"] = VisitorSession(pixel=(1, 2), pixel_in=(40, 48))
    app.run()
    assert (app.session_state[ROW], app.session_state[COLUMN]) == (1, 2)


# --- photos of a set -------------------------------------------------------------------------------


def test_a_link_to_a_sets_photo_opens_the_set_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    examples = example_set()
    app = opened(photo="examples~3")
    mine = app.session_state["visit"]
    assert mine.photo().data == examples.picture(examples.photos()[2])
    assert address_of(app)["photo"] == "examples~3"

    mine.look_at(mine.listed()[-1].key)
    app.run()
    assert address_of(app)["photo"] == f"examples~{len(examples.photos())}"
    app.query_params["photo"] = samples()[1].sample
    app.run()
    assert mine.opened() is None
    assert mine.photo().sample == samples()[1].sample

    app.query_params["photo"] = "atlantis~3"
    app.run()
    (warning,) = app.warning
    assert warning.value == "There is no set atlantis with photos in it; another photo is shown."


# --- zoom, isolated and hidden classes -------------------------------------------------------------


def test_zoom_and_classes_are_in_the_address_by_name() -> None:
    app = opened(photo=samples()[1].sample, zoom="4_0.25_0.5", only="Road", hide="Sky")
    assert app.session_state["shown_look"] == Look(0.25, 0.5, 0.25, 1, (0,))
    app.session_state["see"] = Look(0.1, 0.2, 0.5, None, (0, 2))
    app.run()
    said = address_of(app)
    assert said["zoom"] == "2.00_0.1000_0.2000"
    assert "only" not in said
    assert dict(app.query_params)["hide"] == ["Sky", "Car"]
    # Another photo is seen whole; so is this one then.
    for photo in (samples()[2], samples()[1]):
        app.session_state["visit"].looked_at = photo.sample
        app.run()
        assert app.session_state["shown_look"] == Look()
        assert {"zoom", "only", "hide"}.isdisjoint(address_of(app))


@pytest.mark.parametrize(
    "query",
    [
        {"zoom": "0_0_0"},
        {"zoom": "nan_0_0"},
        {"zoom": "1e9_0_0"},
        {"zoom": "-4_0_0"},
        {"zoom": "4_0"},
        {"zoom": "4_0_0_0"},
        {"zoom": "4_a_0"},
        {"zoom": "\N{SUPERSCRIPT TWO}_0_0"},
        {"zoom": "9" * 99 + "_0_0"},
        {"only": "Unicorn"},
        {"hide": "<b>"},
    ],
)
def test_a_look_that_is_not_one_is_the_whole_picture(query: dict[str, str]) -> None:
    assert opened(**query).session_state["shown_look"] == Look()


def test_a_zoom_outside_the_picture_is_moved_into_it() -> None:
    # At most 4 of the 48 columns fill the width.
    assert opened(zoom="9999_7_0.5").session_state["shown_look"] == Look(1 - 4 / 48, 0.5, 4 / 48)
