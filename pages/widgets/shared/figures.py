"""The one way to show accuracies, IoUs and the like in a table: as per cent with one decimal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from core.languages import gettext as _
from core.languages import mark
from pages.widgets.shared.markdown import markdown

BAR = st.column_config.ProgressColumn(min_value=0, max_value=100, format="%.1f%%")
"""A share as a bar, for a column that `for_bars` has multiplied."""


def column_names() -> dict[str, Any]:
    """What people read above columns that have fastai's names, as the files do."""
    return {
        name: st.column_config.Column(
            _(words), help=markdown("In files, and in fastai's own table: {name}", name=name)
        )
        for name, words in (
            ("train_loss", mark("training loss")),
            ("valid_loss", mark("validation loss")),
            ("acc_camvid", mark("pixel accuracy")),
            ("mean_iou", mark("mean IoU")),
        )
    }


def for_bars(rows: Sequence[dict[str, Any]], *columns: str) -> pd.DataFrame:
    """Rows as a table whose `columns`, shares in [0, 1], are per cent: Streamlit's bars know no other way."""
    frame = pd.DataFrame(rows)
    for column in columns:
        frame[column] = frame[column].astype(float) * 100
    return frame


def in_percent(table: pd.DataFrame | Styler, *columns: str, signed: bool = False) -> Styler:
    """A table that shows `columns`, shares in [0, 1], as per cent; its values stay what they are.

    signed: with a plus before what is above 0.
    """
    styler = table.style if isinstance(table, pd.DataFrame) else table
    return styler.format("{:+.1%}" if signed else "{:.1%}", subset=list(columns), na_rep="")
