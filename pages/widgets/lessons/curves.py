"""How a model learnt that a question is about: two curves, for the wall and for one student."""

from __future__ import annotations

import streamlit as st

from core.languages import gettext as _
from core.lessons.keys.learning import history_of
from core.models.store import list_models
from core.reports.run_charts import BLUE, ORANGE

_LETTERS = 16
"""Pixels of the type, which is to be read from a wall too."""


def has_curves(model: str) -> bool:
    """Whether a name is that of a model whose training left enough epochs to draw."""
    return model in list_models() and history_of(model) is not None


def show_curves(model: str) -> None:
    """Draw the training loss and the mean IoU on validation frames, epoch by epoch."""
    history = history_of(model)
    if history is None:
        return
    # Here, since most steps draw none of it.
    import altair

    loss, score = _("training loss"), _("mean IoU on other pictures")
    rows = [
        {"epoch": each.epoch, "value": value, "curve": curve}
        for each in history
        for curve, value in ((loss, each.train_loss), (score, each.mean_iou))
    ]
    legend = altair.Legend(
        title=None, orient="bottom", columns=1, labelLimit=600, labelFontSize=_LETTERS, symbolSize=400
    )
    axis = altair.Axis(labelFontSize=_LETTERS, titleFontSize=_LETTERS, tickMinStep=1)
    chart = (
        altair.Chart(altair.Data(values=rows))  # type: ignore[no-untyped-call]
        # The sentence beside it says what it shows: Vega would call each line a picture without a name.
        .mark_line(strokeWidth=3, aria=False)
        .encode(
            x=altair.X("epoch:Q", title=_("epoch"), axis=axis),
            y=altair.Y("value:Q", title=None, axis=altair.Axis(labelFontSize=_LETTERS)),
            color=altair.Color("curve:N", legend=legend, scale=altair.Scale(range=[BLUE, ORANGE])),
            strokeDash=altair.StrokeDash("curve:N", legend=legend),
        )
    )
    st.altair_chart(chart, width="stretch", height=360)
