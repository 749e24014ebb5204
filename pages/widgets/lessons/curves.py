"""How networks learnt, as two curves: for the wall and for one student."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import RunError
from core.languages import filled
from core.languages import gettext as _
from core.lessons.keys.learning import history_of
from core.lessons.recording import recorded_training
from core.models.store import list_models
from core.reports.run_charts import COLOURS, Chart, Line, Mark
from core.training.runs.records import Epoch, RunSummary, list_runs, read_history, read_run
from pages.widgets.runs.chart import draw
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.markdown import markdown

_HEIGHT, _ON_THE_WALL = 360, 440
_SECONDS = 2.0


def has_curves(model: str) -> bool:
    """Whether a name is that of a model whose training left enough epochs to draw."""
    return model in list_models() and history_of(model) is not None


def show_curves(model: str, *, large: bool = False) -> None:
    """Draw the training loss and the mean IoU on validation frames of a model, epoch by epoch.

    large: to be read from the last row of a room.
    """
    history = history_of(model)
    if history is not None:
        title = _("How {model} learnt").format(model=model)
        _draw(_chart(title, history), history, "lesson_curves", large=large)


def newest_run() -> RunSummary | None:
    """The training that was started last on this computer; None without one that learns or has learnt."""
    trained = (run for run in list_runs() if run.task == "train" and (run.live or _last_stage(run)[0]))
    return next(trained, None)


def show_newest_run() -> None:
    """Draw the curves of the newest training, for one student; while it learns, they grow by themselves."""
    run = newest_run()
    fragment(_newest_run, every=_SECONDS if run is not None and run.live else None)()


def _newest_run() -> None:
    show_run(newest_run())


def show_run(run: RunSummary | None, *, large: bool = False) -> None:
    """Draw the same two curves of a training as far as it is; until it has some, those of a recorded one.

    large: as for `show_curves`.
    """
    history, planned = ([], 0) if run is None else _last_stage(run)
    if run is None or not history:
        history, planned, title = recorded_training(), 0, _("A training on Toytown, recorded earlier")
    else:
        name = run.recipe if run.title == run.id else run.title
        title = _("The last training on this computer: {run}").format(run=name)
    _draw(
        _chart(title, history, planned if run is not None and run.live else 0),
        history,
        "lesson_run",
        large=large,
    )
    if run is not None and run.live:
        st.caption(markdown("It still learns: {share:.0%} are done.", share=run.share))


def _last_stage(run: RunSummary) -> tuple[list[Epoch], int]:
    """The epochs of the stage that a run has reached, and how many it is to have.

    One stage alone: figures of different sizes cannot be compared.
    """
    try:
        rows = read_history(run.id)
        stage = rows[-1].stage if rows else ""
        planned = sum(each.epochs for each in read_run(run.id).recipe.stages if each.name == stage)
    except RunError:
        return [], 0
    return [row for row in rows if row.stage == stage], planned


def _chart(title: str, history: Sequence[Epoch], planned: int = 0) -> Chart:
    """Both curves on one axis: on its own, from the least to the most, the score would seem to rise and fall.

    planned: how many epochs the axis has room for, beyond those there are; 0 for a training that is over,
    whose best epoch is marked.
    """
    epochs = tuple(float(each.epoch) for each in history)
    losses, scores = zip(*((each.train_loss, each.mean_iou) for each in history), strict=True)
    lines = (
        Line(_("training loss"), epochs, losses, COLOURS[0], dots=True),
        Line(_("mean IoU on other pictures"), epochs, scores, COLOURS[1], dots=True),
    )
    best = max(history, key=lambda each: each.mean_iou)
    marks = () if planned else (Mark(_("best"), float(best.epoch)),)  # while it learns, nobody knows
    return Chart(title, _("epoch"), lines, marks=marks, x_end=float(max(planned, len(history))))


def _draw(chart: Chart, history: Sequence[Epoch], key: str, *, large: bool) -> None:
    alt = filled(
        _(
            "Two curves over {count} epochs: the training loss goes from {loss_first:.2f} to "
            "{loss_last:.2f}, the mean IoU on other pictures from {score_first:.0%} to {score_last:.0%}."
        ),
        count=len(history),
        loss_first=history[0].train_loss,
        loss_last=history[-1].train_loss,
        score_first=history[0].mean_iou,
        score_last=history[-1].mean_iou,
    )
    draw(chart, key, alt, height=_ON_THE_WALL if large else _HEIGHT, large=large)
