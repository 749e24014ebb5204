"""Which pixels a neighbourhood has, what is believed about each, and the sentence about all of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.classes import ClassList, SegmentationClass
from core.segmentation.reading import PixelPrediction, PixelReading, neighbourhood, pixel_predictions, window

FIVE = ClassList("Five", tuple(SegmentationClass(name, (n, n, n)) for n, name in enumerate("ABCDE")))

# Windows


@pytest.mark.parametrize(
    ("position", "length", "expected"),
    [
        (15, 40, range(5, 26)),
        (10, 40, range(21)),
        (0, 40, range(21)),
        (3, 40, range(21)),
        (29, 40, range(19, 40)),
        (39, 40, range(19, 40)),
        (20, 21, range(21)),
        (4, 7, range(7)),
        (0, 1, range(1)),
    ],
)
def test_window_slides_to_stay_inside(position, length, expected):
    assert window(position, length, 10, 10).tolist() == list(expected)


@given(st.integers(1, 100), st.integers(0, 30), st.integers(0, 30), st.data())
def test_window_has_its_pixel_and_as_many_others_as_there_can_be(length, before, after, data):
    position = data.draw(st.integers(0, length - 1))
    found = window(position, length, before, after)

    assert len(found) == min(before + 1 + after, length)
    assert position in found
    assert (np.diff(found) == 1).all()
    assert found[0] >= 0
    assert found[-1] < length


# Neighbourhoods


def drawn(row: int, col: int, height: int, width: int, shape: str) -> list[str]:
    """A picture of a neighbourhood: # the chosen pixel, o its neighbours."""
    picture = np.full((height, width), ".")
    rows, cols = neighbourhood(row, col, height, width, shape)
    picture[rows, cols] = "o"
    picture[row, col] = "#"
    return ["".join(line) for line in picture]


def test_the_square_away_from_the_edges_has_no_corners():
    assert drawn(3, 4, 7, 9, "square") == [
        ".........",
        "...ooo...",
        "..ooooo..",
        "..oo#oo..",
        "..ooooo..",
        "...ooo...",
        ".........",
    ]


def test_the_square_in_a_corner_leaves_out_what_is_furthest():
    # 5 x 5 has four too many: at squared distance 32 one, at 25 two, at 20 one of two, the left one of which
    # is lower and goes
    assert drawn(0, 0, 6, 6, "square") == [
        "#oooo.",
        "ooooo.",
        "ooooo.",
        "oooo..",
        "oo....",
        "......",
    ]


@pytest.mark.parametrize(
    ("row", "col", "expected"),
    [
        (0, 3, [".oo#oo.", ".ooooo.", ".ooooo.", ".ooooo.", "...o..."]),
        (3, 0, ["oooo...", "oooo...", "#oooo..", "oooo...", "oooo..."]),
    ],
    ids=["top", "left"],
)
def test_the_square_slides_at_an_edge(row, col, expected):
    start = max(row - 2, 0)
    assert drawn(row, col, 7, 7, "square")[start : start + 5] == expected


def test_the_row_slides_at_the_left_edge():
    rows, cols = neighbourhood(4, 3, 9, 40, "row")

    assert rows.tolist() == [4] * 21
    assert cols.tolist() == list(range(21))


def test_the_column_slides_at_the_lower_edge():
    rows, cols = neighbourhood(38, 4, 40, 9, "column")

    assert rows.tolist() == list(range(19, 40))
    assert cols.tolist() == [4] * 21


@pytest.mark.parametrize(
    ("height", "width", "pixels"), [(3, 100, 15), (100, 4, 20), (1, 1, 1), (4, 4, 16), (5, 5, 21)]
)
def test_the_square_is_clipped_in_a_small_picture(height, width, pixels):
    rows, _ = neighbourhood(height - 1, 0, height, width, "square")

    assert len(rows) == pixels


places = st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
    lambda size: st.tuples(
        st.integers(0, size[0] - 1), st.integers(0, size[1] - 1), st.just(size[0]), st.just(size[1])
    )
)


@given(places, st.sampled_from(["row", "column", "square"]))
def test_a_neighbourhood_has_its_pixel_once_and_21_where_the_picture_allows(place, shape):
    row, col, height, width = place
    rows, cols = neighbourhood(*place, shape)
    pixels = list(zip(rows.tolist(), cols.tolist(), strict=True))

    room = {"row": width, "column": height, "square": min(height, 5) * min(width, 5)}[shape]
    assert len(pixels) == min(21, room)
    assert len(set(pixels)) == len(pixels)
    assert (row, col) in pixels
    assert pixels == sorted(pixels)
    assert all(0 <= r < height and 0 <= c < width for r, c in pixels)


