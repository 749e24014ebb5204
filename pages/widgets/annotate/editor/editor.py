"""The editor: a Components v2 front end over a correction, and how its strokes reach the store.

The browser applies every stroke at once and sends it as packed runs. What it sends stays in the component's
state until it is answered, so a run that another message interrupts loses nothing: the next one finds it
again. Each edit has a number, by which it is taken exactly once (`taking.py`).
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import get_args

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.annotation.edited import EditedPicture
from core.annotation.regions import Scale, packed_regions, regions
from core.languages import class_name, mark
from core.languages import gettext as _
from core.photos import images
from pages.widgets.annotate.editor.doubt import doubtful
from pages.widgets.annotate.editor.packing import checksum, deflated, identity, steps
from pages.widgets.annotate.editor.presence import company
from pages.widgets.annotate.editor.reading import Network
from pages.widgets.annotate.editor.suggesting import live, suggested
from pages.widgets.annotate.editor.taking import Answer, take
from pages.widgets.shared.media import media_url
from pages.widgets.viewer.legend import legend_of
from pages.widgets.viewer.modules import DOOR, FrontEnd
from pages.widgets.viewer.pixel_viewer import LEGEND_STYLE, SOURCES, STYLE, Look, Pixel

_FRONT = Path(__file__).parent / "front"
_KEY, _PACKED = "editor", "editor_packed"
PAINTS_KEY = "painter"
_MOST_RECENT = 4
_NUMBERS = itertools.count(1)
_SCALES: tuple[Scale, ...] = get_args(Scale)
_ELSEWHERE = mark(
    "Another window has this picture open, too: both draw on the same correction, and nothing is lost."
)

# Each imports only modules listed before it; those of the viewer come first.
_OF_THE_VIEWER = (
    "geometry",
    "element",
    "elements",
    "legendrows",
    "colourmap",
    "fetching",
    "picture",
    "painting",
    "patterns",
    "toolbar",
    "gestures",
    "holding",
)
_OWN = (
    "regions",
    "runs",
    "strokes",
    "history",
    "correction",
    "tint",
    "stroke",
    "drawing",
    "classlist",
    "surface",
    "toolbox",
    "polygon",
    "regiontool",
    "hand",
    "suggesting",
    "doubts",
    "news",
    "standing",
    "aiming",
    "keyboard",
    "editor",
)
EDITOR_SOURCES = {name: SOURCES[name] for name in _OF_THE_VIEWER} | {
    name: _FRONT / f"{name}.js" for name in _OWN
}
"""The editor's JavaScript modules by name, in the order in which they import each other."""

_CODE = FrontEnd.read(EDITOR_SOURCES, STYLE, LEGEND_STYLE, _FRONT / "editor.css")

_mount = st.components.v2.component("streetscope_editor", js=DOOR)


def editor(
    correction: EditedPicture,
    *,
    label: str,
    read_only: str = "",
    at: Pixel | None = None,
    look: Look | None = None,
    network: Network | None = None,
    marks: Mapping[str, str] = MappingProxyType({}),
    paints: bool = False,
) -> None:
    """Show a correction to draw on; takes what the browser has drawn since the last run.

    label: what a screen reader calls the picture. read_only: why nobody may draw, as a sentence; empty to let
    them. at: a pixel to mark, look: the part to show, when the picture is new on the page.
    network: what suggests classes for the rest of the picture; None where nothing can. marks: classes by name
    that get a mark, and the sentence that it stands for. paints: whether somebody paints an empty picture,
    where there is nothing to review, no other class and nothing to suggest.
    """
    key = PAINTS_KEY if paints else _KEY
    message = _sent("edits", key)
    drawn_on = _recent(correction, key).get(str(message.get("id")))
    answer = None if read_only or drawn_on is None else take(drawn_on, message)
    _mount(
        key=key,
        data={
            **_CODE.addresses("editor"),
            "label": label,
            "paints": paints,
            "readOnly": read_only,
            "notice": _(_ELSEWHERE) if company(identity(correction)).earlier else "",
            "picture": {
                "id": identity(correction),
                "width": correction.start.shape[1],
                "height": correction.start.shape[0],
                "names": [class_name(name) for name in correction.class_list.names],
                "colours": correction.class_list.palette.tolist(),
                "legend": legend_of(correction.class_list.names, marks),
                "readOnly": bool(read_only),
                "photo": media_url(_photo(correction.key, correction.image), "image/jpeg", "editor.photo"),
                "start": _map_url(correction.start, "start"),
                **_state(correction),
                "at": None if at is None else {"row": at[0], "col": at[1]},
                "look": None if look is None else {"left": look.left, "top": look.top, "span": look.span},
            },
            "regions": _regions(correction, key),
            "suggests": network is not None,
            "others": len(correction.others),
            "suggestion": _suggestion(correction, network) if network and not read_only else None,
            "live": _live(correction, network) if network and not read_only else None,
            "doubtful": _doubtful(correction, network) if network else None,
            "answer": None if answer is None else _answered(answer, correction),
        },
        on_edits_change=lambda: None,  # its run takes what was sent
        on_regions_change=lambda: None,  # its run answers with them
        on_suggest_change=lambda: None,  # likewise
        on_live_change=lambda: None,
        on_doubt_change=lambda: None,
        on_news_change=lambda: None,
    )


