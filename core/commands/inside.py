"""Commands that look inside a network at a photo, as the page "Look inside" does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

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
    patch: tuple[int, int] | None,
    side: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Hide a patch of PHOTO and say what becomes of a pixel's probabilities."""
    from core.inside import occlusion
    from core.photos import images

    segmenter, seen = _seen(photo, model, size)
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

    segmenter, seen = _seen(photo, model, size)
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


def _seen(photo: Path, model: str, size: str) -> tuple[Segmenter, Segmentation]:
    from core.segmentation.segmenter import load_segmenter

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


COMMANDS = (inside,)
