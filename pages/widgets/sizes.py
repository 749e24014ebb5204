"""The sizes at which a photo can be segmented, by the names that pages, addresses and files give them."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class WorkingSize:
    """name: as in an address. pixels: of the longer side; None for the photo's own size, up to 2048.

    square: squashed to pixels x pixels, as the article did.
    """

    name: str
    pixels: int | None
    square: bool = False


SIZES = {
    size.name: size
    for size in (
        WorkingSize("512", 512),
        WorkingSize("1024", 1024),
        WorkingSize("full", None),
        WorkingSize("512-square", 512, square=True),
        WorkingSize("1024-square", 1024, square=True),
    )
}

TITLES = {
    "512": "512",
    "1024": "1024",
    "full": "Full",
    "512-square": "512 squashed square",
    "1024-square": "1024 squashed square",
}
"""What people read for each name."""


def size_picker(key: str = "size", default: str = "512", squares: bool = False) -> WorkingSize:
    """Choose a working size. default: its name. squares: offer the article's squashed pictures too."""
    names = [name for name, size in SIZES.items() if squares or not size.square]
    chosen = st.segmented_control(
        "Working size",
        names,
        default=default,
        format_func=TITLES.__getitem__,
        required=True,
        key=key,
        bind="query-params",
        help="The photo's longer side in pixels while it is segmented. Larger finds smaller things and takes "
        "longer; Full is the photo's own size, up to 2048.",
    )
    return SIZES[chosen]
