"""A recipe as text: what is wrong is named with its line, and a change keeps the comments."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RecipeError
from core.training.recipes.recipe import parse_recipe, recipe_text, shipped_recipes
from core.training.recipes.text import MAX_BYTES, change_setting, line_of, read_recipe_text

TEXT = """\
# Mine.
name = "mine"  # a name
network = "unet_tiny"
classes = "dataset"

[[stages]]
name = "small"
size = 0.5
epochs = 3
lr = 1e-3   # a thousandth
[[stages]]
name = "large"
size = 1.0
epochs = 2
lr = "find"
"""


def refusal(content: str | bytes, source: str = "The recipe") -> str:
    with pytest.raises(RecipeError) as refused:
        read_recipe_text(content, source)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    ("old", "new", "field", "line"),
    [
        ("lr = 1e-3", "lr = -1", "stages.0.lr", 10),
        ('lr = "find"', 'lr = "look"', "stages.1.lr", 15),
        ("epochs = 2", "epochs = 0", "stages.1.epochs", 14),
        ("epochs = 2", "epochs = 10000000", "stages.1.epochs", 14),
        ("epochs = 2", "", "stages.1.epochs", 11),  # it is missing: the stage's head
        ('classes = "dataset"', "classes = 3", "classes", 4),
        ("# Mine.", "colors = 1", "colors", 1),
        ("size = 1.0", "crop = [32, 33]\nscale = [1, 1]", "stages.1.crop.1", 13),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(old, new, field, line):
    sentence = refusal(TEXT.replace(old, new))

    assert sentence.startswith(f"The recipe: {field}: ")
    assert sentence.endswith(f"(line {line}).")


def test_a_setting_that_the_recipe_lacks_has_no_line():
    assert refusal(TEXT.replace('network = "unet_tiny"\n', "")) == "The recipe: network: a value is needed."


def test_broken_toml_is_refused_with_its_line():
    assert "line 8" in refusal(TEXT.replace("size = 0.5", "size = = 0.5"))


def test_json_is_read_and_refused_by_its_name():
    assert read_recipe_text(parse_recipe(TEXT).model_dump_json(), "mine.json") == parse_recipe(TEXT)
    assert refusal('{"name": 3}', "mine.json").startswith("mine.json: name: ")


@pytest.mark.parametrize(
    "content",
    ["x" * (MAX_BYTES + 1), b"\xff\xfe\x00", "stages = " + "[" * 5000, "a = 1\n" * 3, "", "\0"],
    ids=["long", "no text", "deep", "twice", "empty", "null"],
)
def test_what_is_no_recipe_is_refused(content):
    refusal(content)


@given(st.text(max_size=200))
def test_no_text_gets_further_than_a_sentence(text):
    with pytest.raises(RecipeError):
        read_recipe_text(text)


def test_a_change_leaves_every_other_line_as_it_was():
    changed = change_setting(TEXT, 0, "lr", 0.002)

    assert changed == TEXT.replace("lr = 1e-3 ", "lr = 0.002 ")


@pytest.mark.parametrize(
    ("position", "setting", "value"),
    [(0, "lr", 5e-5), (0, "lr", "find"), (1, "size", [96, 128]), (1, "frozen", True), (1, "batch_size", 2)],
)
def test_a_change_is_what_the_text_says_then(position, setting, value):
    changed = change_setting(TEXT, position, setting, value)

    before, after = tomllib.loads(TEXT), tomllib.loads(changed)
    before["stages"][position][setting] = value
    assert after == before
    assert "# a name" in changed


@pytest.mark.parametrize("name", shipped_recipes())
def test_shipped_recipes_change_in_one_line_alone(name):
    text = recipe_text(name)
    last = len(parse_recipe(text).stages) - 1
    changed = change_setting(text, last, "epochs", 77)

    pairs = zip(text.splitlines(), changed.splitlines(), strict=True)
    assert [new for old, new in pairs if new != old] == ["epochs = 77"]
    assert parse_recipe(changed).stages[last].epochs == 77


def test_a_setting_can_be_taken_out():
    with_frozen = change_setting(TEXT, 0, "frozen", True)

    assert parse_recipe(change_setting(with_frozen, 0, "frozen", None)) == parse_recipe(TEXT)


def test_stages_written_in_one_line_are_changed_too():
    text = (
        'name = "a"\nnetwork = "unet_tiny"\nclasses = "dataset"\n'
        'stages = [{name = "one", size = 1.0, epochs = 1, lr = 1e-3}]\n'
    )

    assert parse_recipe(change_setting(text, 0, "epochs", 4)).stages[0].epochs == 4


def test_a_change_that_makes_no_recipe_is_refused():
    with pytest.raises(RecipeError, match=r"stages\.0\.epochs"):
        change_setting(TEXT, 0, "epochs", 0)
    with pytest.raises(RecipeError, match="starts from"):
        change_setting(TEXT, 0, "start_from", "large")
    with pytest.raises(RecipeError, match="not a TOML file"):
        change_setting("= ", 0, "epochs", 1)


def test_the_line_of_a_whole_stage_is_its_head():
    assert line_of(TEXT, ("stages", 1)) == 11
    assert line_of(TEXT, ("stages",)) is None
    assert line_of(TEXT, ()) is None
