"""The Monitor tab: figures, curves, previews, machine and log of a run, refreshed while it is training."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial

import streamlit as st

from core.errors import StreetScopeError
from core.file_names import file_name
from core.languages import filled, mark
from core.languages import gettext as _
from core.reports import run_charts, tables
from core.reports.lr_find_charts import finder_chart
from core.reports.run_tables import batch_rows, class_words, data_name, epoch_rows, size_words
from core.training.recipes.recipe import Stage
from core.training.runs.batch_log import BatchCurves, BatchLog
from core.training.runs.lr_find_history import SUGGESTIONS
from core.training.runs.records import RunSummary, RunView, read_batches, read_run
from pages.widgets.runs.chart import draw
from pages.widgets.runs.machine import show_machine
from pages.widgets.runs.previews import film, show_previews
from pages.widgets.runs.state import refresh
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.markdown import Markdown, escape, markdown
from pages.widgets.shared.plots import saved_chart

_LOG_LINES = 12
_MEANINGS = (
    mark(
        "How wrong and how unsure the network is: in training on the pictures it learns from, in "
        "validation on pictures it never learns from. When only the training loss keeps falling, it learns "
        "by heart."
    ),
    mark(
        "Pixel accuracy (acc_camvid) is the share of pixels that get their true class, without Void. Mean "
        "IoU is the mean overlap of prediction and truth over the classes: poles count as much as the road."
    ),
    mark(
        "The learning rate is the size of the step that the weights take after each batch; momentum is how "
        "much of the earlier steps is kept."
    ),
    mark("How fast this machine trains. Other work on the machine shows here too."),
)
"""What each chart means."""


def monitor(run: RunSummary) -> None:
    """Draw a run, again and again while it is training; what people look at most comes first."""
    if run.task == "train":
        fragment(_learning, every=refresh(run))(run.id)
        film(run.id)
        fragment(_behind, every=refresh(run))(run.id)
    else:
        fragment(_finding, every=refresh(run))(run.id)


def _read(run: str) -> RunView | None:
    with contextlib.suppress(StreetScopeError):  # the header shows the error
        return read_run(run)
    return None


def _learning(run: str) -> None:
    """How good the network is by now, and what it predicts."""
    if (view := _read(run)) is None:
        return
    curves = _curves(view)
    if not curves.batches:
        st.caption(_("Figures, curves and pictures appear after the first batch."))
        return
    _show_figures(view, curves)
    show_previews(view)


def _behind(run: str) -> None:
    """How it got there: curves, the learning-rate finder's too, the machine and the log."""
    if (view := _read(run)) is None:
        return
    curves = _curves(view)
    if curves.batches:
        _show_curves(view, curves)
    if view.finders:
        with st.expander(_("Learning-rate finder"), on_change="rerun", key="finders") as opened:
            if opened.open:
                _show_finders(view)
    show_machine(view)
    _show_log(view)


def _finding(run: str) -> None:
    if view := _read(run):
        _show_finders(view)
        show_machine(view)
        _show_log(view)


def _show_finders(view: RunView) -> None:
    for finder in view.finders:
        st.markdown(markdown("**Learning-rate finder, {stage}**", stage=finder.stage))
        saved_chart(
            finder_chart(finder),
            file_name(f"{view.summary.id}-finder-{finder.stage}"),
            filled(
                _("Curve: the loss at each of {count} learning rates tried for {stage}."),
                count=len(finder.points),
                stage=finder.stage,
            ),
            f"finder_{finder.stage}",
        )
        if finder.suggestions:
            known = [SUGGESTIONS[name] for name in finder.suggestions if name in SUGGESTIONS]
            st.caption(escape("; ".join(f"{label}: {meaning}" for label, meaning, _ in known) + "."))


def _plan(view: RunView) -> list[Stage]:
    return [view.recipe.stage(name) for name in view.settings.stages]


def _curves(view: RunView) -> BatchCurves:
    status = view.summary.status
    log = _batch_log(view.summary.id, view.summary.created)
    return log.curves(_plan(view), {status.stage: status.batches})


def _show_curves(view: RunView, curves: BatchCurves) -> None:
    plan = _plan(view)
    charts = (
        run_charts.loss_chart(view.history, curves, plan),
        run_charts.accuracy_chart(view.history, plan),
        run_charts.schedule_chart(curves, plan),
        run_charts.speed_chart(curves, plan),
    )
    columns = [*st.columns(2, gap="medium"), *st.columns(2, gap="medium")]
    for column, chart, words, alt in zip(columns, charts, _MEANINGS, _alts(view, curves), strict=True):
        with column:
            draw(chart, f"{chart.title.split()[0].lower()}_chart", alt)
            st.caption(markdown("{words}", words=_(words)))
    _downloads(view, charts)


