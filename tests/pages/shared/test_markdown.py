"""Strangers' text as Markdown: what `escape` writes; what browsers show of it is tested in a browser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pages.widgets.shared.html import Html, html, joined_html
from pages.widgets.shared.markdown import Markdown, escape, joined, markdown, prose, with_code
from tests.browser.hostile import hostile

COMMONMARK = MarkdownIt("gfm-like", {"linkify": False})


def elements(text: Markdown) -> set[str]:
    """The kinds of elements that a CommonMark parser with GitHub's tables and strikethrough finds."""
    found = COMMONMARK.parse(text)
    return {token.type for each in found for token in (each, *(each.children or ()))}


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_one_paragraph_of_text(text: str) -> None:
    assert elements(escape(text)) <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}


@pytest.mark.parametrize("text", hostile("127.0.0.1:8798"))
def test_hostile_text_is_one_paragraph_of_text(text: str) -> None:
    assert elements(escape(text)) <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}


@pytest.mark.parametrize(
    "name",
    ["fine-tune", "street-lite0", "0001TP_006690.png", "Column_Pole", "CamVid (2)", "half, 50 %", "a, b; c"],
)
def test_usual_names_are_written_as_they_are(name: str) -> None:
    """They stand in addresses as the pickers show them."""
    assert escape(name) == name


def test_a_bare_address_is_cut_into_pieces() -> None:
    assert escape("http://a.b") == r"http:color[\:]//a.b"
    assert escape("www.a.b") == "ww:color[w].a.b"
    assert escape("me@a.b") == r"me:color[\@]a.b"


def test_line_breaks_become_spaces() -> None:
    assert escape("one\r\n\n# two") == r"one   \# two"


def test_what_cannot_be_seen_is_named() -> None:
    assert escape("a\u202eb\x1bc\udcffd") == r"a\[U+202E\]b\[U+001B\]c\[U+DCFF\]d"


def test_what_words_are_written_with_stays() -> None:
    word = "\u0645\u06cc\u200c\u062e \U0001f469\u200d\U0001f33e"
    assert escape(word) == word


def test_the_fields_of_a_sentence_are_escaped_and_its_own_marks_stay() -> None:
    assert markdown("No run **{run}**.", run="*x*") == r"No run **\*x\***."


def test_numbers_in_a_sentence_keep_their_format() -> None:
    assert markdown("{share:.1%} of {count:,}", share=0.5, count=1234) == "50.0% of 1,234"


def test_markdown_within_a_sentence_stays() -> None:
    assert markdown("{a} and {b}", a=markdown("**{x}**", x="_"), b="**") == r"**\_** and \*\*"


def test_a_field_is_a_plain_name() -> None:
    with pytest.raises(KeyError):
        markdown("{run.title}", run="x")


def test_markdown_is_made_of_markdown_only() -> None:
    assert type(joined(", ", [escape("a"), escape("b")])) is Markdown
    assert type(escape("a") + "b") is str
    assert type(f"{escape('a')}") is str


def test_names_between_backticks_are_code() -> None:
    assert with_code("`find`, or *x*") == r"`find`\, or \*x\*"


def test_html_escapes_its_fields() -> None:
    row = html('<b title="{name}">{name}</b>', name='"<i>')
    assert row == '<b title="&quot;&lt;i&gt;">&quot;&lt;i&gt;</b>'
    assert joined_html([row, html("{row}", row=row)]) == row + row
    assert type(html("{row}", row=row)) is Html


PROSE = {
    *("paragraph_open", "paragraph_close", "inline", "text", "text_special", "softbreak", "hardbreak"),
    *("strong_open", "strong_close", "em_open", "em_close", "code_inline"),
    *("bullet_list_open", "bullet_list_close", "ordered_list_open", "ordered_list_close"),
    *("list_item_open", "list_item_close"),
}
"""All that a lesson's words may become."""


def test_prose_shows_emphasis_code_and_lists() -> None:
    found = elements(prose("- **hits**, it is *one*\n- `IoU`\n\n1. Paint\n2. Save"))

    assert found >= {"strong_open", "em_open", "code_inline", "bullet_list_open", "ordered_list_open"}


@given(st.text(st.sampled_from("ab *`_-#>|![]()<1.~&\\\n"), max_size=40))
def test_prose_is_nothing_but_paragraphs_lists_and_emphasis(text: str) -> None:
    assert elements(prose(text)) <= PROSE


@pytest.mark.parametrize("text", hostile("127.0.0.1:8798"))
def test_hostile_prose_makes_no_links_pictures_or_headings(text: str) -> None:
    assert elements(prose(text)) <= PROSE