def _recent(correction: EditedPicture, key: str) -> Mapping[str, EditedPicture]:
    """The last corrections in this visitor's editor called `key`, this one included.

    The last stroke on a picture may arrive when another one has been chosen already. What a guest may
    only look at is never among what is painted.
    """
    recent: dict[str, EditedPicture] = st.session_state.setdefault(f"{key}_recent", {})
    recent.pop(identity(correction), None)
    recent[identity(correction)] = correction
    while len(recent) > _MOST_RECENT:
        del recent[next(iter(recent))]
    return recent


def _sent(name: str, key: str = _KEY) -> Mapping[str, object]:
    """What the browser has last sent as `name` from the editor called `key`; it can be anything."""
    everything = st.session_state.get(key)
    message = everything.get(name) if isinstance(everything, Mapping) else None
    return message if isinstance(message, Mapping) else {}


def _suggestion(correction: EditedPicture, network: Network) -> dict[str, object] | None:
    """The classes that the browser has asked for."""
    found = suggested(correction, _sent("suggest"), network)
    if found is None:
        return None
    address = media_url(found.labels, "application/octet-stream", "editor.suggestion") if found.labels else ""
    return {
        "number": found.question[1],
        "labels": address,
        "trouble": found.trouble,
        "waits": _waits(found.waits),
    }


def _live(correction: EditedPicture, network: Network) -> dict[str, object] | None:
    """The suggestion for the mask as it is now, in the message itself: the browser needs no second one."""
    found = live(correction, _sent("live"), network)
    return None if found is None else asdict(found) | {"waits": _waits(found.waits)}


def _waits(waits: bool) -> int:
    """0, or a number that no answer had before.

    Of a run that says the same as the one before, Streamlit tells the browser nothing: it would ask no more.
    """
    return next(_NUMBERS) if waits else 0


def _doubtful(correction: EditedPicture, network: Network) -> dict[str, object] | None:
    """The doubtful place that the browser has asked for."""
    found = doubtful(correction, _sent("doubt"), network)
    if found is None:
        return None
    at = None if found.place is None else {"row": found.place[0], "col": found.place[1]}
    return {"id": found.question[0], "number": found.question[1], "at": at, "words": found.words}


def _regions(correction: EditedPicture, key: str = _KEY) -> dict[str, object] | None:
    """The regions that the browser has asked for; they are cut where the start has another class."""
    asked = _sent("regions", key)
    scale = next((each for each in _SCALES if each == asked.get("scale")), None)
    if scale is None or asked.get("id") != identity(correction):
        return None
    start = correction.start
    packed = _packed_regions(correction.key, zlib.adler32(start.tobytes()), scale, correction.image, start)
    address = media_url(packed, "application/octet-stream", "editor.regions")
    return {"id": identity(correction), "scale": scale, "address": address}


@st.cache_resource(max_entries=24, show_spinner=False)
def _packed_regions(
    key: str, start: int, scale: Scale, _image: NDArray[np.uint8], _start: NDArray[np.uint8]
) -> bytes:
    return packed_regions(regions(_image, _start, scale))


def _answered(answer: Answer, correction: EditedPicture) -> dict[str, object]:
    """The answer for the browser. If it has another mask, it takes the one that comes with the picture."""
    return asdict(answer) | {"differs": answer.differs and answer.id == identity(correction)}


def _state(correction: EditedPicture) -> dict[str, object]:
    """What mask and history the browser should have, and their addresses, for one that has others."""
    history, version = correction.history, correction.version
    written = steps(history, version)
    return {
        "sum": checksum(history.mask),
        "stepsSum": zlib.adler32(written),
        "mask": _map_url(history.mask, "mask"),
        "steps": media_url(written, "application/json", "editor.steps"),
    }


def _map_url(values: NDArray[np.uint8], place: str) -> str:
    """The address of a label map, which nobody changes in place; deflated once for a visitor."""
    packed: dict[str, tuple[NDArray[np.uint8], bytes]] = st.session_state.setdefault(_PACKED, {})
    if place not in packed or packed[place][0] is not values:
        packed[place] = values, deflated(values)
    return media_url(packed[place][1], "application/octet-stream", f"editor.{place}")


@st.cache_resource(max_entries=8, show_spinner=False)
def _photo(key: str, _image: NDArray[np.uint8]) -> bytes:
    return images.encode_jpeg(_image)
