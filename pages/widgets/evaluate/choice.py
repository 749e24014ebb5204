"""What the Evaluate page evaluates: one or two models, and which of a data set's frames."""

from __future__ import annotations

import streamlit as st

from core.datasets import SPLITS, Split
from core.datasets.listing import LEAVES_OUT, STOPS
from core.errors import ModelError
from core.languages import filled, ngettext
from core.languages import gettext as _
from core.models.store import list_models, read_card
from core.segmentation.sizes import size_called
from core.training.recipes.trained import trained_size
from pages.widgets.data.frame_filter import SPLIT_TITLES
from pages.widgets.evaluate.job import Task
from pages.widgets.segmentation.models import missing_models, model_picker
from pages.widgets.segmentation.sizes import evaluation_size
from pages.widgets.shared.dataset_state import SPLIT
from pages.widgets.shared.datasets import OpenedSet, choose_dataset
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import markdown

_MODEL, _OTHER = "model", "other"


def choose_frames() -> OpenedSet:
    """The chosen data set; warns when some of its pictures are left out.

    The script ends here when the data set's lists leave its split in doubt.
    """
    opened = choose_dataset()
    if doubts := opened.messages(STOPS):
        st.error(
            markdown("{first} The Data page's Check tab lists every problem.", first=doubts[0]),
            title=_("The split is in doubt"),
            icon=":material/rule:",
        )
        st.stop()
    if left_out := opened.messages(LEAVES_OUT):
        pictures = ngettext("{count} picture", "{count} pictures", len(left_out))
        st.warning(
            markdown(
                "Left out: {pictures}. {first} The Data page's Check tab lists every problem.",
                pictures=filled(pictures, count=len(left_out)),
                first=left_out[0],
            ),
            icon=":material/hide_image:",
        )
    return opened


def choose_tasks(opened: OpenedSet) -> list[Task]:
    """One task for each chosen model; the script ends here when no model can be read."""
    if not list_models():
        st.info(
            _("There is no model on this machine. Train one, or restore the one that comes with StreetScope.")
        )
        st.stop()
    missing = missing_models(_MODEL, _OTHER)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = model_picker(key=_MODEL)
        other = _other_model(model)
        split = _split(opened)
    size = evaluation_size([name for name in (model, other) if name])
    for name in missing:
        st.warning(
            markdown(
                "The model {name} no longer exists; these are the figures of {model}.",
                name=name[:80],
                model=model,
            ),
            icon=":material/search_off:",
        )
    if split != "valid" and split != "test" and opened.dataset.train:
        st.caption(
            _(
                ":material/info: A model may have learnt from the training frames. Its figures on them say "
                "little about pictures that it has never seen."
            )
        )
    tasks = []
    for name in [model, other] if other else [model]:
        try:
            card = read_card(name)
            longest = size_called(size, trained_size(card), unknown="full").pixels
            tasks.append(Task(card, opened.scaled_to(longest), split))
        except ModelError as error:
            show_error(error, markdown("{model} cannot be used", model=name))
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
        _("Compare with"),
        others,
        index=None,
        key=_OTHER,
        bind="query-params",
        placeholder=_("no second model"),
    )


def _split(opened: OpenedSet) -> Split:
    offered: list[Split] = [split for split in SPLITS if opened.dataset.frames(split)]
    default: Split = next(split for split in ("valid", "test", "train") if split in offered)
    if len(offered) > 1:
        offered.append("all")
    chosen: Split = st.segmented_control(
        _("Frames"),
        offered,
        default=default,
        format_func=lambda split: _(SPLIT_TITLES[split]),
        required=True,
        key=SPLIT,
        bind="query-params",
        help=_(
            "Evaluate a model on frames that it did not learn from: on the validation frames while you work "
            "on it, on the test frames at the very end."
        ),
    )
    return chosen
