"""Commands that look inside a network at a photo, as the page "Look inside" does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from core.commands.datasets import print_frames
from core.commands.photo import Pixel, model_option, segment_by, size_option, working_size
from core.commands.refusal import tell
from core.files import write_bytes
from core.segmentation.sizes import TRAINED

if TYPE_CHECKING:
    from core.segmentation.segmentation import Segmentation
    from core.segmentation.segmenter import Segmenter

_KINDS = ("noise", "blur", "fog", "night", "jpeg")

_photo = click.argument("photo", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_at = click.option("--at", type=Pixel(), help="The pixel to look at; the middle of the picture without it.")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
_untrained = click.option(
    "--untrained", is_flag=True, help="Look through the model's twin, whose weights are drawn by chance."
)
_picture = click.Path(dir_okay=False, path_type=Path)


@click.group()
def inside() -> None:
    """Look inside a network at one photo.

    What each shows, and what it does not, stands on the page "Look inside".
    """


@inside.command()
@_photo
@model_option
@size_option(TRAINED)
@_at
@_untrained
@click.option("--patch", type=Pixel(), help="The top left pixel of the patch; around the pixel without it.")
@click.option(
    "--side", type=click.IntRange(min=0, max=2048), default=64, show_default=True, help="Of the patch."
)
@click.option("--out", type=_picture, help="Write the picture with the patch to this file (PNG).")
@_json
def occlude(
    photo: Path,
    model: str,
    size: str,
    at: tuple[int, int] | None,
    untrained: bool,
    patch: tuple[int, int] | None,
    side: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Hide a patch of PHOTO and say what becomes of a pixel's probabilities."""
    from core.inside import occlusion
    from core.photos import images

    segmenter, seen = _seen(photo, model, size, untrained)
    pixel = _pixel(seen, at)
    hidden = occlusion.Patch(*patch, side) if patch else occlusion.Patch.around(*pixel, side)
    found = occlusion.occlude(segmenter, seen.image, pixel, hidden)
    if out is not None:
        write_bytes(out, images.encode_png(occlusion.occluded(seen.image, hidden)))
    before, after = (_by_name(segmenter, each) for each in (found.before, found.after))
    if as_json:
        place = {"row": hidden.row, "col": hidden.col, "side": hidden.side}
        _print({"patch": place, "before": before, "after": after}, seen, pixel)
        return
    for name in sorted(before, key=lambda each: -max(before[each], after[each])):
        tell(f"{before[name]:7.2%} -> {after[name]:7.2%}  {name}")


