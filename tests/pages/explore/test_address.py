"""Explore's address: it opens what it says, follows what is done, and takes nothing that is not there."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.photos.photo import Photo, read_photo
from pages.widgets.explore.reading import COLUMN, ROW
from pages.widgets.photos.visitor_session import VisitorSession, samples


def _page() -> None:
    """What the Explore page does with its address, without the network."""
    import streamlit as st

    from pages.widgets.explore import address
    from pages.widgets.explore.reading import COLUMN, ROW
    from pages.widgets.photos.visitor_session import visitor_session

    address.follow()
    st.session_state["shown_view"] = address.view()
    pixel = (st.session_state.get(ROW, 5), st.session_state.get(COLUMN, 6))
    address.write(visitor_session().photo(), pixel)


def opened(**query: str) -> AppTest:
    app = AppTest.from_function(_page)
    app.query_params.update(query)
    app.run()
    assert not app.exception
    return app


def address_of(app: AppTest) -> dict[str, str]:
    """The address, each of whose values the test client may wrap in a list."""
    return {
        name: value if isinstance(value, str) else value[0] for name, value in dict(app.query_params).items()
    }


def own_photo() -> Photo:
    file = io.BytesIO()
    Image.new("RGB", (48, 40)).save(file, "PNG")
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
    assert "photo" in address_of(app)
    session = VisitorSession(photos={photo.key: photo}, looked_at=photo.key)
    app.session_state["visit"] = session
    app.run()
    assert session.photo() is photo
    assert "photo" not in address_of(app)