@st.cache_resource(max_entries=8, show_spinner=False)
def _batch_log(run: str, created: float) -> BatchLog:
    """A run's batches read so far; `created` tells a run from a deleted one with the same ID."""
    return BatchLog(run)


def _show_figures(view: RunView, curves: BatchCurves) -> None:
    last, best = (view.history[-1] if view.history else None), view.best
    figures: dict[Markdown, Markdown | None] = {
        markdown("Training loss"): markdown("{loss:.3f}", loss=last.train_loss) if last else None,
        markdown("Validation loss"): markdown("{loss:.3f}", loss=last.valid_loss) if last else None,
        markdown("Pixel accuracy"): markdown("{share:.1%}", share=last.acc_camvid) if last else None,
        markdown("Mean IoU"): markdown("{share:.1%}", share=last.mean_iou) if last else None,
        markdown("Best pixel accuracy, {size}", size=size_words(view)): (
            markdown("{share:.1%}", share=best.acc_camvid) if best else None
        ),
        markdown("Batches per second"): markdown("{rate:.1f}", rate=curves.now) if curves.now else None,
    }
    with st.container(horizontal=True):
        for name, value in figures.items():
            st.metric(name, value, width="content")
    st.caption(
        markdown(
            "Evaluated on the validation frames of {data}, at each stage's own size, classes: {classes}, as "
            "far as the labels there tell them apart. Accuracies over other classes cannot be compared with "
            "these.",
            data=data_name(view),
            classes=class_words(view.recipe),
        )
    )


def _alts(view: RunView, curves: BatchCurves) -> tuple[str, str, str, str]:
    epochs = filled(_("{count} epochs"), count=len(view.history))
    if not view.history:
        return (
            _("Curve: the loss of {batches} batches; no epoch is complete yet.").format(
                batches=curves.batches
            ),
            _("Curves: no epoch is complete yet."),
            _("Curves: learning rate and momentum of {batches} batches.").format(batches=curves.batches),
            _("Curve: batches per second over {batches} batches.").format(batches=curves.batches),
        )
    last = view.history[-1]
    return (
        filled(
            _(
                "Curves over {epochs}: training loss, now {train_loss:.3f}, and validation loss, now "
                "{valid_loss:.3f}."
            ),
            epochs=epochs,
            train_loss=last.train_loss,
            valid_loss=last.valid_loss,
        ),
        filled(
            _(
                "Curves over {epochs}: pixel accuracy, now {acc_camvid:.1%}, and mean IoU, now "
                "{mean_iou:.1%}."
            ),
            epochs=epochs,
            acc_camvid=last.acc_camvid,
            mean_iou=last.mean_iou,
        ),
        _("Curves over {epochs}: the learning rate, and the momentum, which moves the other way.").format(
            epochs=epochs
        ),
        _("Curve over {epochs}: batches per second.").format(epochs=epochs),
    )


def _downloads(view: RunView, charts: tuple[run_charts.Chart, ...]) -> None:
    menu = st.popover(_("Download"), icon=":material/download:", on_change="rerun", key="run_downloads")
    if not menu.open:
        return
    run, title = view.summary.id, view.summary.title
    stem = file_name(run)
    files: dict[str, tuple[str, Callable[[], str]]] = {
        _("Curves (HTML)"): (f"{stem}-curves.html", partial(run_charts.html_page, charts, title)),
        _("Epochs (CSV)"): (
            f"{stem}-epochs.csv",
            lambda: tables.to_csv(epoch_rows(view.history, view.recipe)),
        ),
        _("Batches (CSV)"): (
            f"{stem}-batches.csv",
            lambda: tables.to_csv(batch_rows(read_batches(run).rows)),
        ),
    }
    with menu:
        for label, (name, make) in files.items():
            st.download_button(escape(label), make, name, on_click="ignore", width="stretch", type="tertiary")
        st.caption(_("PNG: the arrow above each chart. HTML: a page that works offline."))


def _show_log(view: RunView) -> None:
    with st.expander(_("Log"), icon=":material/article:", on_change="rerun", key="run_log") as log:
        if log.open:
            lines = view.log.splitlines()[-_LOG_LINES:]
            st.code("\n".join(lines) or _("The log is empty."), language=None, wrap_lines=True)