@inside.command()
@_photo
@model_option
@size_option(TRAINED)
@_untrained
@click.option("--kind", type=click.Choice(_KINDS), default="noise", show_default=True)
@click.option(
    "--strength", type=click.IntRange(0, 5), default=3, show_default=True, help="0 is the photo itself."
)
@click.option("--curves", is_flag=True, help="Measure all kinds at all strengths instead.")
@click.option("--out", type=_picture, help="Write the spoilt picture to this file (PNG).")
@_json
def corrupt(
    photo: Path,
    model: str,
    size: str,
    untrained: bool,
    kind: str,
    strength: int,
    curves: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Spoil PHOTO and say which labels stay."""
    from core.inside import kept
    from core.inside.corruptions import CORRUPTIONS
    from core.photos import images

    segmenter, seen = _seen(photo, model, size, untrained)
    if curves:
        found = kept.curves(segmenter, seen.image, seen.labels)
        if as_json:
            _print({"curves": {curve.corruption: curve.shares for curve in found}}, seen)
            return
        for curve in found:
            tell(f"{curve.corruption:5}  " + "  ".join(f"{share:7.2%}" for share in curve.shares))
        return
    after = kept.spoilt(segmenter, seen.image, CORRUPTIONS[kind], strength)
    stayed = kept.kept_labels(seen.labels, after.labels, len(seen.class_list))
    if out is not None:
        write_bytes(out, images.encode_png(after.image))
    by_class = {
        name: float(share)
        for name, share in zip(seen.class_list.names, stayed.by_class, strict=True)
        if not np.isnan(share)
    }
    if as_json:
        _print({"kind": kind, "strength": strength, "kept": stayed.share, "by_class": by_class}, seen)
        return
    tell(f"{stayed.share:7.2%}  of the pixels keep their label")
    for name, share in by_class.items():
        tell(f"{share:7.2%}  {name}")


@inside.command()
@_photo
@model_option
@size_option(TRAINED)
@_at
@_untrained
@click.option("--average", is_flag=True, help="Also average over 20 drawn streets, at the middle pixel.")
@click.option("--out", type=_picture, help="Write the photo under its gradient to this file (PNG).")
@_json
def field(
    photo: Path,
    model: str,
    size: str,
    at: tuple[int, int] | None,
    untrained: bool,
    average: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Say which pixels of PHOTO the answer for one pixel is made of."""
    from core.inside import fields
    from core.inside.inspector import Inspector, theoretical
    from core.inside.painting import heat
    from core.photos import images

    seen = _seen(photo, model, size, untrained)[1]
    pixel = _pixel(seen, at)
    label = seen.read_pixel(*pixel).chosen.label
    inspector = Inspector.of_model(model, untrained)
    gradient = inspector.gradient(seen.image, pixel, seen.class_list.index(label))
    square = fields.square_of(gradient, pixel)
    rows, cols = theoretical(inspector.model.card.network, *pixel)
    found: dict[str, Any] = {
        "class": label,
        "theoretical": {"rows": [rows.first, rows.end], "columns": [cols.first, cols.end]},
        "effective": {"share": fields.SHARE, "side": square.side},
    }
    if average:
        longest = max(seen.height, seen.width)
        key_parts = (inspector.model.card.weights_sha256, "untrained" if untrained else "trained")
        mean = fields.average_field(inspector.gradient, longest, key_parts, print_frames)
        middle = mean.shape[0] // 2, mean.shape[1] // 2
        found["average"] = {"pictures": fields.PICTURES, "side": fields.square_of(mean, middle).side}
    if out is not None:
        write_bytes(out, images.encode_png(heat(seen.image, gradient)))
    if as_json:
        _print(found | {"untrained": untrained}, seen, pixel)
        return
    tell(f"{label} at {pixel[0]},{pixel[1]}")
    tell(f"{cols.length} x {rows.length} pixels can count, by the layers of the network")
    tell(f"{square.side} x {square.side} pixels hold {fields.SHARE:.0%} of the gradient")
    if average:
        side = found["average"]["side"]
        tell(f"{side} x {side} on average over {fields.PICTURES} drawn streets")


@inside.command()
@_photo
@model_option
@size_option(TRAINED)
@_untrained
@click.option("--most", type=click.IntRange(1, 64), default=12, show_default=True, help="Channels a stage.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write their maps into this folder (PNG)."
)
@_json
def features(
    photo: Path, model: str, size: str, untrained: bool, most: int, out: Path | None, as_json: bool
) -> None:
    """List the most active channels of each stage of the network in PHOTO."""
    from core.inside.inspector import Inspector
    from core.inside.painting import grey
    from core.photos import images

    seen = _seen(photo, model, size, untrained)[1]
    stages = Inspector.of_model(model, untrained).stages(seen.image, most)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for number, stage in enumerate(stages, 1):
            for channel, values in zip(stage.channels, stage.maps, strict=True):
                name = f"stage-{number}-channel-{channel}.png"
                write_bytes(out / name, images.encode_png(grey(values)))
    rows = [
        {
            "module": stage.name,
            "stride": stage.stride,
            "channels": len(stage.activity),
            "most_active": {str(channel): float(stage.activity[channel]) for channel in stage.channels},
        }
        for stage in stages
    ]
    if as_json:
        _print({"stages": rows, "untrained": untrained}, seen)
        return
    for number, stage in enumerate(stages, 1):
        tell(f"stage {number}, 1/{stage.stride}, {len(stage.activity)} channels, {stage.name}")
        tell("  " + ", ".join(f"{channel}: {stage.activity[channel]:.2f}" for channel in stage.channels))


@click.command()
@model_option
@click.option("--data", type=click.Path(path_type=Path), required=True, help="The folder of a data set.")
@click.option(
    "--split", type=click.Choice(["train", "valid", "test", "all"]), default="valid", show_default=True
)
@size_option(TRAINED)
@_json
def temperature(model: str, data: Path, split: str, size: str, as_json: bool) -> None:
    """Fit the softmax's temperature of a model on a data set."""
    from core.datasets.layouts.opening import open_dataset
    from core.evaluation.temperature import fit_temperature
    from core.segmentation.segmenter import load_segmenter

    worked_at = working_size(size, False, model)
    dataset = open_dataset(data).scaled_to(worked_at.pixels)
    fit = fit_temperature(load_segmenter(model), dataset, split, print_frames)  # type: ignore[arg-type]
    if as_json:
        click.echo(json.dumps(fit.as_dict()))
        return
    tell(f"T = {fit.temperature:.3f}, fitted on {fit.pixels} pixels of {fit.frames} frames of {fit.dataset}")
    tell(f"calibration error {fit.calibration_error[0]:.4f} -> {fit.calibration_error[1]:.4f}")
    tell(f"loss {fit.loss[0]:.4f} -> {fit.loss[1]:.4f}")


def _seen(photo: Path, model: str, size: str, untrained: bool = False) -> tuple[Segmenter, Segmentation]:
    """The model, or its untrained twin, and what it sees in the photo."""
    from core.segmentation.segmenter import Segmenter, load_segmenter

    if untrained:
        from core.inside.inspector import untrained_twin
        from core.models.weights import load_model

        segmenter = Segmenter.of_network(untrained_twin(load_model(model)))
    else:
        segmenter = load_segmenter(model)
    return segmenter, segment_by(segmenter, photo, working_size(size, False, model))


def _pixel(seen: Segmentation, at: tuple[int, int] | None) -> tuple[int, int]:
    return at or (seen.height // 2, seen.width // 2)


def _by_name(segmenter: Segmenter, values: np.ndarray) -> dict[str, float]:
    return dict(zip(segmenter.class_list.names, map(float, values), strict=True))


def _print(found: dict[str, Any], seen: Segmentation, pixel: tuple[int, int] | None = None) -> None:
    head: dict[str, Any] = {
        "model": seen.model_name,
        "image": {"height": seen.height, "width": seen.width},
    }
    if pixel is not None:
        head["pixel"] = {"row": pixel[0], "col": pixel[1]}
    click.echo(json.dumps(head | found))


COMMANDS = (inside, temperature)
