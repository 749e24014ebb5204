"""How a model learnt that a question is about: two curves, for the wall and for one student."""

from __future__ import annotations

import streamlit as st

from core.languages import gettext as _
from core.lessons.keys.learning import history_of
from core.models.store import list_models


def has_curves(model: str) -> bool:
    """Whether a name is that of a model whose training left enough epochs to draw."""
    return model in list_models() and history_of(model) is not None


def show_curves(model: str) -> None:
    """Draw the training loss and the mean IoU on validation frames, epoch by epoch."""
    history = history_of(model)
    if history is None:
        return
    epoch, loss, score = _("epoch"), _("training loss"), _("mean IoU on other pictures")
    curves = {
        epoch: [each.epoch for each in history],
        loss: [each.train_loss for each in history],
        score: [each.mean_iou for each in history],
    }
    st.line_chart(curves, x=epoch, y=[loss, score], y_label="", height=360)
