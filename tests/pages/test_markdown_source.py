"""No text of a stranger's goes around `Markdown`: read from the source of all pages."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.pages.markdown_source import (
    REFUSED,
    TAKES_MARKDOWN,
    Source,
    described_as_markdown,
    returned_by_name,
)


def complaints(files: dict[str, str]) -> list[str]:
    trees = {path: ast.parse(text) for path, text in files.items()}
    functions = returned_by_name(trees)
    return [line for path, tree in trees.items() for line in Source(path, tree, functions).complaints()]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    paths = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}


def test_all_that_a_page_shows_as_markdown_is_ours_or_escaped(pages: dict[str, str]) -> None:
    assert complaints(pages) == []
