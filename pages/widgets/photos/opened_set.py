"""The set of photos that is open in place of one's own: its line on the page and its part of the address."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.languages import filled
from core.languages import gettext as _
from core.photos.gather.opened import Order
from core.photos.gather.store import PhotoSet
from pages.widgets.photos import added
from pages.widgets.photos.listed import ListedPhoto
from pages.widgets.photos.visitor_session import sample, visitor_session
from pages.widgets.shared.markdown import markdown

PHOTO = "photo"
"""The name in the address of what is looked at: of a set's photo, the set's name and the photo's number."""

_JOINT = "~"
"""Between the two: no name of a set has it."""

IN_GATHER = "photos"
"""The name in Gather's address of its set."""

_MOST, _REMEMBERED = 100, 8
_LONGEST = 24
"""Characters of a set's name that its line has room for on a phone."""

_SAID = "set_in_address"
_ON_ITS_WAY = 2.0
"""Seconds that an address may need to the browser and back."""


def name_in_set(photo_set: str, number: int) -> str:
    """What an address calls a set's photo: my-streets~12."""
    return f"{photo_set}{_JOINT}{number}"


def address_of(photos: PhotoSet, number: int) -> dict[str, str]:
    """What the address of Explore, Compare or Annotate says to open a set at one of its photos."""
    return {PHOTO: name_in_set(photos.name, number)}


def says_set(name: str) -> bool:
    """Whether an address means a set's photo by this."""
    return _JOINT in name


def open_named_set(name: str) -> bool:
    """Open the set that an address names, at the photo that it names; whether there is such a set."""
    photo_set, joint, number = name[:_MOST].partition(_JOINT)
    return bool(joint) and visitor_session().open_set(photo_set, int(number) if number.isdecimal() else 0)


def say_no_set(name: str) -> None:
    """Say that the set that an address names cannot be opened."""
    st.warning(
        markdown(
            "There is no set {name} with photos in it; another photo is shown.",
            name=name[:_MOST].partition(_JOINT)[0],
        ),
        icon=":material/search_off:",
    )


def follow_set() -> None:
    """Open the set or the sample that the address names, if the page has not written it there itself."""
    asked = st.query_params.get(PHOTO, "")
    written: list[tuple[float, str]] = st.session_state.get(_SAID, [])
    last = written[-1][1] if written else ""
    # A run may begin with an address that the last one has just replaced.
    overtaken = any(asked == said and time.monotonic() - at < _ON_ITS_WAY for at, said in written)
    if says_set(asked) and asked != last and not overtaken and not open_named_set(asked):
        say_no_set(asked)
    if not says_set(asked) and sample(asked) is not None:  # a sample, or a frame that a lesson shows
        visitor_session().look_at_own(asked)


def write_set() -> None:
    """Write which photo of which set is shown into the address, or take it out."""
    mine = visitor_session()
    opened = mine.opened()
    said = "" if opened is None else name_in_set(opened.name, mine.here().number)
    if said:
        st.query_params[PHOTO] = said
    else:
        st.query_params.pop(PHOTO, None)
    written: list[tuple[float, str]] = st.session_state.get(_SAID, [])
    st.session_state[_SAID] = [*written, (time.monotonic(), said)][-_REMEMBERED:]


def set_line(way: Literal["strip", "queue"] = "strip") -> Order:
    """A line above the photos of the open set: its name and count, ways to the neighbours and back to Gather.

    Draws nothing without one. way: a queue goes through the photos in an order that the visitor chooses, the
    least certain first, and says what it is; a strip, in the set's own. Returns the order.
    """
    mine = visitor_session()
    opened = mine.opened()
    if opened is None:
        return "number"
    with st.container(
        horizontal=True, wrap=False, vertical_alignment="center", gap="xsmall", key="photo_set_line"
    ):
        name = opened.name if len(opened.name) <= _LONGEST else f"{opened.name[: _LONGEST - 1]}…"
        st.page_link(
            "pages/gather.py",
            label=markdown("{name}", name=name),
            icon=":material/arrow_back:",
            query_params={IN_GATHER: opened.name},
            help=markdown("Back to the set {name} in Gather", name=opened.name),
            width="content",
        )
        order: Order = mine.order if way == "queue" else "number"
        photos = mine.listed(order)
        place = [photo.key for photo in photos].index(mine.here().key)
        st.caption(markdown("{place} of {all}", place=place + 1, all=len(photos)), width="content")
        if way == "queue":
            _say_order(photos, photos[place].confidence)
        st.space("stretch")
        _steps(photos, place)
        st.button(
            _("Close"),
            icon=":material/close:",
            key="close_set",
            help=_("Back to your own photos"),
            on_click=_close,
        )
    return order


def _say_order(photos: Sequence[ListedPhoto], confidence: float) -> None:
    """What order the queue has, where the photo on screen stands in it, and a button for the other order."""
    mine = visitor_session()
    by_name = mine.order == "name"
    if not by_name and not any(photo.confidence for photo in photos):
        sentence = markdown("As gathered: Gather can measure how certain the network is")
    else:
        sentence = markdown(
            "{order}: {measured}",
            order=_("By name") if by_name else _("Least certain first"),
            measured=filled(_("mean confidence {share:.0%}"), share=confidence)
            if confidence
            else _("not measured for this one"),
        )
    other: Order = "confidence" if by_name else "name"
    with st.container(
        horizontal=True,
        wrap=False,
        vertical_alignment="center",
        gap="xsmall",
        width="content",
        key="set_order_line",
    ):
        st.caption(sentence, width="content")
        st.button(
            _("Least certain first") if by_name else _("By name"),
            key="set_order",
            type="tertiary",
            icon=":material/sort:",
            help=_("Go through the photos in this order instead"),
            on_click=_go_by,
            args=(other,),
        )


def _steps(photos: Sequence[ListedPhoto], place: int) -> None:
    """Ways to the neighbours of the photo on screen, which keys lead to as well."""
    for words, step, key, icon in (
        (_("Previous"), -1, "J", ":material/chevron_left:"),
        (_("Next"), 1, "K", ":material/chevron_right:"),
    ):
        there = 0 <= place + step < len(photos)
        st.button(
            words,
            icon=icon,
            key=f"set_step_{step}",
            shortcut=key,
            on_click=_look,
            args=(photos[place + step].key if there else "",),
            disabled=not there,
        )


def _go_by(order: Order) -> None:
    visitor_session().order = order


def _look(key: str) -> None:
    visitor_session().look_at(key)
    added.forget()


def _close() -> None:
    visitor_session().close_set()
