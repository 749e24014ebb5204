"""The pixel viewer: a photo under its coloured mask, in which visitors point at pixels and choose one.

Pages that show a segmentation come here. The front end is the folder `viewer` beside this file, a
Streamlit component (Components v2) without a build step. It holds the label map and the confidences
itself, so that pointing and choosing answer at once; Python is told the chosen pixel afterwards.
"""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from core.errors import PixelOutsideError
from core.languages import class_name
from core.languages import gettext as _
from core.segmentation.reading import Shape
from core.segmentation.segmentation import Segmentation
from pages.widgets.shared.front_end import ELEMENT
from pages.widgets.shared.media import media_url
from pages.widgets.viewer.legend import legend_of
from pages.widgets.viewer.logits import fit_a_browser, megabytes, packed_logits
from pages.widgets.viewer.modules import DOOR, FrontEnd

Pixel = tuple[int, int]
"""(row, column) of the working-size picture, from 0."""

Colour = tuple[int, int, int]
"""(red, green, blue), 0..255."""

SHAPES: tuple[Shape, ...] = get_args(Shape)

View = Literal["photo", "overlay", "mask", "confidence", "entropy"]

_FEWEST_PIXELS = 4
"""Side of the smallest part that can be asked for; the viewer itself stops magnifying a little earlier."""

_PHOTO_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_FRONT_END = Path(__file__).parent

# Each imports only modules listed before it, whose addresses are known when its own is made.
_MODULE_NAMES = (
    "geometry",
    "element",
    "elements",
    "colourmap",
    "fetching",
    "picture",
    "painting",
    "toolbar",
    "readings",
    "legendrows",
    "legend",
    "gestures",
    "linking",
    "looks",
    "holding",
    "probabilities",
    "logits",
    "reading",
    "panel",
    "chart",
    "table",
    "controls",
    "reader",
    "linkedbar",
    "viewer",
)
SOURCES = {name: _FRONT_END / f"{name}.js" for name in _MODULE_NAMES} | {"element": ELEMENT}
"""The viewer's modules by name; other front ends are made of some of them, too."""

STYLE, LEGEND_STYLE = _FRONT_END / "viewer.css", _FRONT_END / "legend.css"
_CODE = FrontEnd.read(SOURCES, STYLE, LEGEND_STYLE)

# Declared once, at import: a second declaration would replace the first while it is in use.
_mount = st.components.v2.component("streetscope_pixel_viewer", js=DOOR)
_mount_toolbar = st.components.v2.component("streetscope_linked_toolbar", js=DOOR)


@dataclass(frozen=True)
class Look:
    """What somebody sees of a picture: the part that is shown, and which classes.

    left, top: of the part, and span: its width and height, as fractions of the picture's, in [0, 1].
    isolated: the number of the only class shown. hidden: numbers of classes that are not, in order.
    """

    left: float = 0.0
    top: float = 0.0
    span: float = 1.0
    isolated: int | None = None
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True)
class AskedTemperature:
    """A temperature that the reading begins with. asked: another number each time that somebody asks."""

    value: float
    asked: int


@dataclass(frozen=True)
class ViewerPin:
    """A pixel that a visitor keeps, under a name."""

    name: str
    row: int
    col: int


@dataclass(frozen=True)
class ViewerPicture:
    """One segmented photo, packed for the browser; `viewer_picture` makes it.

    photo: the encoded working-size image. photo_type: its media type.
    maps: the label map, then the confidences in per cent if there are any, row by row, one byte a
        pixel, deflated.
    colours: of each class; None is transparent.
    identity: changes whenever anything above does.
    """

    photo: bytes = field(repr=False)
    photo_type: str
    maps: bytes = field(repr=False)
    height: int
    width: int
    class_names: tuple[str, ...]
    colours: tuple[Colour | None, ...]
    has_confidence: bool
    identity: str

    def contains(self, pixel: Pixel) -> bool:
        """Whether the picture has this pixel."""
        row, col = pixel
        return 0 <= row < self.height and 0 <= col < self.width

    def same_place(self, pixel: Pixel, other: ViewerPicture) -> Pixel:
        """The pixel of `other` at the place that `pixel` has here; the rule of linked viewers."""
        row, col = pixel
        return (
            (2 * row + 1) * other.height // (2 * self.height),
            (2 * col + 1) * other.width // (2 * self.width),
        )


