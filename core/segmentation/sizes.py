"""The sizes at which a photo can be segmented, by the names that pages, addresses, commands and files use."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.languages import gettext as _
from core.languages import mark

SMALLEST_SIZE, LARGEST_SIZE = 32, 2048
"""Longer side in pixels. Above the largest, a photo takes gigabytes of activations and gains no accuracy."""


@dataclass(frozen=True)
class WorkingSize:
    """name: as in an address. title: for people. pixels: the longer side; None for the photo's own size.

    square: squashed to pixels x pixels, as the article did.
    """

    name: str
    title: str = field(compare=False)
    pixels: int | None
    square: bool = False


SIZES = {
    size.name: size
    for size in (
        WorkingSize("128", "128", 128),
        WorkingSize("256", "256", 256),
        WorkingSize("512", "512", 512),
        WorkingSize("1024", "1024", 1024),
        WorkingSize("full", mark("Full"), None),
        WorkingSize("512-square", mark("512 squashed square"), 512, square=True),
        WorkingSize("1024-square", mark("1024 squashed square"), 1024, square=True),
    )
}

TRAINED = "trained"
"""The name of the size at which a model was trained, which is another for each model."""


def size_called(name: str, trained: tuple[int, int] | None, unknown: str = "512") -> WorkingSize:
    """The size of that name, one of SIZES or TRAINED.

    trained: the (height, width) at which the model was trained; None if nobody knows, and TRAINED then means
    the size called `unknown`.
    """
    if name != TRAINED:
        return SIZES[name]
    return SIZES[unknown] if trained is None else trained_working_size(trained)


def trained_working_size(trained: tuple[int, int]) -> WorkingSize:
    """The working size whose longer side is that of (height, width)."""
    pixels = min(max(*trained, SMALLEST_SIZE), LARGEST_SIZE)
    return WorkingSize(str(pixels), _("As trained ({pixels})").format(pixels=pixels), pixels)
