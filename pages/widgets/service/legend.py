"""The colours of a mask that came back, by name."""

from __future__ import annotations

import streamlit as st

from core.errors import ModelError
from core.models.store import read_card
from pages.widgets.shared.html import html, joined_html


def legend(model: str) -> None:
    """Each class of a model with its colour; nothing if the model is gone by now."""
    try:
        classes = read_card(model).class_list.classes
    except ModelError:
        return
    st.html(
        joined_html(
            html(
                "<span style='display:inline-block;margin-right:1em'><span style='display:inline-block;"
                "width:.8em;height:.8em;border:1px solid gray;margin-right:.35em;"
                "background:rgb({red},{green},{blue})'></span>{name}</span>",
                red=each.colour[0],
                green=each.colour[1],
                blue=each.colour[2],
                name=each.name,
            )
            for each in classes
        )
    )
