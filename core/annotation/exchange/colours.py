"""Label maps in the classes' colours, where each class must have a colour of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.annotation.exchange.labelled import refusing
from core.annotation.runs import NOT_REVIEWED, Mask
from core.classes import RGB, ClassList, SegmentationClass
from core.datasets.labels import indices_of_colours
from core.errors import AnnotationError
from core.languages import sentence


def check_apart(class_list: ClassList, taken: RGB | None = None) -> None:
    """AnnotationError if two classes have the same colour, or one has the colour `taken`."""
    owners: dict[RGB, str] = {} if taken is None else {taken: "what is not reviewed"}
    for found in class_list.classes:
        other = owners.setdefault(found.colour, found.name)
        if other != found.name:
            raise AnnotationError(
                sentence(
                    "{name} has the same colour as {other}, which this format tells classes apart by; choose "
                    "another format, or another colour in label_colors.txt.",
                    name=found.name,
                    other=other,
                )
            )


def mask_of_colours(
    colours: NDArray[np.uint8], class_list: ClassList, name: str, unreviewed: RGB | None
) -> Mask:
    """(H, W) class numbers of an (H, W, 3) label map called `name`.

    unreviewed: the colour of what is not reviewed, unless a class has it. AnnotationError names the colours
    that no class has.
    """
    known = class_list
    if unreviewed is not None and unreviewed not in {c.colour for c in class_list.classes}:
        # One more class, at the end: nothing else has to know of it.
        extra = SegmentationClass("not reviewed", unreviewed)
        known = ClassList(class_list.name, (*class_list.classes, extra), class_list.void)
    with refusing():
        mask = indices_of_colours(colours, known, name)
    mask[mask == len(class_list)] = NOT_REVIEWED
    return mask
