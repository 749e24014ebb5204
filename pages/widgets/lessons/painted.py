"""What a step shows as a plain picture, without any controls: for the wall, a phone, and beside a viewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.classroom.records import Click
from core.classroom.reports.click_map import click_map
from core.languages import gettext as _
from core.lessons.keys.look import Look
from core.lessons.lesson import Question, Shows
from core.lessons.pictures import colour_words, painted, pieces
from core.models.store import read_card
from core.photos import images
from pages.widgets.shared.markdown import markdown

QUALITY = 90
"""Of a JPEG: a fifth of a PNG's bytes, and labels without any visible fringe."""


def show_painted(shows: Shows, question: Question | None, photo: str, look: Look, *, revealed: bool) -> None:
    """Draw a photo as a step shows it, with the pixel that it is about; ModelError, LessonError, ImageError.

    revealed: whether to show what the answer to the question says.
    """
    weights = read_card(look.model).weights_sha256
    key_parts = (repr(shows), repr(question), photo, look.model, weights)
    seen = _painted(key_parts, shows, photo, look, question, revealed=revealed)
    words = colour_words(shows, question, photo, revealed=revealed)
    caption = markdown("{words}", words=_(words)) if words else None
    st.image(seen, caption, alt=_("The picture of this step"), width="stretch")


def show_pair(shows: Shows, photo: str, look: Look, pair: Sequence[str], width: int) -> None:
    """Draw what two networks say of a photo, side by side; errors as for `show_painted`.

    pair: their names. width: of each picture, in CSS pixels.
    """
    classes = replace(shows, view="overlay", row=None)
    with st.container(horizontal=True, gap="small"):
        for model in pair:
            key_parts = (photo, model, read_card(model).weights_sha256)
            seen = _painted(key_parts, classes, photo, replace(look, model=model), None, revealed=True)
            words = markdown("What {model} says of it", model=model)
            st.image(seen, words, alt=words, width=width)


def show_pieces(shows: Shows, width: int) -> None:
    """Draw small squares of the photo, enlarged, each with its number. width: of each, in CSS pixels."""
    with st.container(horizontal=True, gap="small"):
        for number, each in enumerate(pieces(shows), start=1):
            words = markdown("Piece {number}", number=number)
            st.image(each, words, width=width, alt=words)


@st.cache_resource(max_entries=128, show_spinner=False)
def _painted(
    key_parts: tuple[str, ...],
    _shows: Shows,
    _photo: str,
    _look: Look,
    _question: Question | None,
    *,
    revealed: bool,
) -> bytes:
    """A JPEG, made once: the wall draws itself every second, and thirty phones want it at the same moment.

    key_parts, revealed: what the result depends on.
    """
    seen = painted(_shows, _photo, _look, _question, revealed=revealed)
    if _shows.row is not None and _shows.col is not None and not _shows.instead:
        height, width = seen.shape[:2]
        here = Click(min(_shows.row, height - 1), min(_shows.col, width - 1), height, width, correct=True)
        seen = click_map(seen, [here], revealed=False)
    return images.encode_jpeg(seen, QUALITY)
