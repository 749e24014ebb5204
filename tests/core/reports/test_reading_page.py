"""The chart of a reading as a page of its own: small, complete, and safe whatever things are called."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from core.classes import CAMVID_32
from core.languages import use
from core.reports.charts import class_stacks
from core.reports.reading_page import reading_page
from core.segmentation.reading import PixelReading, Shape, neighbourhood, pixel_predictions


class Parsed(HTMLParser):
    """Elements with their attributes, and the texts of the table's cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.in_cell = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        self.in_cell = tag in ("td", "th")
        if self.in_cell:
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self.in_cell = False

    def handle_data(self, data):
        if self.in_cell:
            self.rows[-1][-1] += data


def reading(shape: Shape = "row") -> PixelReading:
    """21 pixels of a picture of 100 x 100, with probabilities of all 32 classes."""
    rows, cols = neighbourhood(50, 3, 100, 100, shape)
    places = list(zip(rows.tolist(), cols.tolist(), strict=True))
    table = np.random.default_rng(0).dirichlet([0.1] * 32, len(places)).astype(np.float32)
    labels = table.argmax(1).astype(np.uint8)
    pixels = pixel_predictions(places, (50, 3), labels, table, CAMVID_32.names, 5)
    return PixelReading(pixels, table, CAMVID_32, shape)


@pytest.mark.parametrize("shape", ["row", "column", "square"])
def test_the_table_has_the_charts_numbers(shape):
    shown = reading(shape)
    head, *rows = Parsed(reading_page(shown, "street.jpg")).rows
    stacks = class_stacks(shown)

    assert head == ["pixel", "class", *(stack.name for stack in stacks), "entropy in bits"]
    assert [row[0] for row in rows] == [f"Pixel ({p.row}, {p.col})" for p in shown.pixels]
    assert [row[1] for row in rows] == [p.label for p in shown.pixels]
    for number, row in enumerate(rows):
        assert row[2:-1] == [f"{stack.heights[number]:.1%}" for stack in stacks]
        assert sum(float(cell.rstrip("%")) for cell in row[2:-1]) == pytest.approx(100, abs=0.5)


def test_every_bar_reaches_from_the_bottom_to_the_top():
    page = reading_page(reading(), "street.jpg")
    bars = re.findall(r'<rect x="(\d+)" y="([\d.]+)" width="\d+" height="([\d.]+)"><title>', page)
    heights: dict[str, float] = {}
    for left, _, height in bars:
        heights[left] = heights.get(left, 0) + float(height)

    assert len(heights) == 21
    assert list(heights.values()) == pytest.approx([300] * 21, abs=0.5)
    assert min(float(top) for _, top, _ in bars) == pytest.approx(26, abs=0.2)


def test_the_page_needs_nothing_else_and_is_small():
    page = reading_page(reading("square"), "street.jpg")
    tags = {tag for tag, _ in Parsed(page).elements}

    assert len(page.encode()) < 100_000
    assert tags.isdisjoint({"script", "link", "img", "iframe"})
    assert not re.search(r"https?:|url\(|@import", page)
    assert "color-scheme: light dark" in page


def test_the_page_is_in_the_language_of_whoever_saves_it():
    with use("id"):
        page = reading_page(reading(), "street.jpg")
    assert '<html lang="id">' in page
    assert "entropi" in page
    assert not any(word in page for word in ("entropy", "bits", "probabilities", "numbers"))


def test_the_chosen_pixel_is_marked_in_chart_and_table():
    parsed = Parsed(reading_page(reading("column"), "street.jpg"))
    marked = [number for number, (tag, its) in enumerate(parsed.elements) if its.get("class") == "chosen"]
    frames = [its for tag, its in parsed.elements if tag == "rect" and its.get("fill") == "none"]

    assert len(marked) == len(frames) == 1
    assert frames[0]["x"] == str(52 + 10 * 36 + 1)  # the eleventh of 21


def test_no_name_means_anything_to_a_browser():
    evil = '<script>alert("1")</script>{x}&'
    classes = tuple(replace(each, name=f"{evil}{n}") for n, each in enumerate(CAMVID_32.classes))
    shown = replace(reading(), class_list=replace(CAMVID_32, classes=classes))
    page = reading_page(shown, evil)

    assert "<script" not in page
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;{x}&amp;" in page
