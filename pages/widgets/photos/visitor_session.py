"""What one visitor has: photos, pins, figures. It outlives a reload of the page.

Streamlit begins a new session at every reload. The browser tab therefore keeps a random token
(`visit.js`), and the visit is found again by it; two tabs are two visits.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import streamlit as st
from cachetools import TTLCache

from core.photos.photo import Photo, read_photo
from core.photos.samples import SAMPLES
from core.segmentation.pins import Pin

MAX_PHOTOS = 24
MAX_BYTES = 150 * 1024 * 1024
"""Of photos in one visit: thirty visitors at once then stay below what a laptop has."""

_KEPT_BYTES = 1024**3
_KEPT_SECONDS = 30 * 60
_TOKEN = re.compile(r"[0-9a-f]{32}")
_VISIT, _TOKEN_KEY = "visit", "visit_token"

_mount = st.components.v2.component(
    "streetscope_visit", js=(Path(__file__).parent / "visitor_session.js").read_text("utf-8")
)

MainClasses = tuple[tuple[str, float], ...]


@st.cache_resource(show_spinner=False)
def _samples() -> dict[str, Photo]:
    return {s.name: read_photo(s.file, s.path.read_bytes(), credit=s.credit, sample=s.name) for s in SAMPLES}


def samples() -> list[Photo]:
    """The photos that come with the project."""
    return list(_samples().values())


def sample(name: str) -> Photo | None:
    """A photo of the project by its name."""
    return _samples().get(name)


@dataclass(frozen=True)
class KeptPin:
    """A pin and the key of the photo it is in: two photos may have one name."""

    photo: str
    pin: Pin


@dataclass(eq=False)
class VisitorSession:
    """photos: the visitor's own, by key, in the order they came. pins: kept pixels, of any photo.

    looked_at: the photo on screen, a key of `photos` or the name of a sample.
    pixel: the chosen one, as (row, column) of a picture of the size `pixel_in`, (height, width).
    main_classes: of photos already segmented, by (photo, model, size): name and share of the largest.
    """

    photos: dict[str, Photo] = field(default_factory=dict)
    pins: list[KeptPin] = field(default_factory=list)
    looked_at: str = ""
    main_classes: dict[tuple[str, str, str], MainClasses] = field(default_factory=dict)
    pixel: tuple[int, int] | None = None
    pixel_in: tuple[int, int] | None = None
    token: str = ""

    @property
    def nbytes(self) -> int:
        """Bytes of memory that its photos keep."""
        return sum(photo.nbytes for photo in list(self.photos.values()))

    def photo(self) -> Photo:
        """The photo on screen; the first sample where it is gone."""
        return self.photos.get(self.looked_at) or sample(self.looked_at) or samples()[0]

    def all_photos(self) -> list[Photo]:
        """The samples and the visitor's own."""
        return [*samples(), *self.photos.values()]

    def look_at(self, key: str) -> None:
        """Put the photo of this key on screen; nothing happens where there is none."""
        shown = next((photo for photo in self.all_photos() if photo.key == key), None)
        if shown is not None:
            self.looked_at = shown.sample or shown.key

    def remove(self, key: str) -> None:
        """Take a photo away, with what is known of it; its pins stay, for they are numbers."""
        self.photos.pop(key, None)
        self.main_classes = {k: v for k, v in self.main_classes.items() if k[0] != key}


class _SessionStore:
    """Sessions by token, the most recent ones, for half an hour after they were last seen."""

    def __init__(self) -> None:
        self._sessions: TTLCache[str, VisitorSession] = TTLCache(
            _KEPT_BYTES, _KEPT_SECONDS, getsizeof=lambda session: session.nbytes + 4096
        )
        self._lock = threading.Lock()

    def find(self, token: str) -> VisitorSession | None:
        with self._lock:
            return self._sessions.get(token)

    def keep(self, session: VisitorSession) -> None:
        """Keep it from now on; said at every run, so that its age and size are right."""
        with self._lock:
            self._sessions[session.token] = session


@st.cache_resource(show_spinner=False)
def _sessions() -> _SessionStore:
    return _SessionStore()


def visitor_session() -> VisitorSession:
    """This visitor's things."""
    mine: VisitorSession = st.session_state.setdefault(_VISIT, VisitorSession())
    return mine


def keep_visitor_session(take_up: Callable[[VisitorSession], None] = lambda _: None) -> None:
    """Find the visit of this browser tab again after a reload. Once a page, at its end: it shows nothing.

    take_up: told of the visit found, before the page runs again with it.
    """
    _mount(key=_TOKEN_KEY, data={}, on_token_change=partial(_recognise, take_up))
    if visitor_session().token:
        _sessions().keep(visitor_session())


def _recognise(take_up: Callable[[VisitorSession], None]) -> None:
    """The tab has told its token: take up the visit it had, unless a new one has begun meanwhile."""
    token = st.session_state[_TOKEN_KEY].get("token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token) or visitor_session().token:
        return
    earlier = _sessions().find(token)
    if earlier is not None and not visitor_session().photos and not visitor_session().pins:
        asked = visitor_session().looked_at
        st.session_state[_VISIT] = earlier
        earlier.looked_at = asked or earlier.looked_at
        take_up(earlier)
    visitor_session().token = token
