"""Rows, a page and a map of clicks: counts, and nobody's name."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest

from core.classroom.records import Click, Question, Tally
from core.classroom.reports.cards import cards_pdf
from core.classroom.reports.click_map import click_map, where_most
from core.classroom.reports.page import class_pdf
from core.classroom.reports.results import Answered, Clicked, Results
from core.classroom.reports.tables import class_rows
from core.languages import translated, use
from core.reports.tables import to_csv

ASKED = Question("Is **sure** the same as `right`?", ("Yes", "=No"), right=1, why="", rule="")
FOUND = Results(
    "tiny",
    "en",
    20,
    (
        Answered("sure", ASKED, Tally((12, 8), 20, 20), Tally((3, 17), 20, 20)),
        Answered("cards", ASKED, Tally((0, 0), 0, 20), None),
    ),
    (Clicked("hunt", 40, 10, 19),),
)


def test_a_row_says_how_many_chose_what_before_and_after() -> None:
    sure, cards, hunt = class_rows(FOUND)
    assert sure["question"] == "Is sure the same as right?"
    assert sure["right answer"] == "B: =No"
    assert (sure["A"], sure["B"], sure["C"]) == ("12 / 3", "8 / 17", None)
    assert (sure["right before"], sure["right after"]) == (0.4, 0.85)
    assert sure["gain"] == pytest.approx(0.75)
    assert (cards["before"], cards["right before"], cards["gain"]) == (0, None, None)
    assert (hunt["before"], hunt["right before"]) == (40, 0.25)
    assert len(to_csv(class_rows(FOUND)).splitlines()) == 4


@pytest.mark.parametrize("questions", [0, 2, 24])
def test_any_class_fits_on_one_page(questions: int) -> None:
    many = Results("tiny", "en", 20, (FOUND.answered * 12)[:questions], FOUND.clicked)
    pdf = class_pdf(many, "What does a machine see in a street? " * 5)
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") == 1 or b"/Count 1" in pdf


def test_cards_are_one_page_for_each_student() -> None:
    pdf = cards_pdf()
    assert pdf.startswith(b"%PDF-")
    assert b"/Count 1" in pdf


def test_the_page_is_in_the_language_of_the_class() -> None:
    english, indonesian = (drawn(replace(FOUND, language=language)) for language in ("en", "id"))
    assert english != indonesian
    with use("id"):
        assert drawn(FOUND) == english


def drawn(found: Results) -> bytes:
    """The picture in the PDF, without the time at which it was made."""
    return class_pdf(found, "A lesson").partition(b"\xff\xd8")[2].rpartition(b"\xff\xd9")[0]


def test_clicks_stand_at_their_places_whatever_the_size_of_their_picture() -> None:
    street = np.full((96, 128, 3), 128, dtype=np.uint8)
    corners = [Click(0, 0, 96, 128, correct=True), Click(383, 511, 384, 512, correct=False)]
    drawn = click_map(street, corners, revealed=True)
    assert drawn.shape == (576, 768, 3)
    assert tuple(drawn[3, 3]) == (0x1B, 0x7F, 0x3B)  # a right one has a green dot
    assert tuple(drawn[300, 400]) == (128, 128, 128)  # nobody was there
    assert (drawn[560:, 740:] == (0xB3, 0x26, 0x1E)).all(axis=-1).any()
    hidden = click_map(street, corners, revealed=False)
    assert not (hidden == (0x1B, 0x7F, 0x3B)).all(axis=-1).any()
    assert (click_map(street, [], revealed=True) == 128).all()


def test_where_most_clicks_are_is_said_in_thirds() -> None:
    low = [Click(95, 2, 96, 128, correct=True), Click(64, 42, 96, 128, correct=False)]
    top = [Click(0, 64, 96, 128, correct=True), Click(3, 50, 96, 128, correct=True)]
    assert where_most(low) == "Most of them: the lower left."
    assert where_most([*low, *top]) == "Most of them: the top and the lower left."
    middle = [Click(200, 300, 384, 512, correct=True), Click(200, 301, 384, 512, correct=True)]
    assert where_most([*low, *top, *middle]).startswith("No part of the picture has more")
    with use("id"):
        assert translated(where_most(low)) == "Paling banyak: kiri bawah."


def test_the_page_has_no_text_but_ours() -> None:
    assert b"tiny" not in class_pdf(FOUND, "A lesson")
    assert io.BytesIO(class_pdf(FOUND, "A lesson")).read(4) == b"%PDF"
