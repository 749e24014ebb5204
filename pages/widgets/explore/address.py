"""What a page's address holds: photo, view, pixel, neighbourhood and look. Opening it shows that.

Size and model are widgets that Streamlit itself binds to the address.
"""

from __future__ import annotations

import math
import re
import time
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import streamlit as st

from core.languages import gettext as _
from core.photos.photo import Photo
from core.segmentation.probabilities import HIGHEST_TEMPERATURE
from pages.widgets.explore import reading
from pages.widgets.explore.reading import COLUMN, ROW, SHAPE
from pages.widgets.photos.listed import ListedPhoto
from pages.widgets.photos.opened_set import PHOTO, name_in_set, open_named_set, say_no_set, says_set
from pages.widgets.photos.visitor_session import VisitorSession, sample, visitor_session
from pages.widgets.shared.guests import is_student
from pages.widgets.shared.markdown import markdown
from pages.widgets.viewer.pixel_viewer import (
    SHAPES,
    AskedTemperature,
    Look,
    Pixel,
    View,
    ViewerPicture,
    look_at,
)

_OWN = "own-"
"""How an address names a visitor's own photo, which stays with them: so, and by eight digits of its key, for
nobody is to find another one there."""

_VIEW, _LOOK = "view", "look"
_RUNS, _WRITTEN, _MISSING = "address_followed", "address_written", "photo_missing"
_PIXEL, _REPLACED = "pixel_in_address", "address_replaced"
_ON_ITS_WAY = 2.0
"""Seconds that an address may need to the browser and back."""

_MOST_REPLACED = 16
_VIEWS = typing.get_args(View)
_ZOOM, _ONLY, _HIDE = "zoom", "only", "hide"
_CARRIED = ("row", "col", _ZOOM)
"""What Annotate understands, too."""

TEMPERATURE = "temperature"
"""In an address it is asked for once: the slider in the browser is where it is afterwards."""

_ASKED_TEMPERATURE = "temperature_asked"

_PLACE = (PHOTO, "row", "col", "model", "size")
"""What the page that looks inside understands."""

_OURS = (PHOTO, "view", "row", "col", SHAPE, _ZOOM, _ONLY, _HIDE, TEMPERATURE)
_NUMBER = re.compile(r"\d{1,4}(\.\d{1,9})?")
_MOST_HIDDEN = 256

Said = Mapping[str, list[str]]
"""What an address says: the values of each name."""


@dataclass(frozen=True)
class _NamedLook:
    """A look with its classes by name: numbers would mean others with another model.

    photo: the key of the photo that is looked at, or what an address calls it.
    """

    photo: str
    magnification: float = 1.0
    left: float = 0.0
    top: float = 0.0
    only: str | None = None
    hide: tuple[str, ...] = ()


def follow() -> None:
    """Read what a link or the browser's back button put into the address."""
    st.session_state[_RUNS] = st.session_state.get(_RUNS, 0) + 1
    asked = {name: st.query_params.get_all(name) for name in _OURS}
    written: Said = st.session_state.get(_WRITTEN, {})
    if _is_overtaken(asked):
        asked = {name: written.get(name, []) for name in _OURS}
    news = {name: values for name, values in asked.items() if values != written.get(name, [])}
    if PHOTO in news:
        _look_at(_last(asked, PHOTO))
    if _last(news, "view") in _VIEWS:
        st.session_state[_VIEW] = _last(news, "view")
    for name, key in (("row", ROW), ("col", COLUMN)):
        if _last(news, name).isdecimal():
            st.session_state[key] = int(_last(news, name)[:6])
            st.session_state[_PIXEL] = st.session_state.get(_PIXEL, {}) | {key: st.session_state[key]}
    if (neighbours := _last(news, SHAPE).lower()) in SHAPES:
        st.session_state[SHAPE] = neighbours
    if _NUMBER.fullmatch(_last(news, TEMPERATURE)) and float(_last(news, TEMPERATURE)) > 0:
        before = temperature()
        number = 1 if before is None else before.asked + 1
        value = min(float(_last(news, TEMPERATURE)), HIGHEST_TEMPERATURE)
        st.session_state[_ASKED_TEMPERATURE] = AskedTemperature(value, number)
    if not {PHOTO, _ZOOM, _ONLY, _HIDE}.isdisjoint(news):
        st.session_state[_LOOK] = _look_asked(asked)


