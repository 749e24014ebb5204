"""Parts of a page that run again by themselves stand alone in their containers."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT


def script() -> None:
    import streamlit as st

    from pages.widgets.shared.fragments import fragment

    def part(words: str) -> None:
        st.text(words)

    fragment(part)("first")
    st.text("between")
    fragment(part)("second")


def test_a_part_is_alone_in_its_container():
    page = AppTest.from_function(script, default_timeout=60).run()
    first, between, second = page.main.children.values()
    assert between.value == "between"
    for own, words in ((first, "first"), (second, "second")):
        (part,) = own.children.values()
        (text,) = part.children.values()
        assert text.value == words


def test_no_page_goes_around_it():
    files = [path for path in (ROOT / "pages").rglob("*.py") if path.name != "fragments.py"]
    around = [
        path.name for path in files if re.search(r"st\.fragment\(|@st\.fragment", path.read_text("utf-8"))
    ]
    assert around == []
