"""The size at which a model was trained, from its card or, if that is older, from its recipe."""

from __future__ import annotations

from typing import Any

import pytest

from core.models.card import ModelCard
from core.models.store import read_card
from core.training.recipes.recipe import read_recipe
from core.training.recipes.trained import trained_size


@pytest.fixture
def card(colour_model: str) -> ModelCard:
    return read_card(colour_model)


def old_card(card: ModelCard, recipe: object, size: str) -> ModelCard:
    values: dict[str, Any] = {"training": {"recipe": recipe}, "metrics": {"size": size}}
    return card.model_copy(update=values)


def test_a_card_that_says_it_is_believed(card: ModelCard) -> None:
    recipe = read_recipe("classroom").model_dump(mode="json")
    said = old_card(card, recipe, "320 x 240").model_copy(update={"trained_size": (100, 200)})
    assert trained_size(said) == (100, 200)


# Classroom: half of Toytown's 320 x 240, to multiples of 32 pixels: 160 x 128, which the picture covers at
# 128 / 240 of its size. Street validates at full size. Fine-tune wants 480 x 352, which the picture covers at
# 1.5 of its size.
@pytest.mark.parametrize(
    ("recipe", "size", "expected"),
    [
        ("classroom", "320 x 240", (128, 171)),
        ("street", "480 x 360", (360, 480)),
        ("fine-tune", "320 x 240", (360, 480)),
        ("fine-tune", "48 x 40, 320 x 240", (352, 480)),
        ("classroom", "48 x 40, 320 x 240", None),
        ("classroom", "0 x 240", None),
    ],
)
def test_an_older_card_has_its_recipe(
    card: ModelCard, recipe: str, size: str, expected: tuple[int, int] | None
) -> None:
    assert trained_size(old_card(card, read_recipe(recipe).model_dump(mode="json"), size)) == expected


@pytest.mark.parametrize("recipe", [None, "street", {"name": "mine"}, {"stages": []}])
def test_nobody_knows_it_without_a_recipe(card: ModelCard, recipe: object) -> None:
    assert trained_size(old_card(card, recipe, "320 x 240")) is None


def test_the_shipped_card_says_what_its_recipe_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STREETSCOPE_MODELS", raising=False)
    shipped = read_card("street-lite0")

    assert shipped.trained_size == (360, 480)
    assert trained_size(shipped.model_copy(update={"trained_size": None})) == (360, 480)
