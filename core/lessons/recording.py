"""A training that was recorded, for a class that has none of its own to look at.

It is `python -m core train --recipe classroom` on Toytown as `python -m core toytown` draws it.
"""

from __future__ import annotations

from pathlib import Path

from core.training.runs.records import Epoch, epochs_of

_FOLDER = Path(__file__).with_name("recorded")


def recorded_training() -> list[Epoch]:
    """Its epochs: one stage of twelve."""
    return epochs_of(_FOLDER)
