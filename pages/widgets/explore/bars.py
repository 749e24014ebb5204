"""Probabilities as bars in plain HTML: a charting library would rebuild its chart at every click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.segmentation.reading import ClassProbability
from pages.widgets.shared.html import Html, html, joined_html

_LEAST = 0.0005
"""The least probability shown: less would read 0.0 %."""


def class_bars(classes: Sequence[ClassProbability], colours: Mapping[str, Sequence[int]]) -> None:
    """A bar for each class, in its colour, with its probability. colours: (red, green, blue), 0..255."""
    shown = [best for best in classes if best.probability >= _LEAST] or classes[:1]
    rows = joined_html(_row(best, colours[best.name]) for best in shown)
    st.html(
        html(
            '<dl style="display:grid;grid-template-columns:max-content 1fr;gap:0.4rem 0.75rem;'
            'align-items:center;margin:0 0 0.5rem;font-size:0.875rem">{rows}</dl>',
            rows=rows,
        )
    )


def _row(best: ClassProbability, colour: Sequence[int]) -> Html:
    return html(
        '<dt style="font-weight:400">{name}</dt>'
        '<dd style="display:flex;align-items:center;gap:0.5rem;margin:0">'
        '<span aria-hidden="true" style="background:{swatch};width:{width:.1f}%;min-width:2px;height:1.25rem;'
        'border:1px solid rgb(128 128 128 / 70%);box-sizing:border-box"></span>'
        "<span>{probability:.1%}</span></dd>",
        name=best.name,
        swatch="rgb({},{},{})".format(*colour),
        width=84 * best.probability,  # 16 % of the width is for the figure beside the longest bar
        probability=best.probability,
    )
