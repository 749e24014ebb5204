"""A photo at another size is another picture: whoever has drawn on the first is told, and led back to it."""

from __future__ import annotations

import streamlit as st

from core.annotation.store import OpenCorrection
from core.photos.photo import Photo
from pages.widgets.annotate.sets import address
from pages.widgets.segmentation.sizes import choose_size, size_for
from pages.widgets.shared.markdown import markdown


def say_of_other_sizes(correction: OpenCorrection, photo: Photo, model: str) -> None:
    """Say where the drawing is, while nothing is drawn at this size. model: whose sizes can be chosen."""
    if correction.reviewed or not correction.at_other_sizes:
        return
    last = correction.at_other_sizes[0]
    there = markdown("{width} x {height}", width=last.width, height=last.height)
    height, width = correction.start.shape
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="other_sizes"):
        st.markdown(
            markdown(
                ":material/inventory_2: What you drew on this photo is saved at {there} pixels. At {width} x "
                "{height} you begin anew: a mask fits one size only.",
                there=there,
                width=width,
                height=height,
            ),
            width="stretch",
        )
        name = size_for(max(last.height, last.width), max(photo.height, photo.width), model)
        back = markdown("Go back to {there}", there=there)
        if name is not None:
            st.button(back, icon=":material/undo:", on_click=choose_size, args=(name,), key="back_to_size")
            return
        # Of a model that works at a size of its own, which cannot be chosen now.
        st.page_link(
            "pages/annotate.py",
            label=back,
            icon=":material/undo:",
            query_params=address(correction.set_name, last),
        )
