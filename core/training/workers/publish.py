"""From a finished training run to a model in the store: its card, its history and its pictures.

A run that publishes itself does so in its own process. Otherwise `core.training.control.publish` starts this
module, by the protocol of `core.workers`. The request has run, checkpoint, name and replace; the result is
the card.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import nn

from core.classes import ClassList
from core.datasets import SegmentationDataset
from core.datasets.dataset import frames_in_words
from core.datasets.layouts.opening import open_dataset
from core.errors import ModelError, RunError
from core.evaluation.evaluate import evaluate
from core.evaluation.metrics import per_class_iou
from core.evaluation.results import Evaluation, SplitEvaluation
from core.files import replacing, write_bytes, write_json, write_text
from core.jobs import ProgressCallback, Tell, one_after_the_other
from core.languages import sentence
from core.models import store
from core.models.card import ModelCard, ancestors, class_entries, normalisation
from core.models.networks import find_network
from core.models.tensors import check_fit
from core.models.weights import bytes_of, write_model
from core.photos import images
from core.photos.samples import china
from core.segmentation import painting
from core.segmentation.measure import measure_once
from core.segmentation.segmenter import read_segmenter
from core.segmentation.sizes import trained_working_size
from core.training.corrections.photos import as_learnt, corrected_photos
from core.training.learner import logit_adjustment
from core.training.learner.checkpoint import load_weights
from core.training.learner.trainer import target_classes
from core.training.mix.origins import learnt_from
from core.training.mix.sources import described, mixed_datasets
from core.training.recipes.recipe import Recipe
from core.training.runs.folder import HISTORY, LEARNED, existing_run, read_run_recipe, read_settings
from core.training.runs.records import Epoch, checkpoint_file, epochs_of
from core.training.workers.learned import measure_learned, teaching, words_for_card
from core.workers import serve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PICTURE_BYTES = 2 * 1024 * 1024
"""What the pictures and the history of a model need, and more."""

LIBRARIES = ("torch", "fastai", "segmentation-models-pytorch", "timm", "numpy", "pillow")


def publish(
    recipe: Recipe,
    dataset: SegmentationDataset,
    folder: Path,
    module: nn.Module,
    name: str,
    progress: ProgressCallback = lambda done, total: None,
    *,
    replace: bool = False,
    stage: str = "",
) -> ModelCard:
    """Save a run's trained network in the store as `name`, evaluated on the data set's validation frames.

    They are evaluated at the size at which the run validated them, so that both give the same figures, but
    for what `Recipe.logit_adjustment` changes.
    Nobody sees the model before all of it is there, and one that it replaces stays until then.
    folder: the run's; its history is copied. progress: called with the frames evaluated and their total.
    replace: whether there may be a model of that name. stage: the one that gave the weights; the run's last
    if not given. Errors of `store.new_model`.
    """
    photos = corrected_photos(dataset) if recipe.corrections else None
    taught = teaching(recipe.start_model, photos) if photos and recipe.start_model else None
    dataset = photos.dataset if photos else dataset
    history = epochs_of(folder)
    last = recipe.stage(stage or (history[-1].stage if history else recipe.names[-1]))
    trained_size = taught.start.trained_size if taught else None
    if trained_size is None:
        trained_size = last.validated_size(*dataset.read_image(dataset.train[0]).shape[:2])
    classes = target_classes(recipe, dataset)
    network = find_network(recipe.network)
    others = mixed_datasets(recipe)
    mixed = described(recipe, others)
    taught_by = [
        (dataset, recipe.sets),
        *((each, mix.sets) for each, mix in zip(others, recipe.mix, strict=True)),
    ]
    mixed_names = [str(each["dataset"]) for each in mixed]
    card = ModelCard(
        name=name,
        network=network.name,
        summary=network.summary,
        class_list=class_entries(classes),
        normalisation=normalisation(network),
        trained_size=trained_size,
        learnt_from=learnt_from(classes, taught_by) if mixed else {},
        training=_training(recipe, dataset, history, mixed) | {"run": folder.name},
        limits=_limits(dataset, mixed),
        licence=f"The terms of what it was trained on apply: {', '.join((dataset.name, *mixed_names))}.",
        library_versions={library: version(library) for library in LIBRARIES},
    )
    logit_adjustment.adjust(module, recipe, dataset, classes)
    measure_once()
    with store.new_model(name, bytes_of(module) + _PICTURE_BYTES, replace=replace) as place:
        card = write_model(place, card, module)
        segmenter = read_segmenter(place, card)  # as the others will load it
        size = trained_working_size(trained_size).pixels
        measured_on = taught.measured_on if taught else dataset.scaled_to(size)
        if taught:
            progress = one_after_the_other(progress, taught.measurements(classes))
        result = evaluate(segmenter, measured_on, "valid", progress)
        changes: dict[str, Any] = {"metrics": result.as_dict()}
        if mixed:
            changes["unmeasured"] = _unmeasured(classes, result)
        if taught:
            learned = measure_learned(taught, segmenter, result, progress)
            write_json(folder / LEARNED, learned.model_dump(mode="json"))
            changes |= words_for_card(card, taught, learned)
        card = store.write_card(place, card.model_copy(update=changes))
        _write_history(place / HISTORY, history)
        _save_picture(_confusion_picture(result), place / "confusion.png")
        _save_picture(_iou_picture(result), place / "per_class_iou.png")
        photo = segmenter.segment(images.decode(china().read_bytes()), size)
        side_by_side = np.concatenate([photo.image, painting.overlay(photo)], axis=1)
        write_bytes(place / "china.png", images.encode_png(side_by_side))
    return card


def came_from(name: str, run: str) -> bool:
    """Whether the model of that name came from this run, which may then replace it when trained further."""
    try:
        training = store.read_card(name).training
    except ModelError:
        return False
    recipe = read_run_recipe(existing_run(run)).model_dump(mode="json")
    return training.get("run") == run or ("run" not in training and training.get("recipe") == recipe)


def publish_checkpoint(
    run: str,
    checkpoint: str,
    name: str,
    progress: ProgressCallback = lambda done, total: None,
    *,
    replace: bool = False,
) -> ModelCard:
    """Save one of a run's checkpoints in the store as the model `name`, with a card filled in from the run.

    checkpoint: a name from `runs.checkpoints`, such as `best`, a stage's, or an epoch's where all are kept.
    progress, replace: as for `publish`.
    RunError when the run has no such checkpoint or the data set is not what it was trained on.
    """
    store.model_folder(name)
    folder = existing_run(run)
    path = checkpoint_file(run, checkpoint)
    recipe, dataset = read_run_recipe(folder), open_dataset(Path(read_settings(folder).data))
    classes = target_classes(recipe, as_learnt(recipe, dataset))
    module = find_network(recipe.network).build(len(classes), False)
    weights = load_weights(path)
    if {key: value.shape for key, value in weights.items()} != {
        key: value.shape for key, value in module.state_dict().items()
    }:
        raise RunError(
            sentence(
                "The checkpoint {checkpoint} of {run} does not fit {network} with the classes that "
                "{name} has now; train again on this data set.",
                checkpoint=checkpoint,
                run=run,
                network=recipe.network,
                name=dataset.name,
            )
        )
    check_fit(weights, module.state_dict(), path)
    module.load_state_dict(weights)
    stage = _stage_of(checkpoint, recipe)
    return publish(recipe, dataset, folder, module.eval(), name, progress, replace=replace, stage=stage)


def _unmeasured(classes: ClassList, result: Evaluation) -> tuple[str, ...]:
    """The network's classes of which the truth has no pixel under their name."""
    occurring = {
        name for name, pixels in zip(result.class_names, result.confusion.sum(axis=1), strict=True) if pixels
    }
    return tuple(name for name in classes.names if name not in occurring)