def viewer_picture(
    photo: bytes,
    labels: NDArray[np.uint8],
    class_names: Sequence[str],
    colours: Iterable[Sequence[int] | NDArray[np.uint8] | None],
    *,
    confidence_percent: NDArray[np.uint8] | None = None,
) -> ViewerPicture:
    """Pack a segmented photo for the viewer; a page does this once a photo and keeps the result.

    photo: the working-size image as JPEG, PNG or WebP, upright (an EXIF orientation would turn it).
    labels: (H, W) class numbers; one beyond the class list is shown as "no class".
    colours: a colour of three numbers 0..255 for each class, or None for a class that the mask leaves
        out, such as "the same in both" of a difference; a (C, 3) array will do.
    confidence_percent: (H, W), 0..100, already rounded, so that browser and server say the same; None
        without a prediction, as in a ground truth. Confidence and entropy are then not offered.
    Raises ValueError when these do not belong together.
    """
    height, width = labels.shape
    palette = tuple(None if colour is None else _colour(colour) for colour in colours)
    # Our own encoder wrote it: a stranger's bytes never get here.
    with Image.open(io.BytesIO(photo), formats=tuple(_PHOTO_TYPES)) as image:
        photo_type, photo_size = _PHOTO_TYPES[str(image.format)], image.size
    if photo_size != (width, height):
        raise ValueError(f"The photo is {photo_size[0]}x{photo_size[1]}, the label map {width}x{height}.")
    maps = [labels] if confidence_percent is None else [labels, confidence_percent]
    if maps[-1].shape != labels.shape:
        raise ValueError(f"Confidences {maps[-1].shape} do not fit labels {labels.shape}.")
    if any(each.dtype != np.uint8 for each in maps):
        raise ValueError(f"Maps must be uint8, not {', '.join(str(each.dtype) for each in maps)}.")
    if len(palette) != len(class_names):
        raise ValueError(f"{len(class_names)} class names, but {len(palette)} colours.")

    # Raw bytes and not a PNG: a canvas may change pixel values (colour management, premultiplied alpha).
    packed = zlib.compress(b"".join(each.tobytes() for each in maps), level=3)
    legend = json.dumps([list(class_names), palette, height, width, len(maps)]).encode()
    identity = hashlib.blake2b(b"".join((legend, packed, photo)), digest_size=8).hexdigest()
    return ViewerPicture(
        photo,
        photo_type,
        packed,
        height,
        width,
        tuple(class_names),
        palette,
        confidence_percent is not None,
        identity,
    )


def _colour(values: Sequence[int] | NDArray[np.uint8]) -> Colour:
    red, green, blue = (int(value) for value in values)
    return red, green, blue


