"""Commands for one photo: segment it, read one of its pixels, segment it twice and compare."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource
from click.decorators import FC

from core.errors import ImageError
from core.files import replacing, write_bytes
from core.models.paths import DEFAULT_MODEL
from core.segmentation.sizes import SIZES, TRAINED, WorkingSize, size_called

if TYPE_CHECKING:
    from core.segmentation.comparison import Comparison
    from core.segmentation.reading import PixelReading, Shape
    from core.segmentation.segmentation import Segmentation


class _Pixel(click.ParamType[tuple[int, int]]):
    """ROW,COL: two whole numbers from 0."""

    name = "ROW,COL"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        try:
            row, col = (int(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is not a pixel; give two whole numbers, as in 212,340", param, ctx)
        return row, col


class _Pair(click.ParamType[tuple[str, str]]):
    """A,B: two different words, each one of `choices` where there are any."""

    def __init__(self, name: str, choices: tuple[str, ...] = ()) -> None:
        self.name = name
        self._choices = choices

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        words = tuple(str(value).split(","))
        if len(words) != 2 or words[0] == words[1]:
            self.fail(f"{value!r} is not a pair; give two different values, as in {self.name}", param, ctx)
        for word in words:
            if self._choices and word not in self._choices:
                self.fail(f"{word!r} is not one of {', '.join(self._choices)}", param, ctx)
        return words[0], words[1]


_SIZES = (TRAINED, *(name for name, size in SIZES.items() if not size.square))
_SQUARES = tuple(str(size.pixels) for size in SIZES.values() if size.square)
_SHOWN_TRANSITIONS = 12

_model_option = click.option(
    "--model", default=DEFAULT_MODEL, show_default="the shipped one", help="A model from `models`."
)


def _size_option(default: str) -> Callable[[FC], FC]:
    return click.option(
        "--size",
        type=click.Choice(_SIZES),
        default=default,
        show_default=True,
        help="Longer side to work at, in pixels; `trained` is the one at which the model was trained, `full` "
        "the photo's own, up to 2048.",
    )


_square_option = click.option(
    "--square", is_flag=True, help="Squash the photo to a square, as the article did."
)


@click.command()
@click.argument("photo", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_model_option
@_size_option(TRAINED)
@_square_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("segmented"),
    show_default=True,
    help="Folder for the index mask, the colour mask and the overlay (PNG).",
)
@click.option("--probabilities", is_flag=True, help="Also write all probabilities (float16, .npz).")
@click.option("--at", type=_Pixel(), help="Read this pixel and its 20 neighbours; write no pictures.")
@click.option(
    "--shape",
    type=click.Choice(["row", "column", "square"]),
    default="row",
    show_default=True,
    help="Which neighbours --at reads.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def segment(
    photo: Path,
    model: str,
    size: str,
    square: bool,
    out: Path,
    probabilities: bool,
    at: tuple[int, int] | None,
    shape: Shape,
    as_json: bool,
) -> None:
    """Segment PHOTO: write its masks, or read one pixel with --at."""
    from core.reports import export

    result = _segment(photo, model, size, square)
    if at is not None:
        reading = result.read_pixel(*at, shape=shape)
        head = {"model": model, "image": _image(result)}
        click.echo(json.dumps(head | {"pixels": _pixels(reading)}) if as_json else _table(reading))
        return
    out.mkdir(parents=True, exist_ok=True)
    stem = export.file_stem(photo.name, model, _working_size(size, square, model).name)
    pictures = {
        "index": export.index_mask(result),
        "mask": export.colour_mask(result),
        "overlay": export.overlay(result),
    }
    paths = {kind: out / f"{stem}-{kind}.png" for kind in pictures}
    for kind, path in paths.items():
        write_bytes(path, pictures[kind])
    if probabilities:
        paths["probabilities"] = out / f"{stem}-probabilities.npz"
        with replacing(paths["probabilities"]) as part, part.open("wb") as file:
            export.write_probabilities(result, file)
    shares = dict(zip(result.class_list.names, result.class_shares().tolist(), strict=True))
    if as_json:
        files = {kind: str(path) for kind, path in paths.items()}
        click.echo(
            json.dumps({"model": model, "image": _image(result), "files": files, "class_shares": shares})
        )
        return
    for path in paths.values():
        click.echo(path)
    for name, share in sorted(shares.items(), key=lambda item: -item[1]):
        if share > 0:
            click.echo(f"{share:7.2%}  {name}")


@click.command()
@click.argument("photo", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sizes", type=_Pair("512,1024", _SIZES), help="Compare two working sizes, as in 512,1024.")
@click.option("--models", type=_Pair("A,B"), help="Compare two models from `models`.")
@_model_option
@_size_option("512")
@_square_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a picture of what changed to this file (PNG), in the colours of the second.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def compare(
    photo: Path,
    sizes: tuple[str, str] | None,
    models: tuple[str, str] | None,
    model: str,
    size: str,
    square: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Segment PHOTO twice and say what changes.

    At two --sizes or with two --models, compared on the pixel grid of the larger picture.
    """
    from core.photos import images
    from core.segmentation import painting
    from core.segmentation.comparison import compare as compare_two

    if (sizes is None) == (models is None):
        raise click.UsageError("give either --sizes, as in 512,1024, or --models, as in A,B")
    for pair, option in ((sizes, "size"), (models, "model")):
        given = click.get_current_context().get_parameter_source(option)
        if pair is not None and given is not ParameterSource.DEFAULT:
            raise click.UsageError(f"--{option}s already names both; leave --{option} out")
    sides = [(one_model, one_size) for one_model in models or [model] for one_size in sizes or [size]]
    first, second = (_segment(photo, *side, square) for side in sides)
    comparison = compare_two(first, second)
    if out is not None:
        write_bytes(out, images.encode_png(painting.difference(comparison)))
    labels = [_working_size(one_size, square, one_model).name for one_model, one_size in sides]
    if as_json:
        click.echo(json.dumps(_comparison(comparison, (first, second), labels)))
        return
    for segmentation, label in zip((first, second), labels, strict=True):
        click.echo(f"{segmentation.model_name} at {label}: {segmentation.width} x {segmentation.height}")
    click.echo(f"{comparison.share_changed:7.2%}  of the pixels have a different class")
    for change in comparison.transitions[:_SHOWN_TRANSITIONS]:
        click.echo(f"{change.share:7.2%}  {change.first} -> {change.second}")
    smaller = len(comparison.transitions) - _SHOWN_TRANSITIONS
    if smaller > 0:
        click.echo(f"         and {smaller} smaller ones; --json lists them all")


