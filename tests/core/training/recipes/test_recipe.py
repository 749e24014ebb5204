"""Recipes: the shipped one reads, and a wrong one is refused with the setting that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RecipeError
from core.models.networks import NETWORKS
from core.training.recipes.recipe import (
    RECIPES,
    Recipe,
    Stage,
    explanations,
    parse_recipe,
    read_recipe,
    recipe_text,
    shipped_recipes,
    to_toml,
)

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
        ("weight_decay = inf", "weight_decay"),
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
        ("scale = [0.5, 1.5]", "scale = [1e-300, 1.5]", "scale.0"),
        ("scale = [0.5, 1.5]", "scale = [0.5, 1e300]", "scale.1"),
        ("lr = 1e-3", "lr = 1e-3\nvalid_size = 1e9", "valid_size"),
        ("lr = 1e-3", "lr = 1e-3\nbatch_size = 1", "batch_size"),
        ("lr = 1e-3", "lr = 1e-3\npct_start = 2", "pct_start"),
        ("lr = 1e-3", "lr = 1e-3\nlearning_rate = 1e-3", "learning_rate"),
    ],
)
def test_a_wrong_setting_of_a_stage_is_named_with_the_stage(write, old, new, where):
    sentence = refusal(write(SMALLEST.replace(old, new)))

    assert sentence.startswith(f"mine.toml: stages.0.{where}: ")


def test_classes_of_a_model_need_a_model(write):
    sentence = refusal(write(SMALLEST.replace('"dataset"', '"model"')))

    assert sentence == "mine.toml: classes are those of a model, but start_model is not given."


NEED_START = (
    "corrections, replay, pull, start_share and distil need the model to start from: give start_model"
)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("corrections = true", NEED_START),
        ("replay = 0.5", NEED_START),
        ('pull = 0.2\nstart_model = "a"', "pull needs the start model's classes: model or extended"),
        (
            'start_share = 0.3\nstart_model = "a"',
            "start_share needs classes that the start model knows, not the data set's own",
        ),
        ('replay = 0.5\nstart_model = "a"', "with replay, every stage needs its number of steps"),
    ],
)
def test_what_is_remembered_needs_a_model_and_steps(write, settings, sentence):
    assert refusal(write(f"{settings}\n{SMALLEST.lstrip()}")) == f"mine.toml: {sentence}."


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


def test_a_file_of_any_size_is_not_read_to_its_end(tmp_path: Path):
    path = tmp_path / "large.toml"
    with path.open("wb") as file:
        file.truncate(2**40)  # a terabyte of nothing, which takes no room on the disk

    assert refusal(str(path)) == "large.toml is larger than 64 KB; a recipe is a page of text."


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[" * 60_000, "nested too deeply"),
        ('{"name": "\\ud800"}', "surrogates not allowed"),
        ('{"stages": NaN}', "mine.json: "),
        ('{"\\u001b[2J' + "k" * 9999 + '": 1}', r"mine.json: "),
    ],
    ids=["deep", "half a character", "no number", "a name that commands"],
)
def test_hostile_json_is_refused_in_a_sentence_that_a_terminal_can_show(text, part):
    with pytest.raises(RecipeError) as refused:
        parse_recipe(text, "mine.json")
    sentence = str(refused.value)
    assert part in sentence
    assert sentence.isprintable()
    assert len(sentence) < 250


def test_more_stages_than_anybody_writes_are_refused():
    with pytest.raises(RecipeError, match="at most 100"):
        parse_recipe(stages(*((f"s{number}", None) for number in range(101))))


# Sizes


def framing(height: int, width: int, **settings):
    return Stage(name="only", epochs=1, lr=1e-3, **settings).framing(height, width)


@pytest.mark.parametrize(
    ("size", "full", "crop"),
    [
        (0.5, (360, 480), (192, 256)),
        (1.0, (360, 480), (352, 480)),
        (0.5, (720, 960), (352, 480)),
        (0.5, (240, 320), (128, 160)),
        (0.01, (360, 480), (32, 32)),
        ((64, 96), (360, 480), (64, 96)),
    ],
)
def test_a_size_is_a_share_of_the_full_size_or_pixels(size, full, crop):
    found = framing(*full, size=size)

    assert found.crop == crop
    # scaled by the smallest factor the picture still covers the crop, and fits it along one side
    spare = [side * found.valid_size - wanted for side, wanted in zip(full, crop, strict=True)]
    assert min(spare) == pytest.approx(0, abs=1e-9)


def test_augmentation_zooms_up_to_a_tenth():
    low, high = framing(360, 480, size=1.0).scale
    assert (low, high) == (1.0, pytest.approx(1.1))
    assert framing(360, 480, size=1.0, augmentation=0.0).scale == (1.0, 1.0)


def test_a_crop_is_taken_as_it_is():
    found = framing(360, 480, crop=(64, 96), scale=(0.5, 2.0), valid_size=0.75)

    assert (found.crop, found.scale, found.valid_size) == ((64, 96), (0.5, 2.0), 0.75)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"crop": (32, 32)},
        {"scale": (1.0, 1.0)},
        {"size": 0.5, "crop": (32, 32), "scale": (1.0, 1.0)},
        {"size": 0.5, "scale": (1.0, 1.0)},
    ],
)
def test_a_stage_has_one_way_to_say_its_size(settings):
    with pytest.raises(ValueError, match="either size, or crop and scale"):
        framing(360, 480, **settings)


def test_the_smaller_factor_of_a_scale_comes_first():
    with pytest.raises(ValueError, match="first factor of scale is above the second"):
        framing(360, 480, crop=(32, 32), scale=(2.0, 1.0))


# Stages that belong together


def stages(*pairs: tuple[str, str | None]) -> str:
    head = 'name = "x"\nnetwork = "pixel_colour"\nclasses = "dataset"\n'
    parts = [
        f'[[stages]]\nname = "{name}"\nsize = 0.5\nepochs = 1\nlr = "find"\n'
        + (f'start_from = "{start}"\n' if start else "")
        for name, start in pairs
    ]
    return head + "".join(parts)


@pytest.mark.parametrize("pairs", [[("a", "a")], [("a", "b"), ("b", None)], [("a", None), ("b", "c")]])
def test_a_stage_starts_from_an_earlier_one(pairs):
    with pytest.raises(RecipeError, match="not an earlier stage"):
        parse_recipe(stages(*pairs))
    assert parse_recipe(stages(("a", None), ("b", "a"))).stages[1].start_from == "a"


def test_two_stages_of_one_name_are_refused():
    with pytest.raises(RecipeError, match="two stages have the name a"):
        parse_recipe(stages(("a", None), ("a", None)))


@pytest.mark.parametrize("name", ["", "../a", "a/b", "a.b", "-a", "a" * 41])
def test_a_stages_name_is_fit_for_a_file(name):
    with pytest.raises(RecipeError, match=r"stages\.0\.name"):
        parse_recipe(stages((name, None)))


# To and fro


@pytest.mark.parametrize("name", shipped_recipes())
def test_a_recipe_survives_being_written_as_toml_and_as_json(name):
    recipe = read_recipe(name)

    assert parse_recipe(to_toml(recipe)) == recipe
    assert parse_recipe(recipe.model_dump_json(), "mine.json") == recipe
    assert parse_recipe(recipe_text(name)) == recipe


@given(st.text(max_size=30), st.floats(1e-9, 1e3), st.booleans())
def test_any_words_and_numbers_survive_toml(summary, lr, frozen):
    stage = Stage(name="only", size=0.5, epochs=1, lr=lr, frozen=frozen)
    recipe = Recipe(name="x", summary=summary, network="n", classes="c", stages=(stage,))

    assert parse_recipe(to_toml(recipe)) == recipe


@st.composite
def any_stage(draw, name):
    framing = draw(
        st.one_of(
            st.fixed_dictionaries({"size": st.one_of(st.floats(0.01, 100), st.just((96, 128)))}),
            st.fixed_dictionaries({"crop": st.just((64, 96)), "scale": st.just((0.5, 1.25))}),
        )
    )
    lr = draw(st.one_of(st.just("find"), st.floats(1e-9, 1e3)))
    return Stage(
        name=name,
        epochs=draw(st.integers(1, 100)),
        lr=lr,
        encoder_lr=draw(st.none() | st.floats(1e-6, 1)),
        **framing,
    )


@given(st.data(), st.integers(1, 3))
def test_any_stages_survive_toml_as_tables_that_people_can_edit(data, count):
    stages = tuple(data.draw(any_stage(f"stage-{n}")) for n in range(count))
    recipe = Recipe(name="x", network="n", classes="c", stages=stages)

    text = to_toml(recipe)

    assert parse_recipe(text) == recipe
    assert text.splitlines().count("[[stages]]") == count


@pytest.mark.parametrize("model", [Recipe, Stage])
def test_every_setting_is_explained_in_a_sentence(model):
    translate_errors = explanations(model)

    assert list(translate_errors) == list(model.model_fields)
    for sentence in translate_errors.values():
        assert sentence.endswith(".")
        assert sentence[0].isupper()
        assert "\n" not in sentence


def test_the_articles_stages_are_the_articles():
    recipe = read_recipe("article")

    assert (recipe.network, recipe.classes, recipe.every_epoch) == ("unet_resnet34", "dataset", True)
    assert [(s.name, s.size, s.epochs, s.lr, s.pct_start) for s in recipe.stages[:2]] == [
        ("stage-1", 0.5, 10, 3e-3, 0.9),
        ("stage-2", 0.5, 12, 7.5e-4, 0.8),
    ]
    assert [(s.name, s.size, s.epochs, s.start_from) for s in recipe.stages[2:]] == [
        ("stage-1-big", 1.0, 10, "stage-2"),
        ("stage-2-big", 1.0, 10, "stage-1-big"),
    ]
    assert recipe.stages[2].lr == 1e-3
    assert recipe.stages[2].lr_find
    assert recipe.stages[3].lr < 1e-3
