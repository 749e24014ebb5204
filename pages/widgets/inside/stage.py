"""The stage: a picture with the chosen pixel, a movable patch, boxes, and the probabilities of the pixel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from pages.widgets.shared.front_end import component
from pages.widgets.shared.media import media_url
from pages.widgets.viewer.pixel_viewer import Pixel

_mount = component("stage", __file__)


@dataclass(frozen=True)
class ShownPatch:
    """A patch on the stage: (row, col) of its top left pixel, its side, its colour and its name."""

    row: int
    col: int
    side: int
    colour: tuple[int, int, int]
    label: str


@dataclass(frozen=True)
class Box:
    """A rectangle on the stage, in pixels; bottom and right are outside. kind: how its line is drawn."""

    top: float
    left: float
    bottom: float
    right: float
    kind: Literal["reach", "gradient"]
    title: str


@dataclass(frozen=True)
class Bar:
    """A class, and its probability before and after, in [0, 1]."""

    name: str
    colour: tuple[int, int, int]
    before: float
    after: float


def stage(
    picture: bytes,
    size: tuple[int, int],
    chosen: Pixel,
    label: str,
    key: str,
    *,
    subject: str,
    patch: ShownPatch | None = None,
    boxes: Sequence[Box] = (),
    bars: Sequence[Bar] = (),
    told: str = "",
    on_pixel: Callable[[Pixel], None] = lambda pixel: None,
    on_patch: Callable[[Pixel], None] = lambda place: None,
) -> None:
    """Show a JPEG of `size`, (height, width), with all that is on it.

    subject: identifies the picture; with another one the patch is where this run says. told: a sentence
    beside the picture, which a screen reader says when it changes. on_pixel, on_patch: called before the
    script runs again when a pixel was chosen or the patch was moved to have its top left pixel there.
    """
    height, width = size

    def tell(name: str, call: Callable[[Pixel], None]) -> Callable[[], None]:
        def told_by_browser() -> None:
            place = _place(st.session_state.get(key), name, subject)
            if place is not None:
                call(place)

        return told_by_browser

    _mount(
        key=key,
        data={
            "picture": subject,
            "address": media_url(picture, "image/jpeg", key),
            "height": height,
            "width": width,
            "chosen": {"row": chosen[0], "col": chosen[1]},
            "label": label,
            "patch": None if patch is None else vars(patch),
            "boxes": [vars(box) for box in boxes],
            "bars": [vars(bar) for bar in bars],
            "told": told,
        },
        on_pixel_change=tell("pixel", on_pixel),
        on_patch_change=tell("patch", on_patch),
    )


def _place(state: object, name: str, subject: str) -> Pixel | None:
    """What the browser said, if it is two whole numbers of this picture; it can say anything."""
    said = state.get(name) if isinstance(state, Mapping) else None
    if not isinstance(said, Mapping) or said.get("picture") != subject:
        return None
    row, col = said.get("row"), said.get("col")
    if type(row) is int and type(col) is int and abs(row) < _FAR and abs(col) < _FAR:
        return row, col
    return None


_FAR = 10_000
"""Pixels: no picture is as large."""