def _stage_of(checkpoint: str, recipe: Recipe) -> str:
    """The stage whose weights a checkpoint holds; empty for `best`, which is of the run's last one."""
    stage = checkpoint.partition(".")[0]
    return stage if checkpoint != "best" and stage in recipe.names else ""


def _save_picture(figure: Figure, path: Path) -> None:
    with replacing(path) as part:
        figure.savefig(part, format="png")


def _write_history(path: Path, history: list[Epoch]) -> None:
    """The run's epochs as they were read; anything else in its file does not belong to a model."""
    lines = [Epoch._fields, *((e.stage, e.epoch, *(f"{figure:.5f}" for figure in e[2:])) for e in history)]
    write_text(path, "".join(",".join(map(str, line)) + "\n" for line in lines))


def _limits(dataset: SegmentationDataset, mixed: Sequence[Mapping[str, object]] = ()) -> tuple[str, ...]:
    """What is known of a model's limits without looking: it knows nothing but its training data."""
    others = "".join(f" and {each['frames']} of {each['dataset']}" for each in mixed)
    return (
        f"It has only seen the {len(dataset.train)} training frames of {dataset.name}{others}: expect "
        "mistakes on other pictures, also where its confidence is high.",
    )


def _training(
    recipe: Recipe, dataset: SegmentationDataset, history: list[Epoch], mixed: list[dict[str, object]]
) -> dict[str, Any]:
    training = {
        "dataset": dataset.name,
        "frames": {"train": len(dataset.train), "valid": len(dataset.valid)},
        "epochs": len(history),
        "minutes": round(sum(epoch.seconds for epoch in history) / 60, 1),
        "recipe": recipe.model_dump(mode="json"),
    }
    if recipe.start_model is not None:
        training["ancestors"] = [recipe.start_model, *_ancestors(recipe.start_model)]
    return training | ({"mixed": mixed} if mixed else {})


