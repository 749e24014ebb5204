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


def test_every_place_where_streamlit_reads_markdown_is_known() -> None:
    listed = {name: set(parameters) for name, parameters in TAKES_MARKDOWN.items()}
    described = {name: found for name, found in described_as_markdown().items() if name not in REFUSED}
    columns = {name: described.pop(name) for name in list(described) if name.endswith("Column")}

    assert described == listed
    assert set().union(*columns.values()) == {"help"}


GOOD = (
    'st.error("A sentence of ours.")',
    'st.error("One" if name else "two")',
    "st.error(escape(name))",
    'st.button(markdown("Open {name}", name=name), help="Opens it.")',
    'st.metric("Accuracy", f"{share:.1%}", f"{count:,} pixels")',
    'st.info(f"{len(names)} frames, {escape(name)}")',
    "st.caption(sentence(name))",
    "st.caption(words)",
    "st.caption(TITLES[name])",
    "st.table({'a': [escape(each) for each in names]})",
    "st.tabs(['One', 'Two'])",
    'st.pills("Kinds", names, format_func=escape)',
    'st.radio("Kinds", names, format_func=lambda name: TITLES[name])',
    'st.selectbox("Not read as Markdown", names, format_func=str)',
    "st.text(name)",
    'for title in (markdown("a"), markdown("b")):\n        st.subheader(title)',
    "for title, act in FILES.items():\n        st.download_button(title, act)",
    'own = "ours"\n    st.subheader(own)',
)

BAD = (
    "st.error(name)",
    "st.error(str(error))",
    'st.error(f"The run {name} is gone.")',
    'st.error(f"The run {name:>20} is gone.")',
    'st.error("The run " + name)',
    'st.error("The run {}".format(name))',
    'st.error("The run %s" % name)',
    'st.error(" ".join(names))',
    "st.error(escape(name) + name)",
    "st.error(escape(name).upper())",
    'st.error("ours", title=name)',
    "st.button(name)",
    'st.button("Open", help=name)',
    'st.button("Open", None, name)',
    'st.metric("Model", name)',
    "st.table({'a': names})",
    "st.tabs(names)",
    'st.pills("Kinds", names)',
    'st.pills("Kinds", names, format_func=str)',
    'st.radio("Kinds", names, format_func=lambda name: name)',
    'st.column_config.NumberColumn("Name", help=name)',
    "left.markdown(name)",
    "st.container().caption(name)",
    "st.columns(2)[0].warning(name)",
    "st.error(*names)",
    "st.button(**things)",
    "st.write(escape(name))",
    "st.badge(escape(name))",
    "show = st.error",
    "partial(st.error, name)()",
    "getattr(st, kind)(name)",
    "from streamlit import error",
    "import streamlit as other",
    "st.error(markdown(name))",
    'st.error(markdown("The run " + name))',
    'st.error(markdown(f"The run {name}"))',
    "st.error(joined(name, []))",
    "st.error(Markdown(name))",
    "st.error(cast(Markdown, name))",
    "st.error(plain(name))",
    "st.error(OTHER[name])",
    "st.error(text)",
    'own = "ours"\n    own = name\n    st.subheader(own)',
    'own = "ours"\n    own += name\n    st.subheader(own)',
    "for title in names:\n        st.subheader(title)",
    "for name in OTHER.values():\n        st.subheader(name)",
    "if title := name:\n        st.subheader(title)",
    "st.markdown(escape(name), unsafe_allow_html=True)",
    "st.html(name)",
)

_AROUND = """
TITLES = {{"a": "A", "b": "B"}}
OTHER: dict[str, str] = {{}}
FILES: dict[Markdown, Callable[[], str]] = {{}}

def sentence(name: str) -> Markdown:
    return markdown("{{name}}", name=name)

def plain(name: str) -> str:
    return name

def show(name: str, names: list[str], words: Markdown, text: str | Markdown, share: float, count: int) -> None:
    {line}
"""


@pytest.mark.parametrize("line", GOOD)
def test_what_is_ours_or_escaped_may_be_shown(line: str) -> None:
    assert complaints({"pages/some.py": _AROUND.format(line=line)}) == []


@pytest.mark.parametrize("line", BAD)
def test_what_goes_around_markdown_is_named(line: str) -> None:
    assert complaints({"pages/some.py": _AROUND.format(line=line)})
