"""From frame to frame: a step back, a step forward, and the drive as a film."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.datasets import Frame
from core.datasets.contents.thumbnails import thumbnails
from core.datasets.drives import film_of
from core.languages import filled
from core.languages import gettext as _
from pages.widgets.shared.dataset_state import set_frame
from pages.widgets.shared.datasets import OpenedSet
from pages.widgets.shared.front_end import component
from pages.widgets.shared.media import media_url

BATCH = 32
"""Frames sent at a time: a few seconds of film. The browser asks for the next ones while these play."""

FILM_WIDTH = 480
_KEY, _PLAYS = "film", "film_plays"

_mount = component("dataset_film", __file__)


def film(opened: OpenedSet, frame: Frame, frames: Sequence[Frame], words: str) -> bool:
    """Buttons and arrow keys that choose another frame, and the film. Returns whether the film is playing.

    frames: those that the buttons step through, `frame` among them. words: what these have in common. The
    film shows the whole drive.
    """
    drive = film_of(frame, opened.dataset.frames())
    number, place = (
        frames.index(frame),
        filled(_("{index} of {count} of its drive"), index=drive.index(frame) + 1, count=len(drive)),
    )
    plays = bool(st.session_state.get(_PLAYS))
    _mount(
        key=_KEY,
        data={
            "frame": frame.name,
            "where": filled(
                _("frame {number} of {count}{value}"),
                number=number + 1,
                count=len(frames),
                value=f" {words}" if words else f", {place}",
            ),
            "play": _("Play the drive as a film, from {place}").format(place=place),
            "first": number == 0,
            "last": number == len(frames) - 1,
            "film": _batch(opened, drive, frame) if plays else None,
            "playable": len(drive) > 1,
        },
        # The steps share a row with what stands before them; the film has one of its own.
        width="stretch" if plays else "content",
        on_step_change=partial(_act, "step", frames, partial(_step, number, frames)),
        on_play_change=partial(_act, "play", drive, _play),
        on_more_change=partial(_act, "more", drive, set_frame),
        on_stop_change=partial(_act, "stop", drive, _stop),
    )
    return plays


def _batch(opened: OpenedSet, drive: tuple[Frame, ...], frame: Frame) -> dict[str, Any]:
    """The next frames; a drive's first frame follows its last."""
    begin = drive.index(frame)
    shown = (drive[begin:] + drive[:begin])[:BATCH]
    cards = []
    for slot, (each, small) in enumerate(
        zip(shown, thumbnails(opened.dataset, shown, FILM_WIDTH), strict=True)
    ):
        if small.photo is not None:
            cards.append(
                {
                    "name": each.name,
                    "photo": media_url(small.photo, "image/jpeg", f"{_KEY}.{slot}.photo"),
                    "mask": small.label and media_url(small.label, "image/png", f"{_KEY}.{slot}.mask"),
                }
            )
    return {"frames": cards, "rest": len(drive) > BATCH}


def _act(event: str, frames: Sequence[Frame], act: Callable[[Any], None]) -> None:
    """Do what the browser asks for, if it is valid."""
    said = st.session_state[_KEY].get(event)
    if (event == "step" and said in (-1, 1)) or any(frame.name == said for frame in frames):
        act(said)


def _step(number: int, frames: Sequence[Frame], step: int) -> None:
    set_frame(frames[max(0, min(len(frames) - 1, number + step))].name)


def _play(name: str) -> None:
    st.session_state[_PLAYS] = True
    set_frame(name)


def _stop(name: str) -> None:
    st.session_state[_PLAYS] = False
    set_frame(name)
