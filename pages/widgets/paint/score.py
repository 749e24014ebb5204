"""The score while one paints: pixel accuracy, mean IoU, and each class's IoU."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.grading.frames import CLASSES
from core.grading.grade import Grade
from core.languages import class_name
from core.languages import gettext as _
from pages.widgets.shared.figures import for_bars
from pages.widgets.shared.markdown import markdown

_BAR = st.column_config.ProgressColumn(min_value=0, max_value=1, step=0.001, format="percent", width="small")
"""A share as a bar, narrow enough that a phone shows two of them."""

_METRIC = 172
"""Width of a figure in pixels, as on Evaluate."""


def show_score(found: Grade) -> None:
    """The two figures, and how much has no class yet."""
    figures = (
        (
            markdown("Pixel accuracy"),
            markdown("{share:.1%}", share=found.accuracy),
            markdown("of the pixels are right"),
        ),
        (
            markdown("Mean IoU"),
            markdown("{iou:.1%}", iou=found.mean_iou),
            markdown("over {count} classes", count=found.classes_in_mean),
        ),
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="score"):
        for label, value, word in figures:
            st.metric(label, value, word, delta_color="off", delta_arrow="off", width=_METRIC)
        st.caption(
            markdown("{share:.1%} of the pixels have no class yet and count as wrong.", share=found.left_out),
            width="content",
        )


def show_classes(yours: Grade, network: Grade | None) -> None:
    """The IoU of each class that occurs in the truth. network: its grade, if it is to be seen."""
    you, other = _("your IoU"), _("the network's IoU")
    columns = [(you, yours.ious)] + ([] if network is None else [(other, network.ious)])
    rows: list[dict[str, Any]] = [
        {_("class"): class_name(name)} | {column: values[number] for column, values in columns}
        for number, name in enumerate(CLASSES.names)
        if not np.isnan(yours.ious[number])
    ]
    names = [column for column, _values in columns]
    st.dataframe(
        for_bars(rows, *names),
        hide_index=True,
        placeholder="",
        height="content",
        column_config=dict.fromkeys(names, _BAR),
        key="table_paint",
        alt=_("The IoU of each class that occurs in the truth."),
    )
    st.caption(
        _(
            "IoU: the pixels that both the truth and you give a class, divided by those that either of you "
            "gives it. Some pixels have none of these classes in the truth, such as those of the car's own "
            "bonnet: they count for nobody."
        )
    )
