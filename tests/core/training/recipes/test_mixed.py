"""Recipes that name several data sets."""

from __future__ import annotations

import pytest

from core.errors import RecipeError
from core.training.recipes.mixed import Mix, pictures_of_each
from core.training.recipes.recipe import explanations, parse_recipe, to_toml
from core.training.recipes.text import change_setting, read_recipe_text
from tests.runs import make_recipe, make_stage

TEXT = """
name = "mixed"
network = "unet_tiny"
classes = "CamVid-31"
prior = 0.5

[shares]
LaneMkgsDriv = 0.03

[sets]
Building = ["Building", "Wall"]

[[mix]]
data = "toytown"
share = 0.375
loss_weight = 0.5
inside = 0.5

[[stages]]
name = "only"
crop = [32, 32]
scale = [1.0, 1.0]
epochs = 2
lr = 1e-3
"""


def test_a_mixed_recipe_comes_back_from_its_toml_and_its_json():
    recipe = parse_recipe(TEXT)

    assert parse_recipe(to_toml(recipe)) == recipe
    assert parse_recipe(recipe.model_dump_json(), "mixed.json") == recipe
    assert recipe.mix[0] == Mix(data="toytown", share=0.375, loss_weight=0.5, inside=0.5)
    assert recipe.pictures_of_each(recipe.stages[0]) == (5, 3)


def test_a_setting_of_a_stage_changes_without_the_data_sets():
    assert change_setting(TEXT, 0, "epochs", 3) == TEXT.replace("epochs = 2", "epochs = 3")


@pytest.mark.parametrize(
    ("batch_size", "shares", "counts"),
    [(8, (0.375,), (5, 3)), (8, (0.25, 0.25), (4, 2, 2)), (4, (0.01,), (3, 1)), (2, (0.9,), (0, 2))],
)
def test_shares_are_whole_pictures_of_a_batch(batch_size, shares, counts):
    assert pictures_of_each(batch_size, [Mix(data="a", share=share) for share in shares]) == counts


def test_an_epoch_is_once_through_the_own_pictures():
    mixed = make_recipe(make_stage(batch_size=8), mix=(Mix(data="a", share=0.375),))

    assert mixed.batches(mixed.stages[0], 21) == 4
    assert mixed.seen(mixed.stages[0], 21) == 32
    assert make_recipe(make_stage(batch_size=8)).seen(make_stage(batch_size=8), 21) == 21


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("share = 0.375", "share = 1.5", r"mix\.0\.share: .* \(line 15\)\."),
        ('data = "toytown"', 'data = "../toytown"', r"mix\.0\.data: .* \(line 14\)\."),
        ("inside = 0.5", "insight = 0.5", r"mix\.0\.insight"),
        ("share = 0.375", "share = 0.99", "leave no picture of a batch of only for the run's own"),
        ("= 0.03", "= 3", r"shares\.LaneMkgsDriv"),
        ('["Building", "Wall"]', "[]", r"sets\.Building"),
        ('"CamVid-31"', '"model"\nstart_model = "x"\npull = 0.5', "do not go with"),
        ("lr = 1e-3", "lr = 0", r"stages\.0\.lr: .* \(line 24\)\."),
    ],
)
def test_what_is_wrong_with_a_mixed_recipe_is_one_sentence(before, after, sentence):
    with pytest.raises(RecipeError, match=sentence):
        read_recipe_text(TEXT.replace(before, after))


def test_every_setting_of_a_mixed_data_set_is_explained():
    assert all(sentence.endswith(".") for sentence in explanations(Mix).values())
