"""A recipe that starts from another model than it says."""

from __future__ import annotations

from core.models.store import read_card
from core.training.recipes.recipe import Recipe, read_recipe

CORRECTIONS = "corrections"
"""The shipped recipe that learns from corrections."""


def starting_from(recipe: Recipe, model: str) -> Recipe:
    """The recipe, starting from a model of the store, with that model's network. ModelNotFoundError."""
    network = read_card(model).network
    return recipe.model_copy(update={"start_model": model, "network": network, "pretrained": False})


def corrections_recipe(model: str) -> Recipe:
    """The recipe by which a model learns from corrections. ModelNotFoundError."""
    return starting_from(read_recipe(CORRECTIONS), model)
