"""No text of a stranger's goes around `Markdown`: read from the source of all pages."""

from __future__ import annotations

import ast

import pytest

from tests.conftest import ROOT
from tests.pages.markdown_source import (
    MODULES,
    REFUSED,
    TAKES_MARKDOWN,
    Source,
    described_as_markdown,
    scope_of,
)


def complaints(files: dict[str, str]) -> list[str]:
    trees = {path: ast.parse(text) for path, text in files.items()}
    modules = {path.removesuffix(".py").replace("/", "."): scope_of(tree) for path, tree in trees.items()}
    return [line for path, tree in trees.items() for line in Source(path, tree, modules).complaints()]


def complaints_of(line: str) -> list[str]:
    """Of a page with that line in it."""
    ours = {path: (ROOT / path).read_text("utf-8") for path in MODULES.values()}
    return complaints(ours | {"pages/some.py": _AROUND.format(line=line)})


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
    'st.error(_("A sentence of ours."))',
    'st.error(ngettext("One frame", "Many frames", count))',
    'st.button(markdown("Open {name}", name=name), help="Opens it.")',
    'st.metric("Accuracy", f"{share:.1%}", f"{count:,} pixels")',
    'st.metric("Accuracy", in_digits(share, ".1%"), filled(_("{count:,} pixels"), count=count))',
    'st.info(f"{len(names)} frames, {escape(name)}")',
    "st.caption(sentence(name))",
    "st.caption(words)",
    "st.caption(TITLES[name])",
    "st.caption(titles()[name])",
    "st.table({'a': [escape(each) for each in names]})",
    "st.tabs(['One', 'Two'])",
    'st.pills("Kinds", names, format_func=escape)',
    'st.radio("Kinds", names, format_func=lambda name: TITLES[name])',
    'st.selectbox("Not read as Markdown", names, format_func=str)',
    "st.text(name)",
    'for title in (markdown("a"), markdown("b")):\n        st.subheader(title)',
    "by_title: dict[Markdown, str] = {}\n    for title, name in by_title.items():\n        st.title(title)",
    'own = "ours"\n    st.subheader(own)',
    'st.html(html("<b>{name}</b>", name=name))',
)

BAD = (
    "st.error(name)",
    "st.error(str(error))",
    'st.error(f"The run {name} is gone.")',
    'st.error(f"The run {name:>20} is gone.")',
    'st.error("The run " + name)',
    'st.error("The run {}".format(name))',
    'st.error("The run %s" % name)',
    'st.error(filled(_("The run {name}"), name=name))',
    'st.error(filled(_("The run {name:>20}"), name=name))',
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
    "st.error(others()[name])",
    "st.error(_(name))",
    'st.error(_("A {name}").format(name=name))',
    "st.error(OTHER[name])",
    "st.error(text)",
    'own = "ours"\n    own = name\n    st.subheader(own)',
    'own = "ours"\n    own += name\n    st.subheader(own)',
    "for title in names:\n        st.subheader(title)",
    "for name in OTHER.values():\n        st.subheader(name)",
    "if title := name:\n        st.subheader(title)",
    'st.markdown("ours", unsafe_allow_html=True)',
    "st.html(name)",
    'st.html(f"<b>{name}</b>")',
    "st.html(escape(name))",
    "st.html(html(name))",
    "st.error(html('{name}', name=name))",
    "st.error(pattern(name))",
    "st.error(re.escape(name))",
    'st.info(f"{escape(name)!r}")',
    "left.write(name)",
    "run(st)",
    "st.cache_data(show_spinner=name)",
)

_AROUND = """
import streamlit as st
from re import escape as pattern
from core.languages import gettext as _, ngettext
from pages.widgets.shared.html import Html, html, joined_html
from pages.widgets.shared.markdown import Markdown, escape, joined, markdown

TITLES = {{"a": "A", "b": "B"}}
OTHER: dict[str, str] = {{}}

def sentence(name: str) -> Markdown:
    return markdown("{{name}}", name=name)

def titles() -> dict[str, Markdown]:
    return {{}}

def others() -> dict[str, str]:
    return {{}}

def plain(name: str) -> str:
    return name

def show(name: str, names: list[str], words: Markdown, text: str | Markdown, share: float, count: int):
    {line}
"""


@pytest.mark.parametrize("line", GOOD)
def test_what_is_ours_or_escaped_may_be_shown(line: str) -> None:
    assert complaints_of(line) == []


@pytest.mark.parametrize("line", BAD)
def test_what_goes_around_markdown_is_named(line: str) -> None:
    assert complaints_of(line)