def pixel_viewer(
    picture: ViewerPicture,
    *,
    chosen: Pixel,
    shape: Shape = "row",
    key: str,
    view: View = "overlay",
    entropy: Callable[[], NDArray[np.uint8]] | None = None,
    segmentation: Segmentation | None = None,
    pins: Sequence[ViewerPin] = (),
    link: str | None = None,
    toolbar: bool = True,
    words: str = "",
    subject: str | None = None,
    look: Look | None = None,
    temperature: AskedTemperature | None = None,
    marks: Mapping[str, str] = MappingProxyType({}),
    on_choose: Callable[[Pixel], None] | None = None,
    on_view: Callable[[View], None] | None = None,
    on_shape: Callable[[Shape], None] | None = None,
    on_pin: Callable[[Pixel], None] | None = None,
    on_look: Callable[[Look], None] | None = None,
    label: str = "",
) -> Pixel | None:
    """Show the picture with its mask, the chosen pixel and the neighbours around it.

    chosen: the pixel to mark. The viewer always follows it, also after the page changed it itself.
    shape: which neighbours to outline and magnify; `core.segmentation.reading.neighbourhood` has the rule.
    view: what to show. The viewer follows it when it changes; a view picked in the viewer stays.
    entropy: makes the (H, W) entropy map in fiftieths of a bit, uint8. Called once a picture, when
        somebody first wants to see it; without it, or without confidences, that view is not offered.
    segmentation: of this picture; with it the viewer also shows the reading of the chosen pixel and its
        neighbours, as `Segmentation.read_pixel` reads them. The browser fetches the logits once the picture
        is on the screen, and then reads by itself; where they are too large, each reading comes from here.
    pins: pixels to flag, numbered from 1.
    link: viewers of one page with the same link share zoom, pan, and the places pointed at and chosen.
        Only the clicked viewer calls `on_choose`; `ViewerPicture.same_place` says which
        pixel the others show, and the page then gives each its own.
    toolbar: False where `linked_toolbar` has one for all viewers of the link. What is chosen then stands
        under the picture.
    words: what the page says about the chosen pixel, right under the picture.
    subject: identifies what was photographed. Zoom, isolated and hidden classes are kept for pictures of the
        same, such as another working size's, and end with any other.
    look: what to show of the picture. The viewer follows it when it changes, and keeps what was done in it
        otherwise. None for a page that does not keep it.
    temperature: of the softmax beside a reading; set once each time it is asked for.
    marks: classes by name that get a mark, and the sentence that it stands for.
    on_choose: called with the pixel before the script runs again, when one was chosen; the place
        to set the session state that `chosen` comes from (and number inputs beside the viewer).
    on_view, on_shape: likewise, when a view or, beside a reading, other neighbours were picked.
    on_pin: likewise, when somebody pinned the chosen pixel beside its reading; None when none can be kept.
    on_look: likewise, some time after the look was changed in the viewer.
    label: what a screen reader calls the picture; empty for a segmented photo.
    Returns the pixel last chosen in this picture by click, tap or key; None before that.
    Raises PixelOutsideError when the picture has no such pixel as `chosen` or a pin.

    Inside an `st.fragment`, choosing a pixel runs that fragment only.
    """
    for pixel in (chosen, *((pin.row, pin.col) for pin in pins)):
        _check_inside(picture, pixel)
    views = _views(picture, entropy)

    def tell_chosen() -> None:
        if link is not None:
            st.session_state[_link_key(link)] = max(_echo(key, "chosen"), _link_echo(link))
        pixel = _chosen_by_user(key, picture)
        if on_choose is not None and pixel is not None:
            on_choose(pixel)

    def tell_view() -> None:
        picked = _view_by_user(key, views)
        if on_view is not None and picked is not None:
            on_view(picked)

    def tell_shape() -> None:
        picked = _shape_by_user(key)
        if on_shape is not None and picked is not None:
            on_shape(picked)

    def tell_pin() -> None:
        pixel = _pixel_in(picture, _state(key, "pinned"))
        if on_pin is not None and pixel is not None:
            on_pin(pixel)

    def tell_look() -> None:
        seen = look_by_user(_state(key, "look"), picture)
        if on_look is not None and seen is not None:
            on_look(seen)

    wants_entropy = "entropy" in (view, _view_by_user(key, views))
    if entropy is not None and "entropy" in views and wants_entropy:
        packed = _packed_entropy(picture.identity, picture.height, picture.width, entropy)
        entropy_address = media_url(packed, "application/octet-stream", f"{key}.entropy")
    else:
        entropy_address = None

    _mount(
        key=key,
        data={
            **_CODE.addresses("viewer"),
            "key": key,
            "picture": {
                "id": picture.identity,
                "subject": subject,
                "photo": media_url(picture.photo, picture.photo_type, f"{key}.photo"),
                "maps": media_url(picture.maps, "application/octet-stream", f"{key}.maps"),
                "height": picture.height,
                "width": picture.width,
                "names": [class_name(name) for name in picture.class_names],
                "colours": picture.colours,
                "confident": picture.has_confidence,
                "legend": legend_of(picture.class_names, marks),
            },
            "entropy": entropy_address,
            "reading": _reading(key, picture, segmentation, chosen, shape) if segmentation else None,
            "chosen": {"row": chosen[0], "col": chosen[1]},
            "shape": shape,
            "views": views,
            "view": view,
            # Whether a view picked in the browser is worth a run of the script.
            "tellView": on_view is not None,
            "pinnable": on_pin is not None,
            "pins": [{"name": pin.name, "row": pin.row, "col": pin.col} for pin in pins],
            "link": link,
            "toolbar": toolbar,
            "words": words,
            # Which of the browser's choices this run knows of. While it is not the newest one,
            # the viewer does not let itself be moved back by an answer that was overtaken.
            "echo": max(_echo(key, "chosen"), 0 if link is None else _link_echo(link)),
            "viewEcho": _echo(key, "view"),
            "shapeEcho": _echo(key, "shape"),
            "look": None if look is None else asdict(look),
            "lookEcho": _echo(key, "look"),
            "temperature": None if temperature is None else asdict(temperature),
            "label": label or _("Segmented photo"),
        },
        on_chosen_change=tell_chosen,
        on_view_change=tell_view,
        on_shape_change=tell_shape,
        on_pinned_change=tell_pin,
        on_unread_change=lambda: None,  # its run answers with a reading
        on_look_change=tell_look,
    )
    return _chosen_by_user(key, picture)


