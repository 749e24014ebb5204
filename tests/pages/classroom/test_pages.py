"""The pages of a class, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.classroom import leading
from core.classroom.answering import vote
from core.classroom.records import Question
from core.classroom.seats import join
from core.classroom.store import CLASS, ClassStore, class_file
from pages.widgets.classroom.classes import class_store
from tests.conftest import ROOT

FINGERPRINTS = ("1c" * 32, "1c" * 32, "af" * 32)
QUESTION = Question("Apa?", ("Ini", "Itu"), 1, "Begini.", "Begitu.", fingerprints=FINGERPRINTS)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ClassStore]:
    """An Indonesian class, in an app that is in class mode."""
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    monkeypatch.setenv(CLASS, "1")
    class_store.clear()  # type: ignore[attr-defined]
    there = ClassStore(class_file())
    leading.open_class(there, "street", "id", "use")
    yield there
    there.close()
    class_store.clear()  # type: ignore[attr-defined]


def phone(**address: str) -> AppTest:
    return opened("join", **address)


def opened(page: str, **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


def test_a_phone_speaks_the_language_of_the_class_until_another_one_is_chosen(store: ClassStore) -> None:
    assert [field.label for field in phone().text_input] == ["Kode ruang"]
    assert [field.label for field in phone(language="en").text_input] == ["Room code"]


def test_a_reveal_begins_with_what_the_answer_rests_on(store: ClassStore) -> None:
    now = leading.current(store)
    assert now is not None
    seat = join(store, now.code).token
    asked = leading.begin(store, leading.begin(store, now, "wait"), "vote", question=QUESTION)
    vote(store, seat, "use", 1, 1)
    leading.begin(store, asked, "reveal")

    shown = [each.type for each in phone(seat=seat).main]
    assert shown.index("success") < shown.index("image") < shown.index("progress")


def test_the_wall_draws_a_recorded_training_until_there_is_one(
    store: ClassStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREETSCOPE_MODELS", str(tmp_path / "models"))
    now = leading.current(store)
    assert now is not None
    leading.go_to(store, leading.begin(store, now, "wait"), "watch")

    wall = opened("classroom", view="projector")
    assert [head.value for head in wall.header] == ["Selama belajar"]
    assert "**Rekaman pelatihan dengan Toytown**" in [str(each.value) for each in wall.markdown]
    assert "echarts_chart" in [each.type for each in wall.main]


def test_a_table_of_answers_has_whole_numbers(store: ClassStore) -> None:
    from pages.widgets.classroom.after import _table

    rows = [{"before": 2, "right before": 0.5, "after": 2.0, "right after": 1.0, "gain": 1.0}]
    assert _table(rows).to_string().split()[-5:] == ["2", "50.0%", "2", "100.0%", "1.00"]
