"""Effective receptive fields: the square that holds most of a gradient, and the average that is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.inside.fields import PICTURES, Square, average_field, kept_average, normalised, square_of


def test_the_square_of_one_pixel_has_a_side_of_1() -> None:
    gradient = np.zeros((9, 9), np.float32)
    gradient[3, 4] = 2

    assert square_of(gradient, (3, 4)) == Square(3, 4, 1)
    # Two rows up: five rows hold it.
    assert square_of(gradient, (5, 4)) == Square(5, 4, 5)


def test_no_gradient_has_the_smallest_square() -> None:
    assert square_of(np.zeros((5, 7), np.float32), (2, 2)).side == 1
    assert (normalised(np.zeros((2, 2), np.float32)) == 0).all()


def test_an_even_gradient_needs_a_square_of_the_share() -> None:
    # 19 x 19 of 21 x 21 pixels are 82 %, 21 x 21 are all.
    gradient = np.ones((21, 21), np.float32)

    assert square_of(gradient, (10, 10), 0.82).side == 21
    assert square_of(gradient, (10, 10), 0.81).side == 19


@given(seed=st.integers(0, 1000), row=st.integers(0, 11), col=st.integers(0, 15), share=st.floats(0.05, 0.99))
def test_the_square_is_the_smallest_that_holds_the_share(seed: int, row: int, col: int, share: float) -> None:
    gradient = np.random.default_rng(seed).random((12, 16)).astype(np.float32) ** 4

    side = square_of(gradient, (row, col), share).side

    def held(half: int) -> float:
        rows = slice(max(0, row - half), row + half + 1)
        cols = slice(max(0, col - half), col + half + 1)
        return float(gradient[rows, cols].sum(dtype=np.float64) / gradient.sum(dtype=np.float64))

    assert held(side // 2) >= share * (1 - 1e-6)
    assert side == 1 or held(side // 2 - 1) < share * (1 + 1e-6)


def street(number: int, longest: int) -> NDArray[np.uint8]:
    return np.full((96, 128, 3), number, np.uint8)


def test_an_average_is_taken_over_20_pictures_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path))
    asked: list[tuple[int, int]] = []
    told: list[tuple[int, int]] = []

    def gradient(image: NDArray[np.uint8], pixel: tuple[int, int]) -> NDArray[np.float32]:
        asked.append(pixel)
        found = np.zeros(image.shape[:2], np.float32)
        found[pixel] = len(asked)  # each picture counts the same, whatever its scale
        found[0, 0] = len(asked)
        return found

    assert kept_average(64, ("model",)) is None
    first = average_field(gradient, 64, ("model",), lambda *done: told.append(done), street)
    again = average_field(gradient, 64, ("model",))

    assert asked == [(24, 32)] * PICTURES
    assert told[-1] == (PICTURES, PICTURES)
    assert first[24, 32] == pytest.approx(0.5)
    assert (again == first).all()
    assert kept_average(64, ("another model",)) is None


def test_a_damaged_average_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path))
    average_field(lambda image, pixel: np.ones(image.shape[:2], np.float32), 64, ("model",), street=street)
    (kept,) = (tmp_path / "receptive_fields").iterdir()
    kept.write_bytes(b"nothing of ours")

    assert kept_average(64, ("model",)) is None
