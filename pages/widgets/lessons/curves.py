"""How a model learnt that a question is about: two curves, for the wall and for one student."""

from __future__ import annotations

from core.languages import filled
from core.languages import gettext as _
from core.lessons.keys.learning import history_of
from core.models.store import list_models
from core.reports.run_charts import COLOURS, Chart, Line
from pages.widgets.runs.chart import draw


def has_curves(model: str) -> bool:
    """Whether a name is that of a model whose training left enough epochs to draw."""
    return model in list_models() and history_of(model) is not None


def show_curves(model: str) -> None:
    """Draw the training loss and the mean IoU on validation frames, epoch by epoch."""
    history = history_of(model)
    if history is None:
        return
    epochs = tuple(float(each.epoch) for each in history)
    losses = tuple(each.train_loss for each in history)
    scores = tuple(each.mean_iou for each in history)
    first, second = COLOURS[:2]
    chart = Chart(
        _("How it learnt"),
        _("epoch"),
        (
            Line(_("training loss"), epochs, losses, first),
            Line(_("mean IoU on other pictures"), epochs, scores, second),
        ),  # on one axis: on its own, from the least to the most, the score would seem to go up and down
    )
    alt = filled(
        _(
            "Two curves over {count} epochs: the training loss goes from {loss_first:.2f} to "
            "{loss_last:.2f}, the mean IoU on other pictures from {score_first:.0%} to {score_last:.0%}."
        ),
        count=len(history),
        loss_first=losses[0],
        loss_last=losses[-1],
        score_first=scores[0],
        score_last=scores[-1],
    )
    draw(chart, "lesson_curves", alt, height=360)
