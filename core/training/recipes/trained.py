"""The size at which a model was trained: it knows things as large as they are there, and others less well."""

from __future__ import annotations

import re

from pydantic import ValidationError

from core.models.card import ModelCard
from core.training.recipes.recipe import Recipe

_SIZE = re.compile(r"(\d{1,5}) x (\d{1,5})")
"""Of the pictures that a card's figures were measured on, if all have one size: width, then height."""


def trained_size(card: ModelCard) -> tuple[int, int] | None:
    """(height, width) of the whole pictures that a model was last trained at; None if nobody knows.

    What the card says. A card of an earlier version does not say it, but has the recipe, and figures that
    were measured at the data set's full size.
    """
    if card.trained_size is not None:
        return card.trained_size
    full = _SIZE.fullmatch(str(card.metrics.get("size", "")))
    try:
        stage = Recipe.model_validate(card.training.get("recipe")).stages[-1]
    except ValidationError:
        return None
    if full is None or "0" in full.groups():
        return stage.size if isinstance(stage.size, tuple) else None
    return stage.validated_size(int(full[2]), int(full[1]))
