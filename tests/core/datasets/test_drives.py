"""Films: which frames belong to a drive, and in which order."""

from __future__ import annotations

from pathlib import Path

from core.datasets import Frame
from core.datasets.drives import film_of


def frame(name: str, split: str = "train") -> Frame:
    return Frame(name, Path(f"images/{name}.png"), Path(f"labels/{name}_P.png"), split)  # type: ignore[arg-type]


def test_a_film_is_one_drive_by_number_whatever_the_split() -> None:
    names = ["0001TP_006720", "0016E5_00090", "0001TP_006690"]
    frames = [frame(name) for name in names] + [frame("0001TP_006705", "valid")]
    film = film_of(frames[0], frames)
    assert [each.name for each in film] == ["0001TP_006690", "0001TP_006705", "0001TP_006720"]


def test_numbers_count_not_letters() -> None:
    frames = [frame(name) for name in ("a_10", "a_9")]
    assert [each.name for each in film_of(frames[0], frames)] == ["a_9", "a_10"]


def test_names_that_do_not_end_in_a_number_are_one_film_in_natural_order() -> None:
    frames = [frame(name) for name in ("street", "10_left", "a_1", "9_left")] + [frame("2_left", "valid")]
    assert [each.name for each in film_of(frames[0], frames)] == ["2_left", "9_left", "10_left", "street"]
