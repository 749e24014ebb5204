"""A run's preview pictures as an animated GIF that shows the network learning."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.errors import RunError
from core.jobs import ProgressCallback
from core.languages import sentence
from core.training.runs.folder import read_picture
from core.training.runs.records import Preview, RunView

WIDTH = 200
"""Width of one picture in pixels; there are four side by side."""

MOST = 80
"""How many moments a film shows, at most: evenly spaced, including the first and the last."""

_MILLISECONDS, _LAST_MILLISECONDS = 250, 2000
_TITLE, _GAP = 28, 4
_PAPER, _INK = (250, 250, 250), (30, 30, 30)
_COLOURS = 256
_LONGEST = 2000
"""Pixels of a side; a run's own previews have at most 480."""


_NO_PICTURE = (
    OSError,
    ValueError,
    SyntaxError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    RunError,
)
"""Raised for files that are not pictures, are broken, are far too large, or are none of a run's own."""


def moments(previews: Sequence[Preview], most: int = MOST) -> list[Preview]:
    """At most `most` of the previews, evenly spaced, including the first and the last."""
    if len(previews) <= most:
        return list(previews)
    return [previews[round(n * (len(previews) - 1) / (most - 1))] for n in range(most)]


def moment_words(preview: Preview, view: RunView) -> str:
    """When a preview was drawn, and the network's accuracy then, in a few words.

    Accuracy is measured only at an epoch's end; within an epoch, the figure is that of the epoch before.
    """
    if preview.number == 1 and not preview.batch:
        return "before the first batch"
    words = f"{preview.stage}, epoch {preview.epoch}"
    ended = [(epoch.stage, epoch.epoch) for epoch in view.history]
    if _ends_its_epoch(preview, view.previews) and (preview.stage, preview.epoch) in ended:
        found = view.history[ended.index((preview.stage, preview.epoch))]
        return f"{words}, pixel accuracy {found.acc_camvid:.1%}, mean IoU {found.mean_iou:.1%}"
    words += f", after batch {preview.batch}"
    before = (preview.stage, preview.epoch - 1)
    if before in ended:
        words += (
            f" (pixel accuracy {view.history[ended.index(before)].acc_camvid:.1%} after the epoch before)"
        )
    return words


def _ends_its_epoch(preview: Preview, previews: Sequence[Preview]) -> bool:
    same = [p.number for p in previews if (p.stage, p.epoch) == (preview.stage, preview.epoch)]
    return preview.number == max(same, default=preview.number)


def make_film(view: RunView, progress: ProgressCallback = lambda done, total: None) -> bytes:
    """The previews of a run as a GIF of at most `MOST` pictures, about 800 pixels wide.

    Each column is a frame: photo, prediction, truth. progress: called with the pictures done and their total.
    RunError if the run has no previews, or one cannot be read.
    """
    shown = moments(view.previews)
    if not shown or not view.photos or len(view.truths) != len(view.photos):
        raise RunError(
            sentence(
                "The run {id} has no preview pictures yet; wait for its first epoch.", id=view.summary.id
            )
        )
    photos, truths = ([_small(path) for path in paths] for paths in (view.photos, view.truths))
    seen = []
    for done, preview in enumerate(shown, start=1):
        seen.append(
            [
                _small(path).resize(photo.size, Image.Resampling.NEAREST)
                for path, photo in zip(preview.pictures, photos, strict=True)
            ]
        )
        progress(done, len(shown))
    palette = _palette(photos, [*truths, *(picture for row in seen for picture in row)])
    # Without dithering, what did not change between two pictures stays the same to the pixel, and is stored
    # once.
    pictures = [
        _page(moment_words(preview, view), (photos, row, truths)).quantize(
            palette=palette, dither=Image.Dither.NONE
        )
        for preview, row in zip(shown, seen, strict=True)
    ]
    file = io.BytesIO()
    durations = [_MILLISECONDS] * (len(pictures) - 1) + [_LAST_MILLISECONDS]
    pictures[0].save(
        file, "GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0, optimize=False
    )
    return file.getvalue()


def _small(path: Path) -> Image.Image:
    try:
        with Image.open(io.BytesIO(read_picture(path)), formats=["PNG"]) as picture:
            if max(picture.size) > _LONGEST:
                raise ValueError(picture.size)
            height = min(_LONGEST, max(1, round(picture.height * WIDTH / picture.width)))
            kind = Image.Resampling.NEAREST if picture.mode == "P" else Image.Resampling.LANCZOS
            return picture.resize((WIDTH, height), kind).convert("RGB")
    except _NO_PICTURE as error:
        raise RunError(
            sentence(
                "The preview picture {name} cannot be read: remove it and its line in index.csv, or "
                "delete the run.",
                name=path.name,
            )
        ) from error


def _palette(photos: Sequence[Image.Image], labels: Sequence[Image.Image]) -> Image.Image:
    """One palette for the whole film: the classes' colours unchanged, the rest for the photos."""
    found = {colour for picture in labels for _, colour in picture.getcolors(WIDTH * picture.height) or []}
    exact = np.array(sorted(found), dtype=np.uint8)[: _COLOURS // 2]
    exact = np.unique(np.concatenate([exact, [_PAPER, _INK]]), axis=0).astype(np.uint8)
    wall = Image.fromarray(np.concatenate([_pixels(photo) for photo in photos])[None])
    rest = wall.quantize(_COLOURS - len(exact)).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*exact.ravel().tolist(), *rest][: 3 * _COLOURS])
    return palette


def _pixels(picture: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(picture, dtype=np.uint8).reshape(-1, 3)


def _page(words: str, rows: tuple[Sequence[Image.Image], ...]) -> Image.Image:
    """The rows under their titles. What changes is close together, and only that is stored again."""
    heights = [max(picture.height for picture in row) for row in rows]
    size = (len(rows[0]) * (WIDTH + _GAP) + _GAP, sum(_TITLE + height + _GAP for height in heights))
    page = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(page)
    # Letters without smoothing: shades of grey would not be in the palette.
    draw.fontmode = "1"
    font = ImageFont.load_default(15)
    top = 0
    for title, row, height in zip(("photo", f"the network: {words}", "truth"), rows, heights, strict=True):
        draw.text((2 * _GAP, top + _GAP), title, _INK, font=font)
        for column, picture in enumerate(row):
            page.paste(picture, (_GAP + column * (WIDTH + _GAP), top + _TITLE))
        top += _TITLE + height + _GAP
    return page