def _is_overtaken(asked: Said) -> bool:
    """Whether an address is one that the page has just replaced, which the browser had not heard of yet.

    A run that begins in that moment, such as the last tick of the strip, still has the old address. Somebody
    who goes back in the browser takes longer.
    """
    said = {name: values for name, values in asked.items() if values}
    replaced: list[tuple[float, Said]] = st.session_state.get(_REPLACED, [])
    return any(said == earlier and time.monotonic() - at < _ON_ITS_WAY for at, earlier in replaced)


def take_up(session: VisitorSession) -> None:
    """Return to what a visitor had before the page was reloaded, but for the pixel that the address names."""
    missing, _ = st.session_state.get(_MISSING, ("", ""))
    if own := _own(session, missing):
        session.look_at_own(own)
    if _PIXEL not in st.session_state:
        reading.take_up(session)
        return
    # As the address says: in the picture shown until now, a pixel of another one may have been moved inside.
    st.session_state.update(st.session_state[_PIXEL])
    session.pixel_in = None


def _last(said: Said, name: str) -> str:
    return said[name][-1] if said.get(name) else ""


def _look_at(name: str) -> None:
    """Look at the photo that the address names; `say_missing` tells of one that is not there."""
    mine = visitor_session()
    st.session_state.pop(_MISSING, None)
    if open_named_set(name):
        return
    if sample(name):
        mine.look_at_own(name)
    elif own := _own(mine, name):
        mine.look_at_own(own)
    elif name:
        st.session_state[_MISSING] = (name, mine.here().key)


def _own(session: VisitorSession, name: str) -> str:
    """The key of the visitor's own photo that an address calls so; empty if there is none."""
    return next((key for key, photo in list(session.photos.items()) if _name_of(photo) == name), "")


def _may_come_back() -> bool:
    """Whether the visitor's own photos may come with the next run, when the tab has sent its token."""
    missing, _ = st.session_state.get(_MISSING, ("", ""))
    return bool(missing.startswith(_OWN) and st.session_state[_RUNS] == 1)


def say_missing() -> None:
    """Say that the photo of the address is not there, for as long as the one shown instead is on screen."""
    missing, shown = st.session_state.get(_MISSING, ("", ""))
    if not missing or _may_come_back():
        return
    if visitor_session().here().key != shown:
        del st.session_state[_MISSING]
        return
    if says_set(missing):
        say_no_set(missing)
        return
    words = (
        markdown(
            "This link was made from somebody's own photo, which stayed with them. Another photo is shown; "
            "add the photo to see it here."
        )
        if missing.startswith(_OWN)
        else markdown("There is no sample called {name}; another photo is shown.", name=missing[:80])
    )
    st.warning(words, icon=":material/search_off:")


def view() -> View:
    """The view in which the page shows the picture."""
    shown: View = st.session_state.get(_VIEW, "overlay")
    return shown


def temperature() -> AskedTemperature | None:
    """The temperature that an address asked for last, if any did."""
    asked: AskedTemperature | None = st.session_state.get(_ASKED_TEMPERATURE)
    return asked


def keep_view(chosen: View) -> None:
    """Remember the view chosen in the picture."""
    st.session_state[_VIEW] = chosen


def look(photo: Photo, picture: ViewerPicture) -> Look:
    """What is to be seen of the picture of this photo; all of it, unless it was looked at otherwise."""
    kept = _kept_look(photo)
    numbers = {name: number for number, name in enumerate(picture.class_names)}
    hidden = (numbers[name] for name in kept.hide if name in numbers)
    only = None if kept.only is None else numbers.get(kept.only)
    return look_at(kept.left, kept.top, 1 / kept.magnification, only, hidden, picture)


def keep_look(photo: Photo, picture: ViewerPicture, seen: Look) -> None:
    """Remember what is seen of the picture."""
    names = picture.class_names
    st.session_state[_LOOK] = _NamedLook(
        photo.key,
        1 / seen.span,
        seen.left,
        seen.top,
        None if seen.isolated is None else names[seen.isolated],
        tuple(names[number] for number in seen.hidden),
    )