def _segment(photo: Path, model: str, size: str, square: bool) -> Segmentation:
    from core.segmentation.segmenter import load_segmenter, segment_photo

    working_size = _working_size(size, square, model)
    segmenter = load_segmenter(model)
    try:
        return segment_photo(segmenter, _read_bytes(photo), working_size)
    except ImageError as error:
        raise ImageError(f"{photo} cannot be used: {error}") from error


def _working_size(size: str, square: bool, model: str) -> WorkingSize:
    from core.models.store import read_card
    from core.training.recipes.trained import trained_size

    if not square:
        return size_called(size, trained_size(read_card(model)) if size == TRAINED else None)
    if size == TRAINED:
        size = _SQUARES[0]  # the article's; no network is trained on squashed pictures
    if size not in _SQUARES:
        raise click.UsageError(f"--square needs --size {' or '.join(_SQUARES)}, the sizes of the article")
    return SIZES[f"{size}-square"]


def _read_bytes(photo: Path) -> bytes:
    """A photo's bytes; a file that is too large for a photo is not read to its end."""
    from core.photos.images import MAX_BYTES

    with photo.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _image(segmentation: Segmentation) -> dict[str, int]:
    return {"height": segmentation.height, "width": segmentation.width}


def _comparison(
    comparison: Comparison, sides: tuple[Segmentation, Segmentation], sizes: list[str]
) -> dict[str, Any]:
    from core.reports.tables import transition_rows

    first, second = (
        {"model": side.model_name, "size": size, "image": _image(side)}
        for side, size in zip(sides, sizes, strict=True)
    )
    height, width = comparison.first.shape
    return {
        "first": first,
        "second": second,
        "grid": {"height": height, "width": width},
        "changed": comparison.share_changed,
        "transitions": transition_rows(comparison),
    }


def _pixels(reading: PixelReading) -> list[dict[str, Any]]:
    return [
        {
            "row": pixel.row,
            "col": pixel.col,
            "label": pixel.label,
            "probability": pixel.probability,
            "chosen": pixel.chosen,
            "top": [{"class": top.name, "probability": top.probability} for top in pixel.top],
        }
        for pixel in reading.pixels
    ]


def _table(reading: PixelReading) -> str:
    lines = [
        f"{'>' if p.chosen else ' '} ({p.row}, {p.col})  {p.probability:7.2%}  {p.label}"
        for p in reading.pixels
    ]
    return "\n".join([*lines, reading.sentence()])


COMMANDS = (segment, compare)
