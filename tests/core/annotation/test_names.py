"""What people call a set becomes a folder of its own, or one sentence says why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.annotation.manifest import FILE
from core.annotation.names import count_pictures, new_set_name, set_name
from core.annotation.store import OpenCorrection, list_sets
from core.errors import AnnotationError
from tests.conftest import TREE
from tests.core.annotation.conftest import SET, painted


def test_a_name_is_tidied_as_its_folder_is(data: Path) -> None:
    assert new_set_name("  Motorbikes in   Medan ") == "Motorbikes-in-Medan"
    assert new_set_name("../../etc/passwd") == "etc-passwd"
    assert set_name(new_set_name("Jalan Ké-2: becak!")) == new_set_name("Jalan Ké-2: becak!")


@pytest.mark.parametrize("text", ["", "  ", "...", "\u202e\u200b", "x" * 41])
def test_a_name_needs_letters_and_not_too_many(data: Path, text: str) -> None:
    with pytest.raises(AnnotationError, match="1 to 40 letters and digits"):
        new_set_name(text)


def test_a_set_is_not_begun_twice(data: Path, begin: Callable[..., OpenCorrection]) -> None:
    assert (new_set_name(SET), count_pictures(SET)) == (SET, 0)
    correction = begin()
    assert (new_set_name(SET + "s"), count_pictures(SET), list_sets()) == (SET + "s", 0, [])
    correction.edit(painted(correction, slice(5), slice(5), TREE))
    assert count_pictures(SET) == 1
    with pytest.raises(AnnotationError, match=f"a set called {SET} already"):
        new_set_name(SET.upper())


def test_a_folder_of_something_else_is_left_alone(data: Path) -> None:
    (data / "corrections-holiday").mkdir(parents=True)
    with pytest.raises(AnnotationError, match="something else"):
        new_set_name("holiday")


def test_a_damaged_set_has_no_count(data: Path, begin: Callable[..., OpenCorrection]) -> None:
    begin()
    (data / f"corrections-{SET}" / FILE).write_text("{")
    assert count_pictures(SET) is None
