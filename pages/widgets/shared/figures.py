"""The one way to show accuracies, IoUs and the like in a table: as per cent with one decimal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from core.languages import class_name, current, in_digits, mark
from core.languages import gettext as _
from pages.widgets.shared.markdown import markdown

_HEADS = frozenset(
    (
        *(
            mark("class"),
            mark("classes"),
            mark("true class"),
            mark("predicted"),
            mark("pixels"),
            mark("share"),
        ),
        *(mark("share of the true class"), mark("IoU"), mark("precision"), mark("recall"), mark("frequency")),
        *(mark("true pixels"), mark("predicted pixels"), mark("learnt from"), mark("figure")),
        *(mark("share at a boundary"), mark("accuracy at a boundary"), mark("accuracy inside")),
        *(mark("difference"), mark("from"), mark("to"), mark("probability"), mark("entropy"), mark("name")),
        *(
            mark("row"),
            mark("column"),
            mark("label"),
            mark("confidence"),
            mark("top classes"),
            mark("picture"),
        ),
        *(
            mark("photo"),
            mark("model"),
            mark("size"),
            mark("run"),
            mark("at"),
            mark("mean IoU"),
            mark("epochs"),
        ),
        *(mark("time"), mark("data"), mark("split"), mark("network"), mark("setting"), mark("differs")),
        *(mark("value"), mark("stage"), mark("epoch"), mark("kept as"), mark("best"), mark("whose")),
        *(mark("pixel accuracy"), mark("data set"), mark("frames"), mark("pictures"), mark("a batch")),
        *(mark("highest learning rate"), mark("it rises over"), mark("encoder"), mark("step")),
        *(mark("question"), mark("right answer"), mark("before"), mark("right before"), mark("after")),
        *(mark("right after"), mark("gain"), mark("process"), mark("running for"), mark("processor")),
        *(mark("memory"), mark("id"), mark("title"), mark("state"), mark("progress"), mark("recipe")),
        *(mark("started"), mark("trained"), mark("note"), mark("worker"), mark("busy")),
        *(mark("opens"), mark("rate"), mark("expires"), mark("made")),
    )
)
"""What columns are called: so in files, and above a table on a page in the visitor's language."""

_CLASSES = ("class", "true class", "predicted", "from", "to")
"""Columns of names of classes."""

_WORDS = ("learnt from", "state")
"""Columns of words of ours."""

BAR = st.column_config.ProgressColumn(min_value=0, max_value=1, step=0.001, format="percent")
"""A share in [0, 1] as a bar, with one decimal, for which there is a step."""


def heads(columns: Iterable[str], kinds: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """What people read above columns, as Streamlit's column configuration; the files have other names.

    kinds: the configuration of some of them, which may have a name of its own.
    """
    known = column_names() | {name: st.column_config.Column(_(name)) for name in columns if name in _HEADS}
    merged = dict(known)
    for name, kind in kinds.items():
        label = {"label": known[name]["label"]} if name in known and not kind.get("label") else {}
        merged[name] = kind | label
    return merged


def shown(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as people read them: the names of classes, and words of ours."""
    return [{column: _said(column, value) for column, value in row.items()} for row in rows]


def _said(column: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if column in _CLASSES:
        return class_name(value)
    return _(value) if column in _WORDS else value


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
    """Rows as a table whose `columns` are numbers, even where all are unknown."""
    return pd.DataFrame(rows).astype(dict.fromkeys(columns, float))


def in_percent(table: pd.DataFrame | Styler, *columns: str, signed: bool = False) -> Styler:
    """A table that shows `columns`, shares in [0, 1], as per cent; its values stay what they are.

    signed: with a plus before what is above 0.
    """
    styler = table.style if isinstance(table, pd.DataFrame) else table
    return in_table(styler, "+.1%" if signed else ".1%", *columns)


def in_table(styler: Styler, spec: str, *columns: str) -> Styler:
    """A table that shows numbers as the visitor's language writes them. spec: of Python's `format`."""
    return styler.format(partial(in_digits, spec=spec, language=current()), subset=list(columns), na_rep="")
