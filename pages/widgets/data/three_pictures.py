"""Truth, prediction and errors of a frame as three linked pictures."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.languages import gettext as _
from pages.widgets.data.truth import truth_viewer
from pages.widgets.segmentation.models import class_marks
from pages.widgets.segmentation.predictions import Prediction
from pages.widgets.shared.markdown import markdown
from pages.widgets.viewer.pixel_viewer import ViewerPicture, linked_toolbar


def three_pictures(
    key: str,
    frame: str,
    truth: ViewerPicture,
    model: str,
    prediction: Prediction,
    *,
    tools: AbstractContextManager[object] | None = None,
) -> DeltaGenerator:
    """Show the three in two rows; returns the fourth place, which is free.

    key: of the viewers' state. frame: its name. tools: where the toolbar goes; above the pictures without it.
    """
    with tools or nullcontext():
        linked_toolbar(
            key,
            views=("photo", "overlay", "mask", "confidence"),
            subject=frame,
            label=_("View of all three pictures"),
        )
    places = [*st.columns(2, gap="medium"), *st.columns(2, gap="medium")]
    pictures = {
        _("Truth"): truth,
        _("What {model} predicts").format(model=model): prediction.picture,
        _("Where it is wrong"): prediction.error_picture,
    }
    for number, (place, (title, picture)) in enumerate(zip(places, pictures.items(), strict=False)):
        with place:
            st.markdown(markdown("##### {title}", title=title), anchors=False)
            truth_viewer(
                picture,
                f"{key}_{number}",
                f"{frame}: {title.lower()}",
                link=key,
                subject=frame,
                marks=class_marks(model) if picture is prediction.picture else {},
            )
    return places[-1]