def _ancestors(name: str) -> list[str]:
    try:
        return ancestors(store.read_card(name).training)
    except ModelError:
        return []


def _figure(width: float, height: float, title: str) -> Figure:
    # Not pyplot: it would keep the figure alive and choose a window system.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=110, layout="constrained")
    figure.suptitle(title, fontsize=10)
    return figure


def _caption(result: Evaluation) -> str:
    frames = frames_in_words(result.split, result.images)
    return f"{result.model} on {result.dataset} ({frames}, {result.size})"


def _confusion_picture(result: Evaluation) -> Figure:
    """Confusion matrix; each row is a true class and sums to 100 %."""
    rows = result.confusion.sum(axis=1, keepdims=True)
    shares = np.divide(result.confusion, rows, out=np.zeros(result.confusion.shape), where=rows > 0)
    figure = _figure(8, 7, f"Confusion: {_caption(result)}; % of each true class")
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    numbers = range(len(result.class_names))
    axes.set_xticks(numbers, result.class_names, rotation=60, ha="right")
    axes.set_yticks(numbers, result.class_names)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    for row in numbers:
        for col in numbers:
            if shares[row, col] >= 0.005:
                colour = "white" if shares[row, col] > 0.5 else "black"
                axes.text(col, row, f"{shares[row, col] * 100:.0f}", ha="center", va="center", color=colour)
    return figure


def _iou_picture(result: SplitEvaluation) -> Figure:
    """Bars of the per-class IoU in the colours of the classes that it was measured in."""
    ious = np.nan_to_num(per_class_iou(result.confusion))
    figure = _figure(8, 4.5, f"IoU of each class: {_caption(result)}")
    axes = figure.add_subplot()
    numbers = range(len(ious))
    axes.barh(numbers, ious, color=result.class_list.palette / 255, edgecolor="grey")
    for number, iou in zip(numbers, ious, strict=True):
        axes.text(iou + 0.01, number, f"{iou:.1%}", va="center")
    axes.set_yticks(numbers, result.class_names)
    axes.set_xlim(0, 1.1)
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.invert_yaxis()
    return figure


def work(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Publish the requested checkpoint."""

    def measured(done: int, total: int) -> None:
        tell(
            done,
            total,
            None,
            sentence("evaluating validation frame {done} of {total}", done=done, total=total),
        )

    tell(0, 0, None, sentence("preparing {name}", name=request["name"]))
    card = publish_checkpoint(
        request["run"], request["checkpoint"], request["name"], measured, replace=request["replace"]
    )
    return {"card": card.model_dump(mode="json")}


if __name__ == "__main__":
    sys.exit(serve(work))