def linked_toolbar(link: str, *, views: Sequence[View], subject: str, label: str) -> None:
    """One toolbar for all viewers of a link, whose own `toolbar` is False: zoom and all that is shown.

    views: those to choose from; a picture without the one chosen shows its overlay. With none the viewers
        keep the views that the page gives them.
    subject: what the pictures are of. With another one no class is isolated or hidden any more.
    label: what a screen reader calls the toolbar.
    """
    _mount_toolbar(
        key=f"linked_toolbar.{link}",
        data={
            **_CODE.addresses("linkedbar"),
            "link": link,
            "views": list(views),
            "subject": subject,
            "label": label,
        },
    )


def _reading(
    key: str, picture: ViewerPicture, segmentation: Segmentation, chosen: Pixel, shape: Shape
) -> Mapping[str, object]:
    """What the browser reads pixels from.

    logits: where they are, and their shape; None where the browser does not get them.
    served: the reading of the chosen pixel, unless the browser has the logits by now.
    megabytes: of logits that are too large to be sent; None for others.
    """
    logits, small = segmentation.logits, fit_a_browser(segmentation.logits)
    answer: dict[str, object] = {
        "logits": None,
        "served": None,
        "megabytes": None if small else megabytes(logits),
    }
    if _chosen_by_user(key, picture) is None or not small or _failed_to_read(key, picture):
        read = segmentation.read_pixel(*chosen, shape=shape)
        pixels = [(pixel.row, pixel.col) for pixel in read.pixels]
        answer |= {"served": {"pixels": pixels, "probabilities": read.probabilities.tolist()}}
    if small and not _failed_to_read(key, picture):
        packed = packed_logits(picture.identity, segmentation)
        classes, rows, cols = logits.shape
        address = media_url(packed, "application/octet-stream", f"{key}.logits")
        size = {"classes": classes, "rows": rows, "cols": cols, "stride": segmentation.stride}
        answer |= {"logits": {"address": address, **size}}
    return answer


def _check_inside(picture: ViewerPicture, pixel: Pixel) -> None:
    if not picture.contains(pixel):
        raise PixelOutsideError(
            f"Pixel {pixel} is outside the picture, whose rows are 0 to {picture.height - 1} "
            f"and columns 0 to {picture.width - 1}."
        )