@given(places)
def test_the_square_has_none_further_than_one_that_it_left_out(place):
    row, col, height, width = place
    rows, cols = neighbourhood(*place, "square")
    taken = set(zip(rows.tolist(), cols.tolist(), strict=True))
    top, left = (min(max(p - 2, 0), max(n - 5, 0)) for p, n in ((row, height), (col, width)))
    block = {(r, c) for r in range(top, min(top + 5, height)) for c in range(left, min(left + 5, width))}

    def order(pixel: tuple[int, int]) -> tuple[int, int, int]:
        return ((pixel[0] - row) ** 2 + (pixel[1] - col) ** 2, *pixel)

    assert taken == set(sorted(block, key=order)[:21])


# Beliefs


def test_a_belief_has_its_classes_from_the_most_probable():
    table = np.array([[0.25, 0.5, 0.125, 0.125, 0]], dtype=np.float32)
    (belief,) = pixel_predictions([(3, 4)], (3, 4), np.array([1], dtype=np.uint8), table, FIVE.names, top=3)

    assert (belief.row, belief.col, belief.chosen) == (3, 4, True)
    assert (belief.label, belief.probability) == ("B", 0.5)
    assert [(best.name, best.probability) for best in belief.top] == [("B", 0.5), ("A", 0.25), ("C", 0.125)]
    assert belief.entropy == 0.5 * 1 + 0.25 * 2 + 2 * 0.125 * 3
    assert belief.certainty == "leaning towards B"


def test_only_the_chosen_one_is_chosen():
    table = np.array([[1, 0]] * 3, dtype=np.float32)
    labels = np.zeros(3, dtype=np.uint8)
    found = pixel_predictions([(0, 0), (0, 1), (1, 0)], (0, 1), labels, table, FIVE.names[:2], top=5)
    reading = PixelReading(found, table, FIVE)

    assert [belief.chosen for belief in found] == [False, True, False]
    assert reading.chosen is found[1]
    assert reading.chosen_index == 1
    assert reading.neighbours == (found[0], found[2])


# Sentences


def reading_of(labels: str, chosen: int, probability: float = 0.968) -> PixelReading:
    """A reading of row 212 whose pixels have these one-letter labels."""
    pixels = tuple(
        PixelPrediction(212, 340 + n - chosen, label, probability, n == chosen, (), 0.0, "")
        for n, label in enumerate(labels)
    )
    return PixelReading(pixels, np.zeros((len(labels), 5), dtype=np.float32), FIVE)


@pytest.mark.parametrize(
    ("labels", "chosen", "sentence"),
    [
        ("A" * 21, 10, "Pixel (212, 340) is A with 97%; all its 20 neighbours are A too."),
        (
            "A" * 20 + "B",
            10,
            "Pixel (212, 340) is A with 97%; 1 of its 20 neighbours is B: a boundary runs here.",
        ),
        (
            "C" * 2 + "A" * 16 + "B" * 3,
            10,
            "Pixel (212, 340) is A with 97%; 3 of its 20 neighbours are B and 2 C: a boundary runs here.",
        ),
        (
            "CC" + "A" * 17 + "BB",
            10,
            "Pixel (212, 340) is A with 97%; 2 of its 20 neighbours are B and 2 C: a boundary runs here.",
        ),
        (
            "D" + "A" * 15 + "BBBCC",
            10,
            "Pixel (212, 340) is A with 97%; "
            "3 of its 20 neighbours are B, 2 C and 1 D: a boundary runs here.",
        ),
        ("AAA", 0, "Pixel (212, 340) is A with 97%; all its 2 neighbours are A too."),
        ("A", 0, "Pixel (212, 340) is A with 97%; the picture has no other pixel in its row."),
    ],
    ids=[
        "all the same",
        "one differs",
        "two others, more first",
        "two others, by name",
        "three others",
        "narrow",
        "alone",
    ],
)
def test_sentence_says_what_the_neighbours_are(labels, chosen, sentence):
    assert reading_of(labels, chosen).sentence() == sentence


@pytest.mark.parametrize("labels", ["AA", "AB"])
def test_sentence_on_a_picture_of_two_columns_has_one_neighbour_not_neighbours(labels):
    assert "1 neighbours" not in reading_of(labels, 0).sentence()


@pytest.mark.parametrize(
    ("shape", "end"),
    [
        ("row", "the picture has no other pixel in its row."),
        ("column", "the picture has no other pixel in its column."),
        ("square", "the picture has no other pixel."),
    ],
)
def test_sentence_on_a_pixel_alone_is_right_for_every_shape(shape, end):
    assert replace(reading_of("A", 0), shape=shape).sentence() == f"Pixel (212, 340) is A with 97%; {end}"
