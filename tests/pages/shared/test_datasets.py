"""The picker of data sets, with folders as people have them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.toytown import toytown
from tests.conftest import ROOT, Labels


def test_a_folder_whose_name_is_no_text_is_named_and_the_others_are_shown(
    tmp_path: Path,
    make_dataset: Callable[..., Path],
    street: Labels,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = tmp_path / "data"
    toytown(data / "toytown", 4, (96, 72))
    made = make_dataset({"one": street, "two": street}, valid=("two.png",))
    made.rename(Path(os.fsdecode(os.fsencode(data) + b"/caf\xe9")))
    monkeypatch.setenv("STREETSCOPE_DATA", str(data))
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/data.py").run()

    assert not app.exception
    assert app.selectbox(key="set").options == ["Toytown, built in"]
    (said,) = [each.value for each in app.warning]
    assert said == r"The folder caf\[U+DCE9\] is left out: its name is not in UTF-8. Rename it."
