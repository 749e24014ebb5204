"""Commands for one photo: segment it, read one of its pixels, segment it twice and compare."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click
from click.core import ParameterSource

from core.commands.photo import (
    SIZE_NAMES,
    Pixel,
    model_option,
    read_bytes,
    segment_file,
    size_option,
    working_size,
)
from core.commands.refusal import tell
from core.files import replacing, write_bytes
from core.segmentation.sizes import TRAINED

if TYPE_CHECKING:
    from core.segmentation.comparison import Comparison
    from core.segmentation.reading import PixelReading, Shape
    from core.segmentation.segmentation import Segmentation


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


_SHOWN_TRANSITIONS = 12

_file = click.Path(dir_okay=False, path_type=Path)

_square_option = click.option(
    "--square", is_flag=True, help="Squash the photo to a square, as the article did."
)


@click.command()
@click.argument("photo", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@model_option
@size_option(TRAINED)
@_square_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("segmented"),
    show_default=True,
    help="Folder for the masks, the overlay, maps of confidence and entropy (PNG), and class shares (CSV).",
)
@click.option(
    "--own-size", is_flag=True, help="Also write the masks and the overlay at the photo's own size."
)
@click.option("--probabilities", is_flag=True, help="Also write all probabilities (float16, .npz).")
@click.option("--at", type=Pixel(), help="Read this pixel and its 20 neighbours; write no pictures.")
@click.option(
    "--shape",
    type=click.Choice(["row", "column", "square"]),
    default="row",
    show_default=True,
    help="Which neighbours --at reads.",
)
@click.option("--csv", type=_file, help="Write what --at reads to this file (CSV).")
@click.option("--chart", type=_file, help="Write the chart and table of what --at reads to this file (HTML).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def segment(
    photo: Path,
    model: str,
    size: str,
    square: bool,
    out: Path,
    own_size: bool,
    probabilities: bool,
    at: tuple[int, int] | None,
    shape: Shape,
    csv: Path | None,
    chart: Path | None,
    as_json: bool,
) -> None:
    """Segment PHOTO: write its masks, or read one pixel with --at."""
    from core.reports import export

    if at is None and (csv or chart):
        raise click.UsageError(f"--{'csv' if csv else 'chart'} needs the pixel to read, as in --at 212,340")
    worked_at = working_size(size, square, model)
    result = segment_file(photo, model, worked_at)
    stem = export.file_stem(photo.name, model, worked_at.name)
    if at is not None:
        reading = result.read_pixel(*at, shape=shape)
        _write_reading(reading, f"{photo.name} at {worked_at.title}, model {model}", csv, chart)
        head = {"model": model, "image": _image(result)}
        click.echo(json.dumps(head | {"pixels": _pixels(reading)}) if as_json else _table(reading))
        return
    out.mkdir(parents=True, exist_ok=True)
    paths = _write_files(result, out / stem)
    if own_size:
        paths |= _write_own_size(result, photo, out / stem)
    if probabilities:
        paths["probabilities"] = _written(
            out / f"{stem}-probabilities.npz", partial(export.write_probabilities, result)
        )
    shares = dict(zip(result.class_list.names, result.class_shares().tolist(), strict=True))
    if as_json:
        files = {kind: str(path) for kind, path in paths.items()}
        click.echo(
            json.dumps({"model": model, "image": _image(result), "files": files, "class_shares": shares})
        )
        return
    for path in paths.values():
        tell(str(path))
    for name, share in sorted(shares.items(), key=lambda item: -item[1]):
        if share > 0:
            tell(f"{share:7.2%}  {name}")


@click.command()
@click.argument("photo", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--sizes", type=_Pair("512,1024", SIZE_NAMES), help="Compare two working sizes, as in 512,1024."
)
@click.option("--models", type=_Pair("A,B"), help="Compare two models from `models`.")
@model_option
@size_option("512")
@_square_option
@click.option(
    "--out",
    type=_file,
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
    worked_at = [working_size(one_size, square, one_model) for one_model, one_size in sides]
    first, second = (
        segment_file(photo, one_model, one_size)
        for (one_model, _), one_size in zip(sides, worked_at, strict=True)
    )
    comparison = compare_two(first, second)
    if out is not None:
        write_bytes(out, images.encode_png(painting.difference(comparison)))
    labels = [one_size.name for one_size in worked_at]
    if as_json:
        click.echo(json.dumps(_comparison(comparison, (first, second), labels)))
        return
    for segmentation, label in zip((first, second), labels, strict=True):
        size = f"{segmentation.width} x {segmentation.height}"
        tell(f"{segmentation.model_name} at {label}: {size}")
    click.echo(f"{comparison.share_changed:7.2%}  of the pixels have a different class")
    for change in comparison.transitions[:_SHOWN_TRANSITIONS]:
        tell(f"{change.share:7.2%}  {change.first} -> {change.second}")
    smaller = len(comparison.transitions) - _SHOWN_TRANSITIONS
    if smaller > 0:
        click.echo(f"         and {smaller} smaller ones; --json lists them all")


def _write_files(result: Segmentation, stem: Path) -> dict[str, Path]:
    """Write the files of every photo; returns them by kind. stem: the beginning of their paths."""
    from core.reports import export

    paths = {}
    for ending, make in export.FILES.items():
        path = paths[ending.partition(".")[0]] = stem.with_name(f"{stem.name}-{ending}")
        write_bytes(path, make(result))
    return paths


def _write_own_size(result: Segmentation, photo: Path, stem: Path) -> dict[str, Path]:
    """Write masks and overlay at the photo's own size; parameters and result as for `_write_files`."""
    from core.photos import guarded
    from core.reports import own_size

    image = guarded.decode(read_bytes(photo))
    height, width = image.shape[:2]
    writers: dict[own_size.Kind, Callable[[BinaryIO], None]] = {
        "index": partial(own_size.write_index_mask, result, height, width),
        "mask": partial(own_size.write_colour_mask, result, height, width),
        "overlay": partial(own_size.write_overlay, result, image),
    }
    return {
        f"{kind}_own_size": _written(
            stem.with_name(f"{stem.name}-{own_size.file_ending(kind, height, width)}"), write
        )
        for kind, write in writers.items()
    }


def _written(path: Path, write: Callable[[BinaryIO], None]) -> Path:
    """Let `write` write a file, which is there whole or not at all."""
    with replacing(path) as part, part.open("wb") as file:
        write(file)
    return path


def _write_reading(reading: PixelReading, about: str, csv: Path | None, chart: Path | None) -> None:
    from core.reports import reading_page, tables

    if csv is not None:
        write_bytes(csv, tables.reading_csv(reading).encode())
    if chart is not None:
        write_bytes(chart, reading_page.reading_page(reading, about).encode())


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
