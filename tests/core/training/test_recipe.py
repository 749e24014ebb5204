"""Recipes: the shipped one reads, and a wrong one is refused with the setting that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import RecipeError
from core.networks import NETWORKS
from core.training.recipe import RECIPES, read_recipe

SMALLEST = """
name = "mine"
network = "pixel_colour"
classes = "dataset"

[[stages]]
name = "only"
crop = [32, 64]
scale = [0.5, 1.5]
epochs = 3
lr = 1e-3
"""


@pytest.fixture
def write(tmp_path):
    """Write a recipe and return its path."""

    def write(text: str | bytes) -> str:
        path = tmp_path / "mine.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def refusal(name_or_path: str) -> str:
    """The one sentence that the recipe is refused with."""
    with pytest.raises(RecipeError) as refused:
        read_recipe(name_or_path)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_the_shipped_recipe_reads():
    recipe = read_recipe("street")

    assert recipe.name == "street"
    assert recipe.network in NETWORKS
    assert recipe.classes == "CamVid-11"
    assert [stage.name for stage in recipe.stages] == ["half", "full"]


@pytest.mark.parametrize("name", sorted(path.stem for path in RECIPES.glob("*.toml")))
def test_every_shipped_recipe_reads_under_its_own_name(name):
    assert read_recipe(name).name == name


def test_an_own_recipe_reads_by_its_path(write):
    recipe = read_recipe(write(SMALLEST))

    (stage,) = recipe.stages
    assert (stage.crop, stage.scale, stage.epochs, stage.lr) == ((32, 64), (0.5, 1.5), 3, 1e-3)


def test_what_a_recipe_leaves_out_changes_nothing_about_the_pictures(write):
    recipe = read_recipe(write(SMALLEST))

    assert (recipe.colour, recipe.blur, recipe.rare_crop, recipe.label_smoothing) == (0, 0, 0, 0)
    assert recipe.stages[0].valid_size == 1


def test_a_recipe_cannot_be_changed_after_reading():
    with pytest.raises(ValueError, match="frozen"):
        read_recipe("street").seed = 3


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("colours = 0.5", "colours"),
        ('seed = "a"', "seed"),
        ("colour = 1.5", "colour"),
        ("ema_decay = -0.1", "ema_decay"),
        ("weight_decay = -1", "weight_decay"),
        ("encoder_lr = 0", "encoder_lr"),
        ("pretrained = 'maybe'", "pretrained"),
    ],
)
def test_a_wrong_setting_is_named(write, line, where):
    sentence = refusal(write(f"{line}\n{SMALLEST}"))

    assert sentence.startswith(f"mine.toml: {where}: ")


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("lr = 1e-3", "lr = 0", "lr"),
        ("lr = 1e-3", "lr = nan", "lr"),
        ("lr = 1e-3", "", "lr"),
        ("epochs = 3", "epochs = 0", "epochs"),
        ("epochs = 3", "epochs = 2.5", "epochs"),
        ("crop = [32, 64]", "crop = [32, 50]", "crop.1"),
        ("crop = [32, 64]", "crop = [0, 64]", "crop.0"),
        ("crop = [32, 64]", "crop = 64", "crop"),
        ("scale = [0.5, 1.5]", "scale = [0.0, 1.5]", "scale.0"),
        ("lr = 1e-3", "lr = 1e-3\nbatch_size = 1", "batch_size"),
        ("lr = 1e-3", "lr = 1e-3\npct_start = 2", "pct_start"),
        ("lr = 1e-3", "lr = 1e-3\nlearning_rate = 1e-3", "learning_rate"),
    ],
)
def test_a_wrong_setting_of_a_stage_is_named_with_the_stage(write, old, new, where):
    sentence = refusal(write(SMALLEST.replace(old, new)))

    assert sentence.startswith(f"mine.toml: stages.0.{where}: ")


def test_a_recipe_without_stages_is_refused(write):
    assert "stages" in refusal(write(SMALLEST.partition("[[stages]]")[0]))
    assert "stages" in refusal(write(SMALLEST.partition("[[stages]]")[0] + "stages = []"))


@pytest.mark.parametrize("text", ["name = ", "not toml at all", "[[stages]\n", b"\xff\xfe"], ids=repr)
def test_what_is_not_toml_is_refused(write, text):
    assert refusal(write(text)).startswith("mine.toml is not a TOML file: ")


@pytest.mark.parametrize("name", ["nosuch", "no/such.toml", "./street", ""])
def test_a_missing_recipe_is_refused_with_the_shipped_ones(name):
    sentence = refusal(name)

    assert sentence.startswith(f"There is no recipe {name}")
    assert "street" in sentence


def test_a_folder_is_no_recipe(tmp_path: Path):
    assert refusal(str(tmp_path)).startswith(f"There is no recipe {tmp_path}")
