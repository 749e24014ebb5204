"""What became of the files that a visitor added last: how many are there now, and why others are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.languages import filled, ngettext, translated
from core.languages import gettext as _
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.html import Html, html
from pages.widgets.shared.markdown import markdown

_SHOWN = 3
"""Errors shown at once; a zip can hold fifty bad files."""

_ADDED = "photos_added"


@dataclass(frozen=True)
class Added:
    """What became of the files of one upload.

    new: photos added. known: photos that were there already. refused: the other files, by name, and the
    reason for each. photos: the visitor's own, together. limit: how many a visitor may have.
    """

    new: int
    known: int
    refused: Sequence[tuple[str, str]]
    photos: int
    limit: int

    def sentence(self) -> str:
        """All counts in one sentence: "13 added, 2 refused: you have 13 photos of 24."."""
        parts = [filled(_("{count} added"), count=self.new)]
        if self.known:
            parts.append(filled(_("{count} already here"), count=self.known))
        if self.refused:
            parts.append(filled(_("{count} refused"), count=len(self.refused)))
        said = ngettext(
            "{what}: you have {count} photo of {limit}.",
            "{what}: you have {count} photos of {limit}.",
            self.photos,
        )
        return filled(said, what=", ".join(parts), count=self.photos, limit=self.limit)


def keep(what: Added) -> None:
    """Remember what became of the files, until others are added."""
    st.session_state[_ADDED] = what


def forget() -> None:
    """The visitor goes on to another photo, or removes one."""
    st.session_state.pop(_ADDED, None)


def news() -> Html:
    """The counts for the page's title; empty if nothing was added."""
    last: Added | None = st.session_state.get(_ADDED)
    return html("") if last is None else html("{sentence}", sentence=last.sentence())


def show_refused() -> None:
    """Show the errors of the last files added."""
    last: Added | None = st.session_state.get(_ADDED)
    refused = [] if last is None else last.refused
    for name, sentence in refused[:_SHOWN]:
        show_error(
            sentence, markdown("{file} cannot be used", file=translated(name)[:80]), ":material/broken_image:"
        )
    if len(refused) > _SHOWN:
        with st.expander(markdown("{count} more files cannot be used", count=len(refused) - _SHOWN)):
            st.dataframe(
                {
                    _("file"): [translated(each[0]) for each in refused[_SHOWN:]],
                    _("why"): [translated(each[1]) for each in refused[_SHOWN:]],
                },
                hide_index=True,
                alt=_("Files that cannot be used, and the reason for each."),
            )
