"""What commands that take one photo share: its pixel, its model and size, and the photo itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.decorators import FC

from core.errors import ImageError
from core.models.paths import DEFAULT_MODEL
from core.segmentation.sizes import SIZES, TRAINED, WorkingSize, size_called

if TYPE_CHECKING:
    from core.segmentation.segmentation import Segmentation
    from core.segmentation.segmenter import Segmenter


SIZE_NAMES = (TRAINED, *(name for name, size in SIZES.items() if not size.square))
SQUARES = tuple(str(size.pixels) for size in SIZES.values() if size.square)


class Pixel(click.ParamType[tuple[int, int]]):
    """ROW,COL: two whole numbers from 0."""

    name = "ROW,COL"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """See `click.ParamType`."""
        try:
            row, col = (int(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is not a pixel; give two whole numbers, as in 212,340", param, ctx)
        return row, col


model_option = click.option(
    "--model", default=DEFAULT_MODEL, show_default="the shipped one", help="A model from `models`."
)


def size_option(default: str) -> Callable[[FC], FC]:
    """The option --size with this default."""
    return click.option(
        "--size",
        type=click.Choice(SIZE_NAMES),
        default=default,
        show_default=True,
        help="Longer side to work at, in pixels; `trained` is the one at which the model was trained, `full` "
        "the photo's own, up to 2048.",
    )


def segment_file(photo: Path, model: str, size: WorkingSize) -> Segmentation:
    """Segment a photo by the model of that name. ImageError names the photo; errors of `load_segmenter`."""
    from core.segmentation.segmenter import load_segmenter

    return segment_by(load_segmenter(model), photo, size)


def segment_by(segmenter: Segmenter, photo: Path, size: WorkingSize) -> Segmentation:
    """Segment a photo. ImageError names it."""
    from core.segmentation.segmenter import segment_photo

    try:
        return segment_photo(segmenter, read_bytes(photo), size)
    except ImageError as error:
        raise ImageError(f"{photo} cannot be used: {error}") from error


def working_size(size: str, square: bool, model: str) -> WorkingSize:
    """The size that --size and --square mean. UsageError where they do not go together."""
    from core.models.store import read_card
    from core.training.recipes.trained import trained_size

    if not square:
        return size_called(size, trained_size(read_card(model)) if size == TRAINED else None)
    if size == TRAINED:
        size = SQUARES[0]  # the article's; no network is trained on squashed pictures
    if size not in SQUARES:
        raise click.UsageError(f"--square needs --size {' or '.join(SQUARES)}, the sizes of the article")
    return SIZES[f"{size}-square"]


def read_bytes(photo: Path) -> bytes:
    """A photo's bytes; a file that is too large for a photo is not read to its end."""
    from core.photos.images import MAX_BYTES

    with photo.open("rb") as file:
        return file.read(MAX_BYTES + 1)
