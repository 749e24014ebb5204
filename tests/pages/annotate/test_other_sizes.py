"""A photo that was corrected at one size and is opened at another one."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.annotation.runs import NOT_REVIEWED, between
from core.annotation.store import OpenCorrection, Source, open_correction
from tests.conftest import COLOURS

APP = """
import streamlit as st
from core.photos.photo import Photo
from pages.widgets.annotate.other_sizes import say_of_other_sizes
from tests.pages.annotate.test_other_sizes import opened

def part():
    photo = Photo("its-key", "street.png", b"", 96, 128, b"")
    say_of_other_sizes(opened(st.session_state.height, st.session_state.key), photo, "no such model")

st.navigation([st.Page(part, title="Part"), st.Page("pages/annotate.py")]).run()
"""


def opened(height: int, photo: str) -> OpenCorrection:
    """The correction of a photo in a height of its own."""
    image = np.full((height, height * 4 // 3, 3), len(photo), np.uint8)
    nothing = np.full(image.shape[:2], NOT_REVIEWED, np.uint8)
    return open_correction("mine", image, nothing, COLOURS, Source("photo", "street.png", photo=photo))


@pytest.fixture
def page(tmp_path, monkeypatch) -> AppTest:
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path / "data"))
    for folder in ("data", "app/pages"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "app/app.py").write_text(APP)
    (tmp_path / "app/pages/annotate.py").write_text("")
    return AppTest.from_file(str(tmp_path / "app/app.py"), default_timeout=60)


def draw(height: int) -> None:
    correction = opened(height, "its-key")
    mask = correction.mask.copy()
    mask[:8] = 1
    correction.edit(between(correction.mask, mask).packed())


def run(page: AppTest, height: int, key: str = "its-key") -> str:
    page.session_state.height, page.session_state.key = height, key
    page.run()
    assert not page.exception
    return " ".join(each.value for each in page.markdown)


def test_it_says_where_the_drawing_is_and_leads_back_to_it(page):
    assert run(page, 48) == ""
    draw(96)
    assert "saved at 128 x 96 pixels. At 64 x 48 you begin anew" in run(page, 48)
    assert run(page, 48, "another photo") == ""
    assert run(page, 96) == ""  # this is it
    run(page, 48)
    page.button(key="back_to_size").click().run()
    assert page.session_state["size"] == "128"


def test_a_size_that_cannot_be_chosen_is_opened_as_a_picture_of_the_set(page):
    draw(60)
    assert "saved at 80 x 60 pixels" in run(page, 48)
    (link,) = page.get("page_link")
    assert "frame=street-" in link.proto.query_string


def test_it_says_nothing_once_something_is_drawn_here(page):
    draw(96)
    draw(48)
    assert run(page, 48) == ""
