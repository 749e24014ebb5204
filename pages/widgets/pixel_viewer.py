"""The pixel viewer: a photo under its coloured mask, in which one points at pixels and chooses one.

Pages that show a segmentation come here. The front end is `pixel_viewer.js` and `pixel_viewer.css`
beside this file, a Streamlit component (Components v2) without a build step. It holds the label
map and the confidences itself, so that pointing and choosing answer at once; Python hears of the
chosen pixel afterwards.
"""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image
from streamlit import runtime

from core.errors import PixelOutsideError

Pixel = tuple[int, int]
"""(row, column) of the working-size picture, from 0."""

_PHOTO_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_HERE = Path(__file__).parent

# Declared once, at import: a second declaration would replace the first under people's feet.
_mount = st.components.v2.component(
    "streetscope_pixel_viewer",
    css=(_HERE / "pixel_viewer.css").read_text("utf-8"),
    js=(_HERE / "pixel_viewer.js").read_text("utf-8"),
)


@dataclass(frozen=True)
class ViewerPicture:
    """One segmented photo, packed for the browser; `viewer_picture` makes it.

    photo: the encoded working-size image. photo_type: its media type.
    maps: the label map, then the confidences in percent, row by row, one byte a pixel, deflated.
    colours: (red, green, blue) of each class, 0..255.
    identity: changes whenever anything above does.
    """

    photo: bytes = field(repr=False)
    photo_type: str
    maps: bytes = field(repr=False)
    height: int
    width: int
    class_names: tuple[str, ...]
    colours: tuple[tuple[int, int, int], ...]
    identity: str

    def contains(self, pixel: Pixel) -> bool:
        """Whether the picture has this pixel."""
        row, col = pixel
        return 0 <= row < self.height and 0 <= col < self.width


def viewer_picture(
    photo: bytes,
    labels: NDArray[np.uint8],
    confidence_percent: NDArray[np.uint8],
    class_names: Sequence[str],
    palette: NDArray[np.uint8],
) -> ViewerPicture:
    """Pack a segmented photo for the viewer; a page does this once a photo and keeps the result.

    photo: the working-size image as JPEG, PNG or WebP, upright (an EXIF orientation would turn it).
    labels: (H, W) class numbers; one beyond the class list is shown as "no class".
    confidence_percent: (H, W), 0..100, already rounded, so that browser and server say the same.
    palette: (C, 3) colours, 0..255.
    Raises ValueError when these do not belong together.
    """
    height, width = labels.shape
    colours = tuple((int(r), int(g), int(b)) for r, g, b in palette)
    with Image.open(io.BytesIO(photo), formats=tuple(_PHOTO_TYPES)) as image:
        photo_type, photo_size = _PHOTO_TYPES[str(image.format)], image.size
    if photo_size != (width, height):
        raise ValueError(f"The photo is {photo_size[0]}x{photo_size[1]}, the label map {width}x{height}.")
    if confidence_percent.shape != labels.shape:
        raise ValueError(f"Confidences {confidence_percent.shape} do not fit labels {labels.shape}.")
    if labels.dtype != np.uint8 or confidence_percent.dtype != np.uint8:
        raise ValueError(
            f"Labels ({labels.dtype}) and confidences ({confidence_percent.dtype}) must be uint8."
        )
    if len(colours) != len(class_names):
        raise ValueError(f"{len(class_names)} class names, but {len(colours)} colours.")

    # Raw bytes and not a PNG: a canvas may change pixel values (colour management, premultiplied alpha).
    maps = zlib.compress(labels.tobytes() + confidence_percent.tobytes(), level=3)
    legend = json.dumps([list(class_names), colours, height, width]).encode()
    identity = hashlib.blake2b(b"".join((legend, maps, photo)), digest_size=8).hexdigest()
    return ViewerPicture(photo, photo_type, maps, height, width, tuple(class_names), colours, identity)


def pixel_viewer(
    picture: ViewerPicture,
    *,
    chosen: Pixel,
    window: Sequence[Pixel],
    key: str,
    on_choose: Callable[[Pixel], None] | None = None,
    label: str = "Segmented photo",
) -> Pixel | None:
    """Show the picture with its mask, the chosen pixel and the window of neighbours around it.

    chosen: the pixel to mark. The viewer always follows it, also after the page changed it itself.
    window: the pixels of chosen's row to outline, as `PixelReading` lists them.
    on_choose: called with the pixel before the script runs again, when someone chose one; the place
        to set the session state that `chosen` comes from (and number inputs beside the viewer).
    label: what a screen reader calls the picture.
    Returns the pixel last chosen in this picture by click, tap or arrow key; None before that.
    Raises PixelOutsideError when the picture has no such pixel as `chosen`.

    Inside an `st.fragment`, choosing a pixel runs that fragment only.
    """
    if not picture.contains(chosen):
        raise PixelOutsideError(
            f"Pixel {chosen} is outside the picture, whose rows are 0 to {picture.height - 1} "
            f"and columns 0 to {picture.width - 1}."
        )

    def tell_page() -> None:
        pixel = _chosen_by_user(key, picture)
        if on_choose is not None and pixel is not None:
            on_choose(pixel)

    columns = [col for _, col in window] or [chosen[1]]
    _mount(
        key=key,
        data={
            "picture": {
                "id": picture.identity,
                "photo": _media_url(picture.photo, picture.photo_type, f"{key}.photo"),
                "maps": _media_url(picture.maps, "application/octet-stream", f"{key}.maps"),
                "height": picture.height,
                "width": picture.width,
                "names": picture.class_names,
                "colours": picture.colours,
            },
            "chosen": {"row": chosen[0], "col": chosen[1]},
            "window": {"row": chosen[0], "first": min(columns), "last": max(columns)},
            # Which of the browser's choices this run knows of. While it is not the newest one,
            # the viewer does not let itself be moved back by an answer that was overtaken.
            "echo": _whole(_state(key).get("sequence")) or 0,
            "label": label,
        },
        on_chosen_change=tell_page,
    )
    return _chosen_by_user(key, picture)


def _media_url(content: bytes, media_type: str, place: str) -> str:
    """Where the browser can fetch `content`: Streamlit's media store, as `st.image` does it.

    The component's own data is sent again with every run; a media file is fetched once, for its
    address is a hash of its content. Each run must name it again, or the store drops it. The
    address is relative, so that it holds below any base path too.
    """
    store = runtime.get_instance().media_file_mgr
    return store.add(content, media_type, f"pixel_viewer.{place}").lstrip("/")


def _state(key: str) -> Mapping[str, object]:
    """What the browser last sent under `key`; empty before that."""
    chosen = (st.session_state.get(key) or {}).get("chosen")
    return chosen if isinstance(chosen, Mapping) else {}


def _chosen_by_user(key: str, picture: ViewerPicture) -> Pixel | None:
    """The pixel chosen in this very picture. A browser can send anything, so believe nothing."""
    state = _state(key)
    row, col = _whole(state.get("row")), _whole(state.get("col"))
    if state.get("picture") != picture.identity or row is None or col is None:
        return None
    return (row, col) if picture.contains((row, col)) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
