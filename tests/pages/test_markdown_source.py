"""No text of a stranger's goes around `Markdown`: read from the source of all pages."""

from __future__ import annotations

import ast

import pytest

from tests.conftest import ROOT
from tests.pages.markdown_source import (
    Source,
    returned_by_name,
    scope_of,
)


def complaints(files: dict[str, str]) -> list[str]:
    trees = {path: ast.parse(text) for path, text in files.items()}
    functions = returned_by_name(trees)
    modules = {path.removesuffix(".py").replace("/", "."): scope_of(tree) for path, tree in trees.items()}
    sources = (Source(path, tree, functions, modules) for path, tree in trees.items())
    return [line for source in sources for line in source.complaints()]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    paths = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}


def test_all_that_a_page_shows_as_markdown_is_ours_or_escaped(pages: dict[str, str]) -> None:
    assert complaints(pages) == []