def _views(picture: ViewerPicture, entropy: object) -> list[View]:
    """The views that the picture has."""
    views: list[View] = ["photo", "overlay", "mask"]
    if picture.has_confidence:
        views.append("confidence")
        if entropy is not None:
            views.append("entropy")
    return views


@st.cache_resource(max_entries=16, show_spinner=False)
def _packed_entropy(
    identity: str, height: int, width: int, _entropy: Callable[[], NDArray[np.uint8]]
) -> bytes:
    """The deflated entropy map of the picture of this identity, made once for all sessions."""
    values = _entropy()
    if values.shape != (height, width) or values.dtype != np.uint8:
        raise ValueError(f"The entropy map is {values.dtype} {values.shape}, not uint8 {(height, width)}.")
    return zlib.compress(values.tobytes(), level=3)


# --- what the browser sends: it can be anything, so all is checked --------------------------------


def _state(key: str, name: str) -> Mapping[str, object]:
    """What the browser last sent as `name` under `key`; empty before that."""
    everything = st.session_state.get(key)
    state = everything.get(name) if isinstance(everything, Mapping) else None
    return state if isinstance(state, Mapping) else {}


def _chosen_by_user(key: str, picture: ViewerPicture) -> Pixel | None:
    """The pixel chosen in this very picture."""
    return _pixel_in(picture, _state(key, "chosen"))


def _pixel_in(picture: ViewerPicture, state: Mapping[str, object]) -> Pixel | None:
    """The pixel that the browser names, if it is one of this very picture."""
    row, col = _whole(state.get("row")), _whole(state.get("col"))
    if state.get("picture") != picture.identity or row is None or col is None:
        return None
    return (row, col) if picture.contains((row, col)) else None


def _view_by_user(key: str, views: Sequence[View]) -> View | None:
    """The view picked in the browser, if it is one of those offered."""
    picked = _state(key, "view").get("view")
    return next((view for view in views if view == picked), None)


def _shape_by_user(key: str) -> Shape | None:
    """The neighbours picked in the browser."""
    picked = _state(key, "shape").get("shape")
    return next((shape for shape in SHAPES if shape == picked), None)


def _failed_to_read(key: str, picture: ViewerPicture) -> bool:
    """Whether the browser could not load this picture's logits."""
    return _state(key, "unread").get("picture") == picture.identity


def look_by_user(state: Mapping[str, object], picture: ViewerPicture) -> Look | None:
    """What the browser says is seen of this very picture. state: what it sent, which can be anything."""
    left, top, span = (_number(state.get(name)) for name in ("left", "top", "span"))
    if state.get("picture") != picture.identity or left is None or top is None or span is None:
        return None
    classes = range(len(picture.class_names))
    hidden, isolated = state.get("hidden"), _whole(state.get("isolated"))
    sent = [_whole(each) for each in hidden] if isinstance(hidden, list) else []
    numbers = {number for number in sent if number is not None and number in classes}
    return look_at(left, top, span, isolated if isolated in classes else None, numbers, picture)


def look_at(
    left: float, top: float, span: float, isolated: int | None, hidden: Iterable[int], picture: ViewerPicture
) -> Look:
    """A look inside the picture, whatever the finite numbers; at least a few pixels are shown."""
    least = min(1.0, _FEWEST_PIXELS / max(picture.width, picture.height))
    span = min(max(span, least), 1.0)
    left, top = (min(max(edge, 0.0), 1.0 - span) for edge in (left, top))
    return Look(left, top, span, isolated, tuple(sorted(hidden)))


def _echo(key: str, name: str) -> int:
    """The number of the browser's newest `name` that has arrived; 0 before the first."""
    return _whole(_state(key, name).get("sequence")) or 0


def _link_key(link: str) -> str:
    return f"pixel_viewer.link.{link}"


def _link_echo(link: str) -> int:
    """The same for all viewers with this link, which count their choices together."""
    return _whole(st.session_state.get(_link_key(link))) or 0


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and -1e9 < value < 1e9 else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
