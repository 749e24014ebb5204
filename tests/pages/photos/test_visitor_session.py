"""A visitor's session: what is on screen, what stays when a photo goes, and who finds it again."""

from __future__ import annotations

import io
import secrets

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.photos.photo import Photo, read_photo
from pages.widgets.photos.visitor_session import VisitorSession, samples


def photo(name: str, width: int = 40) -> Photo:
    file = io.BytesIO()
    Image.new("RGB", (width, 40)).save(file, "PNG")
    return read_photo(name, file.getvalue())


def with_photos(*photos: Photo) -> VisitorSession:
    return VisitorSession(photos={each.key: each for each in photos})


def test_the_first_sample_is_on_screen_until_another_photo_is_chosen() -> None:
    mine = photo("mine.png")
    session = with_photos(mine)
    assert session.photo() is samples()[0]
    session.look_at(mine.key)
    assert session.photo() is mine
    session.look_at(samples()[-1].key)
    assert session.photo() is samples()[-1]
    session.look_at("no such key")
    assert session.photo() is samples()[-1]


def test_a_removed_photo_takes_its_classes_along_and_leaves_the_others() -> None:
    gone, stays = photo("gone.png", 40), photo("stays.png", 50)
    session = with_photos(gone, stays)
    session.main_classes = {(each.key, "model", "512"): (("Sky", 1.0),) for each in (gone, stays)}
    session.look_at(gone.key)
    session.remove(gone.key)
    assert session.all_photos() == [*samples(), stays]
    assert list(session.main_classes) == [(stays.key, "model", "512")]


def test_a_photo_that_is_removed_on_screen_makes_way_for_its_neighbour() -> None:
    first, second, third = (photo(f"{width}.png", width) for width in (40, 50, 60))
    session = with_photos(first, second, third)
    session.look_at(second.key)
    session.remove(second.key)
    assert session.photo() is third
    session.remove(third.key)
    assert session.photo() is first
    session.remove(first.key)
    assert session.photo() is samples()[0]


def test_a_photo_that_is_removed_elsewhere_leaves_the_one_on_screen() -> None:
    shown, gone = photo("shown.png", 40), photo("gone.png", 50)
    session = with_photos(shown, gone)
    session.look_at(shown.key)
    session.remove(gone.key)
    session.remove("no such key")
    assert session.photo() is shown


def test_its_memory_is_that_of_its_own_photos() -> None:
    one, two = photo("one.png", 40), photo("two.png", 50)
    assert VisitorSession().nbytes == 0
    assert with_photos(one, two).nbytes == one.nbytes + two.nbytes > 0


# --- after a reload -------------------------------------------------------------------------------


def _tab() -> None:
    """A browser tab that sends its token, as the component does, at the end of a page."""
    import streamlit as st

    from pages.widgets.photos import visitor_session as sessions

    def take_up(session: sessions.VisitorSession) -> None:
        st.session_state["taken_up"] = session

    mine = sessions.visitor_session()
    if "sent" in st.session_state:
        st.session_state[sessions._TOKEN_KEY] = {"token": st.session_state["sent"]}
        sessions._recognise(take_up)
        mine = sessions.visitor_session()
    if mine.token and "cut_off" not in st.session_state:
        sessions._sessions().keep(mine)


def tab(token: object, session: VisitorSession | None = None, *, cut_off: bool = False) -> AppTest:
    """A new Streamlit session, as after a reload. session: what the visitor did before the token arrived.

    cut_off: whether no run of it came to its end, as when the visitor is faster than the server.
    """
    app = AppTest.from_function(_tab, default_timeout=60)
    if session is not None:
        app.session_state["visit"] = session
    app.session_state["sent"] = token
    if cut_off:
        app.session_state["cut_off"] = True
    app.run()
    assert not app.exception
    return app


def test_a_reloaded_tab_finds_its_photos_again_and_another_tab_does_not() -> None:
    token, mine = secrets.token_hex(16), photo("mine.png")
    before = with_photos(mine)
    before.look_at(mine.key)
    tab(token, before)

    again = tab(token)
    assert again.session_state["visit"] is before
    assert again.session_state["taken_up"] is before
    assert before.photo() is mine

    other = tab(secrets.token_hex(16))
    assert other.session_state["visit"] is not before
    assert "taken_up" not in other.session_state


def test_a_tab_whose_runs_were_all_cut_off_finds_its_photos_again() -> None:
    token, mine = secrets.token_hex(16), photo("mine.png")
    before = VisitorSession()
    tab(token, before, cut_off=True)
    before.photos[mine.key] = mine
    assert tab(token).session_state["visit"] is before


def test_a_photo_that_the_address_asks_for_is_on_screen_after_the_reload() -> None:
    token, mine = secrets.token_hex(16), photo("mine.png")
    before = with_photos(mine)
    before.look_at(mine.key)
    tab(token, before)

    asked = samples()[-1].sample
    tab(token, VisitorSession(looked_at=asked))
    assert before.photo().sample == asked


def test_a_set_that_was_open_is_open_after_the_reload_unless_the_address_asks_for_a_sample() -> None:
    token, before = secrets.token_hex(16), VisitorSession(photo_set="mine", number=30)
    tab(token, before)
    tab(token)
    assert (before.photo_set, before.number) == ("mine", 30)
    tab(token, VisitorSession(photo_set="other", number=3))
    assert (before.photo_set, before.number) == ("other", 3)
    tab(token, VisitorSession(looked_at=samples()[-1].sample))
    assert before.photo_set == ""


def test_photos_added_before_the_token_arrived_are_not_replaced() -> None:
    token = secrets.token_hex(16)
    tab(token, with_photos(photo("earlier.png")))
    new = with_photos(photo("new.png"))
    assert tab(token, new).session_state["visit"] is new


@pytest.mark.parametrize("token", [None, 5, "", "g" * 32, "a" * 31, "a" * 33, ["a" * 32]])
def test_what_is_no_token_is_ignored(token: object) -> None:
    assert tab(token).session_state["visit"].token == ""
