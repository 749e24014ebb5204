"""The Epochs tab: fastai's table of a run, and its weights as a model for the other pages."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from core.datasets.layouts.opening import open_dataset
from core.errors import StreetScopeError
from core.file_names import file_name, identifier
from core.jobs import Job
from core.languages import filled
from core.languages import gettext as _
from core.photos import images
from core.reports import tables
from core.reports.run_tables import epoch_of, epoch_rows, size_words
from core.training.runs.records import Epoch, RunSummary, checkpoints, read_history, read_run
from pages.widgets.photos.input import add_photo
from pages.widgets.photos.visitor_session import visitor_session
from pages.widgets.runs.state import refresh
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.figures import heads, in_percent, in_table
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.guests import host_only
from pages.widgets.shared.jobs import jobs, watch
from pages.widgets.shared.markdown import markdown

_ROWS = 14
_ROW_PIXELS = 35

Published = tuple[str, str]
"""A model's name, and how good it is in words."""


def epochs(run: RunSummary) -> None:
    """Draw the table, again and again while the run is training, and the form that publishes."""
    if run.task != "train":
        st.caption(_("This run only searched for a learning rate: it has no epochs."))
        return
    fragment(_table, every=refresh(run))(run.id)
    st.subheader(_("Use a checkpoint as a model"), anchor=False)
    if host_only(_("publish a model")):
        _publishing(run)


def _table(run: str) -> None:
    try:
        view = read_run(run)
    except StreetScopeError:
        return  # the header shows the error
    if not view.history:
        st.caption(_("No epoch has ended yet."))
        return
    rows = epoch_rows(view.history, view.recipe, view.checkpoints)
    best = next(number for number, row in enumerate(rows) if row["best"])
    marked = pd.DataFrame(rows).style.apply(
        lambda row: ["background-color: rgba(44, 160, 44, 0.18)" * (row.name == best)] * len(row), axis=1
    )
    marked = in_table(marked, ".4f", "train_loss", "valid_loss")
    st.dataframe(
        in_percent(marked, "acc_camvid", "mean_iou"),
        hide_index=True,
        placeholder="",
        height=_ROW_PIXELS * (min(len(rows), _ROWS) + 1) + 3,
        column_config=heads(rows[0], {"best": st.column_config.TextColumn(width=50)}),
        key="epoch_table",
        alt=filled(
            _(
                "Table of {count} epochs: losses, pixel accuracy, mean IoU and time. The best is {stage} "
                "{epoch} with {acc_camvid:.1%} pixel accuracy."
            ),
            count=len(rows),
            stage=rows[best]["stage"],
            epoch=rows[best]["epoch"],
            acc_camvid=rows[best]["acc_camvid"],
        ),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            _("CSV"),
            lambda: tables.to_csv(rows),
            f"{file_name(run)}-epochs.csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption(
            markdown(
                "★ marks the highest pixel accuracy at the latest stage's size, {size}. *kept as* names the "
                "epoch's checkpoint, if any: `best` has the highest mean IoU of the last stage.",
                size=size_words(view),
            )
        )


def _publishing(run: RunSummary) -> None:
    job: Job[Published] | None = jobs().find(("publish", run.id))
    if job is not None and job.state == "running":
        watch(job, markdown("Publishing the model"), "publish", cancel=False)
    else:
        _publish_again(run, job)


@fragment
def _publish_again(run: RunSummary, job: Job[Published] | None) -> None:
    """The result of the last publishing, and the form."""
    if job is not None:
        _show_outcome(run, job)
    kept = checkpoints(run.id)
    if not kept:
        st.caption(_("There is no checkpoint yet. The first one is saved when the first epoch ends."))
        return
    _form(run, kept)


def _form(run: RunSummary, kept: Sequence[str]) -> None:
    history = read_history(run.id)
    with st.form("publish_form", border=False):
        left, right, end = st.columns([3, 3, 2], vertical_alignment="bottom")
        checkpoint = left.selectbox(
            _("Weights"),
            kept,
            key="publish_checkpoint",
            format_func=lambda name: _words(name, history),
            help=_(
                "A run keeps the last weights of each stage and the best of the last stage, and those of "
                "every epoch if the recipe says so."
            ),
        )
        name = right.text_input(
            _("Model name"),
            identifier(run.title, "model"),
            max_chars=64,
            key="publish_name",
            help=_("Letters, digits, hyphens and underscores."),
        )
        pressed = end.form_submit_button(
            _("Use as a model"), type="primary", icon=":material/deployed_code:", width="stretch"
        )
        replace = st.checkbox(_("Replace an existing model of this name"), key="publish_replace")
    st.caption(
        _(
            "The model is first evaluated on the validation pictures, at the size at which it was trained. "
            "Its card and Explore use that size too, so the figures stay what they are here."
        )
    )
    if pressed and _begin(run, checkpoint, name.strip(), replace):
        st.rerun()


def _begin(run: RunSummary, checkpoint: str, name: str, replace: bool) -> bool:
    """Check the name and start; returns whether publishing started."""
    with st.spinner(_("Checking the model store")):
        from core.reports.model_words import accuracy_words
        from core.training.control.publish import check_model_name, publish_run
    try:
        check_model_name(name, replace)
    except StreetScopeError as error:
        show_error(error)
        return False

    def work(job: Job[Published]) -> Published:
        card = publish_run(run.id, checkpoint, name, replace, job.tell)
        return card.name, accuracy_words(card)

    jobs().start(("publish", run.id), work)
    return True


def _words(checkpoint: str, history: Sequence[Epoch]) -> str:
    epoch = epoch_of(checkpoint, history)
    if epoch is None:
        return checkpoint
    return filled(
        _("{checkpoint}: {stage} {epoch}, mean IoU {mean_iou:.1%}"),
        checkpoint=checkpoint,
        stage=epoch.stage,
        epoch=epoch.epoch,
        mean_iou=epoch.mean_iou,
    )


def _show_outcome(run: RunSummary, job: Job[Published]) -> None:
    if job.state != "finished":
        show_error(job.error, markdown("The model was not published"))
        return
    model, accuracy = job.result
    words = markdown("**{model}** is in the model store. It {accuracy}", model=model, accuracy=accuracy)
    st.success(words, icon=":material/check:")
    if st.button(
        markdown("Open {model} in Explore", model=model),
        icon=":material/travel_explore:",
        key="open_in_explore",
        help=_("With a validation picture of its data set, at the size at which it was trained."),
    ):
        _send_to_explore(run)
        st.switch_page("pages/explore.py", query_params={"model": model})


def _send_to_explore(run: RunSummary) -> None:
    """Put a picture on Explore that the model can be expected to know; without one, any photo will do."""
    with contextlib.suppress(StreetScopeError):
        dataset = open_dataset(Path(run.data))
        frame = dataset.valid[0]
        photo = images.encode_png(dataset.read_image(frame))
        credit = _("a validation picture of {name}: the page's address does not include it").format(
            name=dataset.name
        )
        mine = visitor_session()
        mine.look_at_own(add_photo(mine, f"{frame.name}.png", photo, credit))
