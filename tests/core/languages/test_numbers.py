"""Numbers in the reader's language: the signs before decimals and between thousands, in texts and charts."""

from __future__ import annotations

import ast
import re

import pytest

from core.languages import filled, in_digits, sentence, separators, translated, use
from core.languages.browser import with_texts
from core.reports.charts import figure_of
from pages.widgets.shared.front_end import LANGUAGE
from pages.widgets.shared.markdown import markdown
from tests.texts import ROOT, python_files

_NUMERIC = re.compile(r"\+?,?(\.\d+)?[fge%]|,")
_FOR_PROGRAMS = {
    "core/notebooks/walk.py",  # a notebook
    "pages/widgets/explore/address.py",
    "pages/widgets/inside/temperature.py",  # an address
    "pages/widgets/training/recipe.py",  # read again when somebody has typed there
}


@pytest.mark.parametrize(
    ("value", "spec", "english", "indonesian"),
    [
        (0.7134, ".1%", "71.3%", "71,3%"),
        (1234.5, ",.2f", "1,234.50", "1.234,50"),
        (1234567, ",", "1,234,567", "1.234.567"),
        (-0.05, "+.1%", "-5.0%", "-5,0%"),
        (0.003, "g", "0.003", "0,003"),
        (42, "", "42", "42"),
    ],
)
def test_a_number_is_written_as_the_language_does(value, spec, english, indonesian):
    assert in_digits(value, spec) == english
    assert in_digits(value, spec, "id") == indonesian
    with use("id"):
        assert in_digits(value, spec) == indonesian
        assert filled(f"{{it:{spec}}}", it=value) == indonesian
        assert markdown(f"{{it:{spec}}}", it=value) == indonesian


def test_a_count_has_its_thousands_apart_and_a_place_has_not():
    said = sentence("{count} pixels, first ({row}, {col})", count=123456, row=1024, col=2048)
    assert said == "123,456 pixels, first (1024, 2048)"
    with use("id"):
        assert "123.456" in translated(said)
        assert "1024, 2048" in translated(said)


def test_a_sentence_that_is_kept_says_its_numbers_to_whoever_reads_it():
    said = sentence("{share:.1%}", share=0.125)
    assert said == "12.5%"
    with use("id"):
        assert translated(said) == "12,5%"


def test_charts_have_the_signs_of_the_language():
    with use("id"):
        assert figure_of([], {}).layout.separators == separators() == ",."
    assert figure_of([], {}).layout.separators == separators() == ".,"


def test_front_ends_are_told_the_language():
    assert 'const LANGUAGE = "id";' in with_texts(LANGUAGE.read_text("utf-8"), "", "id")
    assert 'const LANGUAGE = "en";' in with_texts(LANGUAGE.read_text("utf-8"), "")


def test_no_page_writes_numbers_of_its_own():
    found = [
        f"{path}, line {node.lineno}"
        for path in python_files()
        if path.is_relative_to(ROOT / "pages") and str(path.relative_to(ROOT)) not in _FOR_PROGRAMS
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FormattedValue) and node.format_spec and _is_numeric(node.format_spec)
    ]
    assert not found, "use core.languages.in_digits, or filled"


def _is_numeric(spec: ast.expr) -> bool:
    parts = [part.value for part in ast.walk(spec) if isinstance(part, ast.Constant)]
    return _NUMERIC.fullmatch("".join(map(str, parts))) is not None
