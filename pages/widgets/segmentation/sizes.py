"""Choosing the size at which a photo is segmented."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import ModelError
from core.languages import gettext as _
from core.models.store import read_card
from core.segmentation.sizes import (
    LARGEST_SIZE,
    SIZES,
    TRAINED,
    WorkingSize,
    size_called,
    trained_working_size,
)
from core.training.recipes.trained import trained_size
from pages.widgets.shared.markdown import Markdown, escape, joined, markdown

_KEY = "size"
_USUAL = "512"
"""For a model of which nobody knows at which size it was trained."""


def _help() -> Markdown:
    return markdown(
        "The photo's longer side in pixels while it is segmented. A larger size finds smaller things and "
        "takes longer; Full is the photo's own size, up to 2048."
    )


def _frames_help() -> Markdown:
    return markdown(
        "The longer side in pixels of the frames while they are segmented; their true classes are scaled "
        "with them. Full is each frame's own size."
    )


def _trained_help() -> Markdown:
    return markdown(
        "As trained is the size of the pictures that the model learnt from: it knows things as large as "
        "they are there."
    )


def size_picker(model: str) -> WorkingSize:
    """Let the visitor choose a working size for a model, in one small box.

    The size at which it was trained is the first and the default, if it is known.
    """
    trained = size_trained_at(model)
    names = [name for name, size in SIZES.items() if not size.square]
    if trained is not None:
        names.insert(0, TRAINED)

    def title(name: str) -> Markdown:
        size = SIZES[name] if name != TRAINED or trained is None else trained_working_size(trained)
        return escape(_(size.title))

    row = st.container(
        horizontal=True,
        wrap=False,
        vertical_alignment="center",
        gap="xsmall",
        width="content",
        key="compact_size",
    )
    with row:
        explained = _help() if trained is None else joined(" ", (_help(), _trained_help()))
        st.caption(_("Size"), help=explained, width="content")
        chosen = st.selectbox(
            _("Working size"),
            names,
            names.index(_USUAL if trained is None else TRAINED),
            format_func=title,
            key=_KEY,
            bind="query-params",
            label_visibility="collapsed",
            filter_mode=None,  # a phone would show its keyboard
            width=150,
        )
    return size_called(chosen, trained)


def size_for(wanted: int, longest: int, model: str) -> str | None:
    """The name of the size in `size_picker` that scales `longest` pixels to `wanted`; None if there is none.

    longest: of the photo's own longer side.
    """
    trained = size_trained_at(model)
    names = [*([TRAINED] if trained else []), *(name for name, size in SIZES.items() if not size.square)]
    for name in names:
        if (size_called(name, trained).pixels or min(longest, LARGEST_SIZE)) == wanted:
            return name
    return None


def choose_size(name: str) -> None:
    """Choose another size in the picker; call it before that is drawn, as from a button's callback."""
    st.session_state[_KEY] = name


def evaluation_size(models: Sequence[str]) -> str:
    """Let the visitor choose the size at which models are evaluated; its name, for `size_called`.

    At the size at which each was trained, if one of them says it: that is when it is at its best.
    """
    trained = {size for model in models if (size := size_trained_at(model))}
    names = [*[TRAINED][: len(trained)], *(name for name, size in SIZES.items() if not size.square)]

    def title(name: str) -> Markdown:
        if name != TRAINED:
            return escape(_(SIZES[name].title))
        if len(trained) > 1:
            return markdown("As trained")
        return escape(trained_working_size(next(iter(trained))).title)

    chosen: str = st.segmented_control(
        _("Working size"),
        names,
        default=names[0] if trained else "full",
        format_func=title,
        required=True,
        key=_KEY,
        bind="query-params",
        help=joined(" ", (_frames_help(), _trained_help())) if trained else _frames_help(),
    )
    return chosen


def size_trained_at(model: str) -> tuple[int, int] | None:
    """The (height, width) at which a model was trained; None if nobody knows, or it cannot be read."""
    try:
        return trained_size(read_card(model))
    except ModelError:
        return None  # the page says so where it uses the model
