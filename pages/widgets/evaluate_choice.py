"""What the Evaluate page measures: one or two models, and which of a data set's frames."""

from __future__ import annotations

import streamlit as st

from core.datasets import SPLITS, Split
from core.errors import ModelError
from core.modelstore import list_models, read_card
from pages.widgets.dataset_gallery import SPLIT_TITLES
from pages.widgets.dataset_state import SPLIT
from pages.widgets.datasets import OpenedSet
from pages.widgets.evaluate_job import Task
from pages.widgets.models import model_picker

_OTHER = "other"


def choose_tasks(opened: OpenedSet) -> list[Task]:
    """One task for each model chosen; the script ends here where there is no model that can be read."""
    if not list_models():
        st.info("There is no model on this machine to measure; train one, or restore the shipped one.")
        st.stop()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = model_picker()
        other = _other_model(model)
        split = _split(opened)
    if split != "valid" and split != "test" and opened.dataset.train:
        st.caption(
            ":material/info: A model may have learnt from training frames. What it reaches on them says "
            "little about pictures that it never saw."
        )
    tasks = []
    for name in [model, other] if other else [model]:
        try:
            tasks.append(Task(read_card(name), opened, split))
        except ModelError as error:
            st.error(str(error), title=f"{name} cannot be used", icon=":material/error:")
    if not tasks:
        st.stop()
    return tasks


def _other_model(model: str) -> str | None:
    others = [name for name in list_models() if name != model]
    if not others:
        return None
    if st.session_state.get(_OTHER) not in others:
        st.session_state.pop(_OTHER, None)
    return st.selectbox(
        "Compare with",
        others,
        index=None,
        key=_OTHER,
        bind="query-params",
        placeholder="no second model",
    )


def _split(opened: OpenedSet) -> Split:
    offered: list[Split] = [split for split in SPLITS if opened.dataset.frames(split)]
    default: Split = next(split for split in ("valid", "test", "train") if split in offered)
    if len(offered) > 1:
        offered.append("all")
    chosen: Split = st.segmented_control(
        "Frames",
        offered,
        default=default,
        format_func=lambda split: SPLIT_TITLES[split],
        required=True,
        key=SPLIT,
        bind="query-params",
        help="How good a model is is measured on frames it did not learn from: validation while one works on "
        "it, test at the very end.",
    )
    return chosen
