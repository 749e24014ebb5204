"""The sizes at which a photo can be segmented, by the names that pages, addresses, commands and files use."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_SIZE = 2048
"""Longer side in pixels. Above it, a photo takes gigabytes of activations and gains no accuracy."""


@dataclass(frozen=True)
class WorkingSize:
    """name: as in an address. title: for people. pixels: the longer side; None for the photo's own size.

    square: squashed to pixels x pixels, as the article did.
    """

    name: str
    title: str
    pixels: int | None
    square: bool = False


SIZES = {
    size.name: size
    for size in (
        WorkingSize("512", "512", 512),
        WorkingSize("1024", "1024", 1024),
        WorkingSize("full", "Full", None),
        WorkingSize("512-square", "512 squashed square", 512, square=True),
        WorkingSize("1024-square", "1024 squashed square", 1024, square=True),
    )
}