def _kept_look(photo: Photo) -> _NamedLook:
    kept: _NamedLook | None = st.session_state.get(_LOOK)
    return kept if kept is not None and kept.photo in (photo.key, _name_of(photo)) else _NamedLook(photo.key)


def _look_asked(asked: Said) -> _NamedLook:
    """The look that an address names, or all of the picture; the address may come from anybody."""
    parts = _last(asked, _ZOOM).split("_")
    numbers = [float(part) for part in parts if _NUMBER.fullmatch(part)]
    magnification, left, top = numbers if len(numbers) == len(parts) == 3 else (1.0, 0.0, 0.0)
    only = _last(asked, _ONLY)
    return _NamedLook(
        _last(asked, PHOTO) or _name_of(visitor_session().here()),
        max(magnification, 1.0),
        left,
        top,
        only or None,
        tuple(asked[_HIDE][:_MOST_HIDDEN]),
    )


def _name_of(photo: Photo | ListedPhoto) -> str:
    if photo.photo_set:
        return name_in_set(photo.photo_set, photo.number)
    return photo.sample or f"{_OWN}{photo.key[:8]}"


def write(photo: Photo, pixel: Pixel) -> None:
    """Write what is shown into the address; of a visitor's own photo only its key, for it stays with them."""
    if _may_come_back():
        return
    kept = st.session_state[_LOOK] = _kept_look(photo)  # that of another photo ends here
    said: dict[str, list[str]] = {
        "row": [str(pixel[0])],
        "col": [str(pixel[1])],
        "view": [view()],
        PHOTO: [_name_of(photo)],
        **_look_said(kept),
    }
    if reading.shape() != SHAPES[0]:
        said[SHAPE] = [reading.shape().title()]
    for name in _OURS:
        if name not in said and name in st.query_params:
            del st.query_params[name]
    _write(said)


def write_place(photo: Photo, pixel: Pixel) -> None:
    """As `write`, for a page whose views are its own: only the photo and the pixel."""
    if _may_come_back():
        return
    _write({"row": [str(pixel[0])], "col": [str(pixel[1])], PHOTO: [_name_of(photo)]})


def _write(said: dict[str, list[str]]) -> None:
    st.query_params.update(said)
    written: Said = st.session_state.get(_WRITTEN, {})
    if written != said:
        replaced = [*st.session_state.get(_REPLACED, []), (time.monotonic(), written)]
        st.session_state[_REPLACED] = replaced[-_MOST_REPLACED:]
    st.session_state[_WRITTEN] = said


def _look_said(kept: _NamedLook) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    if not math.isclose(kept.magnification, 1.0, abs_tol=0.005):
        said[_ZOOM] = [f"{kept.magnification:.2f}_{kept.left:.4f}_{kept.top:.4f}"]
    if kept.only is not None:
        said[_ONLY] = [kept.only]
    if kept.hide:
        said[_HIDE] = [*kept.hide]
    return said


def correct_link(photo: Photo) -> None:
    """A link to the Annotate page, which opens this photo at the pixel and in the part that are shown here.

    Call it when the page has written its address. Nothing for a student, who may not open that page.
    """
    if is_student():
        return
    names = (*_CARRIED, "model", "size", *((PHOTO,) if photo.photo_set else ()))
    st.page_link(
        "pages/annotate.py",
        label=_("Correct this photo"),
        icon=":material/draw:",
        query_params=_said_here(names),
        width="content",
    )


def inside_link() -> None:
    """A link to the page that looks inside the network at this photo and pixel; call it as `correct_link`."""
    st.page_link(
        "pages/inside.py",
        label=_("Look inside"),
        icon=":material/neurology:",
        query_params=place_said(),
        width="content",
    )


def explore_link() -> None:
    """The way back from there."""
    st.page_link(
        "pages/explore.py",
        label=_("Back to Explore"),
        icon=":material/travel_explore:",
        query_params=place_said(),
        width="content",
    )


def place_said() -> dict[str, str]:
    """What the address says of photo, pixel, model and size: for links to pages that understand it."""
    return _said_here(_PLACE)


def _said_here(names: Iterable[str]) -> dict[str, str]:
    return {name: st.query_params[name] for name in names if name in st.query_params}
