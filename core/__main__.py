"""`python -m core COMMAND`: everything the app does, from a shell or a script.

Exit status 0 when all went well; 2 with one sentence on stderr for anything wrong with what was given.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.errors import ModelError, StreetScopeError

if TYPE_CHECKING:
    from core.segmentation import PixelReading
    from core.training.run import EpochReport


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


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """StreetScope: look inside street-scene segmentation."""


@cli.command()
@click.argument("photo", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", default="street-lite0", show_default=True, help="A model from `models`.")
@click.option(
    "--size",
    type=click.Choice(["512", "1024", "full"]),
    default="512",
    show_default=True,
    help="Longer side to work at, in pixels; `full` is the photo's own, up to 2048.",
)
@click.option("--square", is_flag=True, help="Squash the photo to a square, as the article did.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("segmented"),
    show_default=True,
    help="Folder for the index mask, the colour mask and the overlay (PNG).",
)
@click.option(
    "--at", type=_Pixel(), help="Read this pixel and its 20 neighbours on the row; no pictures are written."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def segment(
    photo: Path, model: str, size: str, square: bool, out: Path, at: tuple[int, int] | None, as_json: bool
) -> None:
    """Segment PHOTO: write its masks, or read one pixel with --at."""
    from core import charts, images
    from core.segmentation import LARGEST_SIZE, load_segmenter

    if square and size == "full":
        raise click.UsageError("--square needs --size 512 or 1024: a photo's own size is rarely a square")
    longest = None if size == "full" else int(size)
    image = images.decode(_read_bytes(photo), longest or LARGEST_SIZE)
    result = load_segmenter(model).segment(image, longest, square)
    if at is not None:
        reading = result.read(*at)
        head = {"model": model, "image": {"height": result.height, "width": result.width}}
        print(json.dumps(head | {"pixels": _pixels(reading)}) if as_json else _table(reading))
        return
    out.mkdir(parents=True, exist_ok=True)
    stem = f"{photo.stem}-{model}-{size}{'-square' if square else ''}"
    pictures = {
        "index": images.encode_index_png(result.labels, result.class_list.palette),
        "mask": images.encode_png(charts.colour_mask(result.labels, result.class_list)),
        "overlay": images.encode_png(charts.overlay(result)),
    }
    paths = {kind: out / f"{stem}-{kind}.png" for kind in pictures}
    for kind, path in paths.items():
        path.write_bytes(pictures[kind])
    shares = dict(zip(result.class_list.names, result.class_shares().tolist(), strict=True))
    if as_json:
        files = {kind: str(path) for kind, path in paths.items()}
        size_used = {"height": result.height, "width": result.width}
        print(json.dumps({"model": model, "image": size_used, "files": files, "class_shares": shares}))
        return
    for path in paths.values():
        print(path)
    for name, share in sorted(shares.items(), key=lambda item: -item[1]):
        if share > 0:
            print(f"{share:7.2%}  {name}")


@cli.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="A data set in fastai's layout.")
@click.option("--model", default="street-lite0", show_default=True, help="A model from `models`.")
@click.option("--split", type=click.Choice(["train", "valid", "all"]), default="valid", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def evaluate(data: Path, model: str, split: str, as_json: bool) -> None:
    """Measure a model on a data set's split.

    Every picture is segmented at its own size, exactly as the app does it.
    """
    from core.datasets import open_dataset
    from core.evaluation import evaluate as measure
    from core.segmentation import load_segmenter

    dataset = open_dataset(data)
    result = measure(load_segmenter(model), dataset, split, _print_progress).as_dict()  # type: ignore[arg-type]
    if as_json:
        print(json.dumps(result))
        return
    print(
        f"{model} on {result['dataset']} ({result['split']}, {result['images']} pictures, {result['size']}, "
        f"{result['classes']} classes)"
    )
    print(f"acc_camvid  {result['acc_camvid']:.4f}")
    print(f"mean IoU    {result['mean_iou']:.4f}  over {result['classes_in_mean']} classes")
    for name, iou in result["per_class_iou"].items():
        print(f"{'   -  ' if iou is None else f'{iou:.4f}'}  {name}")


@cli.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="A data set in fastai's layout.")
@click.option(
    "--recipe", default="street", show_default=True, help="A shipped recipe, or the path of a TOML file."
)
@click.option("--name", required=True, help="The new model's name in the model store.")
@click.option("--json", "as_json", is_flag=True, help="Print the new model's card instead of text.")
def train(data: Path, recipe: str, name: str, as_json: bool) -> None:
    """Train a model and put it into the model store. Started again, it goes on where it was stopped."""
    from core.datasets import open_dataset
    from core.training.publish import train_and_publish
    from core.training.recipe import read_recipe

    card = train_and_publish(read_recipe(recipe), open_dataset(data), name, _print_epoch)
    if as_json:
        print(card.model_dump_json())
        return
    figures = card.metrics
    print(f"{name}: acc_camvid {figures['acc_camvid']:.4f}, mean IoU {figures['mean_iou']:.4f}")


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def models(as_json: bool) -> None:
    """List the models in the model store."""
    from core.modelstore import list_models, read_card

    cards = []
    for name in list_models():
        try:
            cards.append(read_card(name))
        except ModelError as error:  # one broken model must not hide the others
            _refuse(str(error))
    if as_json:
        print(json.dumps([card.model_dump(mode="json") for card in cards]))
        return
    for card in cards:
        print(f"{card.name}  {card.summary}")


def _read_bytes(photo: Path) -> bytes:
    """A photo's bytes; one that is too large to be one is not read to its end."""
    from core.images import MAX_BYTES

    with photo.open("rb") as file:
        return file.read(MAX_BYTES + 1)


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


def _print_progress(done: int, total: int) -> None:
    """One line that counts up, for somebody who watches; nothing in a log or a pipe."""
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        print(f"\r{done} of {total} pictures", end=end, file=sys.stderr, flush=True)


def _print_epoch(report: EpochReport) -> None:
    print(
        f"{report.stage} {report.epoch}/{report.epochs}: "
        f"loss {report.train_loss:.3f} / {report.valid_loss:.3f}, "
        f"acc_camvid {report.acc_camvid:.4f}, mean IoU {report.mean_iou:.4f}, "
        f"{report.seconds_left / 60:.0f} min left",
        file=sys.stderr,
        flush=True,
    )


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status; every error becomes one sentence on stderr."""
    # Libraries announce their own deprecations on stderr; whoever reads ours can do nothing about them.
    warnings.simplefilter("ignore")
    try:
        status = cli.main(arguments, prog_name="python -m core", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError:
        return _refuse(f"Give a command, one of {', '.join(cli.commands)}; --help explains them.")
    except click.ClickException as error:
        return _refuse(error.format_message())
    except StreetScopeError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")
    except (click.Abort, KeyboardInterrupt):
        return 130
    return status if isinstance(status, int) else 0


def _refuse(message: str) -> int:
    sentence = " ".join(message.split())
    print(sentence if sentence.endswith((".", "!", "?")) else f"{sentence}.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
