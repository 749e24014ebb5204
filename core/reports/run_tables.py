"""Runs as rows of plain values, for tables and CSV."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from core.durations import clock
from core.languages import all_of, filled, translated
from core.languages import gettext as _
from core.training.recipes.recipe import Recipe
from core.training.runs.records import (
    Batch,
    Epoch,
    RunSummary,
    RunView,
    best_epoch,
    of_last_size,
)

"""For a setting that a run does not have."""


def best_kept(history: Sequence[Epoch]) -> Epoch | None:
    """The epoch whose weights are kept as `best`: the highest mean IoU of the latest stage."""
    last = [epoch for epoch in history if epoch.stage == history[-1].stage]
    # The first of equals: later ones do not replace it.
    return max(last, key=lambda epoch: epoch.mean_iou, default=None)


def kept_as(epoch: Epoch, history: Sequence[Epoch], checkpoints: Sequence[str]) -> list[str]:
    """The checkpoints that hold the weights of an epoch."""
    names = [f"{epoch.stage}.{epoch.epoch:03d}"]
    if epoch == _last_of_stage(epoch.stage, history):
        names.insert(0, epoch.stage)
    if epoch == best_kept(history):
        names.insert(0, "best")
    return [name for name in names if name in checkpoints]


def epoch_of(checkpoint: str, history: Sequence[Epoch]) -> Epoch | None:
    """The epoch whose weights a checkpoint holds; None if the history does not say."""
    return next((epoch for epoch in history if checkpoint in kept_as(epoch, history, [checkpoint])), None)


def _last_of_stage(stage: str, history: Sequence[Epoch]) -> Epoch | None:
    return next((epoch for epoch in reversed(history) if epoch.stage == stage), None)


def epoch_rows(
    history: Sequence[Epoch], recipe: Recipe, checkpoints: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """A row for each epoch, as fastai prints it: losses, acc_camvid and mean IoU in [0, 1], the time.

    best: a star at the highest acc_camvid at the latest stage's size. kept as: the checkpoints that hold the
    epoch's weights.
    """
    best = best_epoch(history, recipe)
    return [
        {
            "best": "★" if epoch == best else "",
            "stage": epoch.stage,
            "epoch": epoch.epoch,
            "train_loss": epoch.train_loss,
            "valid_loss": epoch.valid_loss,
            "acc_camvid": epoch.acc_camvid,
            "mean_iou": epoch.mean_iou,
            "time": clock(epoch.seconds),
            "kept as": ", ".join(kept_as(epoch, history, checkpoints)),
        }
        for epoch in history
    ]


def batch_rows(batches: Sequence[Batch]) -> list[dict[str, Any]]:
    """A row for each batch."""
    return [batch._asdict() for batch in batches]


def run_rows(runs: Sequence[RunSummary]) -> list[dict[str, Any]]:
    """A row for each run: its state and progress, in [0, 1]."""
    return [
        {
            "run": run.id,
            "title": run.title,
            "state": run.state,
            "progress": run.share,
            "recipe": run.recipe,
            "started": time.strftime("%Y-%m-%d %H:%M", time.localtime(run.created)) if run.created else "",
            "trained": clock(run.status.seconds),
            "note": run.note,
        }
        for run in runs
    ]


def best_rows(views: Mapping[str, RunView]) -> list[dict[str, Any]]:
    """A row for each run, by name: its best figures at its latest stage's size, and what they are of."""
    rows = []
    for name, view in views.items():
        history = of_last_size(view.history, view.recipe)
        best = view.best
        rows.append(
            {
                "run": name,
                "acc_camvid": best.acc_camvid if best else None,
                "at": f"{best.stage} {best.epoch}" if best else "",
                "mean IoU": max((e.mean_iou for e in history), default=None),
                "valid_loss": min((e.valid_loss for e in history), default=None),
                "epochs": len(view.history),
                "time": clock(sum(e.seconds for e in view.history)),
                "data": data_name(view),
                "split": "valid",
                "classes": class_words(view.recipe),
                "size": size_words(view),
                "network": view.recipe.network,
            }
        )
    return rows


def recipe_rows(views: Mapping[str, RunView]) -> list[dict[str, Any]]:
    """A row for each setting, a column for each run, by name; `differs` says where the runs differ."""
    settings = {name: _settings(view) for name, view in views.items()}
    keys = list(dict.fromkeys(key for found in settings.values() for key in found))
    rows = []
    for key in keys:
        values = {name: found.get(key, _("none")) for name, found in settings.items()}
        rows.append({"setting": key, "differs": "≠" if len(set(values.values())) > 1 else ""} | values)
    return rows


def cannot_be_compared(views: Mapping[str, RunView]) -> str:
    """A sentence that says why the runs' figures cannot be compared; empty if they can."""
    reasons: list[str] = []
    if len({data_name(view) for view in views.values()}) > 1:
        reasons.append(_("data sets"))
    if len({class_words(view.recipe) for view in views.values()}) > 1:
        reasons.append(_("class lists"))
    if len({size_words(view) for view in views.values()}) > 1:
        reasons.append(_("picture sizes"))
    if not reasons:
        return ""
    return _("These runs have different {things}, so their accuracies cannot be compared directly.").format(
        things=translated(all_of(reasons))
    )


def data_name(view: RunView) -> str:
    """The name of the data set that a run trains on."""
    named = view.environment.get("data")
    if isinstance(named, dict) and isinstance(named.get("name"), str):
        return str(named["name"])
    return view.settings.data.replace("\\", "/").rstrip("/").rpartition("/")[2]


def class_words(recipe: Recipe) -> str:
    """The classes that a recipe trains for, in words."""
    own = {
        "dataset": _("the data set's own"),
        "model": _("those of {model}").format(model=recipe.start_model),
        "extended": _("those of {model} and added ones").format(model=recipe.start_model),
    }
    return own.get(recipe.classes, recipe.classes)


def size_words(view: RunView) -> str:
    """The size of the pictures that a run's latest stage validates on, in words."""
    names = {stage.name: stage for stage in view.recipe.stages}
    latest = view.history[-1].stage if view.history else view.settings.stages[-1]
    size = names.get(latest, view.recipe.stages[-1]).validation_size
    if isinstance(size, tuple):
        return f"{size[1]} x {size[0]}"
    return _("full size") if size == 1.0 else filled(_("{share:g} of full size"), share=size)


def _settings(view: RunView) -> dict[str, str]:
    """All settings of a run as texts, those of a stage under its name."""
    values = view.recipe.model_dump(mode="json")
    stages = values.pop("stages")
    found = {_("data"): data_name(view)} | {key: _text(value) for key, value in values.items()}
    data = view.environment.get("data")
    if isinstance(data, dict) and isinstance(data.get("fingerprint"), str):
        found[_("data fingerprint")] = data["fingerprint"][:12]
    found[_("stages done")] = ", ".join(view.settings.stages)
    for stage in stages:
        name = stage.pop("name")
        found |= {f"{name}: {key}": _text(value) for key, value in stage.items()}
    return found


def _text(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return " x ".join(_text(each) for each in value)
    return _("none") if value is None or value == "" else str(value)
