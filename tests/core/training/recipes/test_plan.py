"""What a run would do, in words that a reader can check against the recipe."""

from __future__ import annotations

import numpy as np
import pytest

from core.datasets.layouts.opening import open_dataset
from core.errors import RecipeError
from core.training.recipes.plan import plan
from core.training.recipes.recipe import read_recipe, shipped_recipes
from tests.runs import make_recipe, make_stage


@pytest.fixture
def dataset(data):
    """Four pictures of 48 x 40 to train on, one to validate."""
    return open_dataset(data)


def stage_words(dataset, **changes) -> str:
    ((name, words),) = plan(make_recipe(make_stage(**changes)), dataset).stages
    assert name == "only"
    return words


def test_the_beginning_says_network_origin_classes_and_pictures(dataset):
    assert plan(make_recipe(pretrained=False), dataset).begin == (
        "The network is a single convolution (pixel_colour). It starts from random weights, knowing nothing, "
        "and learns the 4 classes of the data set from 4 pictures; after every epoch it is evaluated on 1 "
        "picture that it does not train on."
    )


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"pretrained": True}, "an encoder that was pretrained on ImageNet's photos"),
        ({"start_model": "street-lite0", "classes": "model"}, "starts from the model street-lite0"),
        ({"start_model": "street-lite0", "classes": "model"}, "the classes of the model"),
        ({"classes": "CamVid-11"}, "the classes of CamVid-11"),
    ],
)
def test_origin_and_classes_are_the_recipes(dataset, changes, part):
    assert part in plan(make_recipe(**changes), dataset).begin


def test_a_stage_says_how_often_and_in_how_many_steps(dataset):
    # four pictures are two batches of two; three epochs are six steps
    assert stage_words(dataset).startswith(
        "3 times through the pictures in batches of 2, 6 steps in all, each a crop of 32 x 32 pixels from a "
        "picture scaled by 0.8 to 1.2."
    )
    assert stage_words(dataset, epochs=1).startswith("Once through")


@pytest.mark.parametrize(
    ("size", "words"),
    [(1.0, "at 64 x 32 pixels"), ((64, 96), "at 96 x 64 pixels"), (0.5, "at 32 x 32 pixels")],
)
def test_sizes_are_said_in_pixels_width_first(make_dataset, size, words):
    labels = np.zeros((32, 64), np.uint8)
    wide = open_dataset(make_dataset({"a": labels, "b": labels}, valid=("b",), name="wide"))

    assert words in stage_words(wide, size=size)


def test_a_picture_that_cannot_be_read_leaves_the_share(dataset):
    dataset.train[0].image.write_bytes(b"nothing")

    assert "at 0.5 of their size" in stage_words(dataset, size=0.5)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"lr": 0.3, "pct_start": 0.9}, "rises over the first 90% of the steps"),
        ({"lr": 0.3}, "its highest value is 0.3."),
        ({"lr": 0.3, "lr_find": True}, "The finder tries 100 batches first"),
        ({"lr": "find", "suggestion": "steep"}, "its suggestion steep becomes the highest learning rate"),
        ({"frozen": True}, "The encoder is frozen"),
    ],
)
def test_a_stage_says_what_the_learning_rate_does_and_what_learns(dataset, changes, part):
    assert part in stage_words(dataset, **changes)


def test_learning_from_corrections_says_what_is_taught_held_out_and_remembered(dataset):
    said = plan(read_recipe("corrections"), dataset)
    ((_, stage),) = said.stages

    assert said.begin == (
        "The network is a U-Net on EfficientNet-Lite0 (unet_lite0). It starts from the model street-lite0, "
        "and learns the classes of the model it starts from, and those that the data set adds, from what was "
        "reviewed in 5 pictures. Of five or more, every fifth is held out to check it; what fewer gain is an "
        "anecdote. So that it does not forget, 50% of what it sees are frames of the data set that the model "
        "was measured on, or else of CamVid or Toytown. Where nothing was reviewed, it is held to the "
        "answers that the model gave. What comes out is 15% the old weights, the rest the new ones."
    )
    assert stage.startswith("80 steps with batches of 8, each a crop of 192 x 160 pixels")
    assert "The encoder is frozen; only the rest is trained. The batch norms stay as they are." in stage
    assert said.end.endswith(
        "the last ones become the model, and its card says what it gained and what it lost."
    )


def test_mixed_data_have_the_share_of_a_batch_that_whole_pictures_are(dataset):
    first = plan(read_recipe("street32"), dataset).begin  # 0.19 of 8 is two pictures
    assert "25% of what it sees are pictures of toytown and 25% of what it sees" in first
    then = plan(read_recipe("street32-motorcycles"), dataset).begin
    assert then.endswith("at the same time. What comes out is 20% the old weights, the rest the new ones.")


def test_a_later_stage_says_where_it_starts(dataset):
    recipe = make_recipe(make_stage("first"), make_stage("second", start_from="first"))

    assert "It starts from the weights of first." in plan(recipe, dataset).stages[1][1]
    assert [name for name, _ in plan(recipe, dataset, ("second",)).stages] == ["second"]
    with pytest.raises(RecipeError, match="no stage 'third'"):
        plan(recipe, dataset, ("third",))


@pytest.mark.parametrize("name", shipped_recipes())
def test_every_shipped_recipe_has_its_words(dataset, name):
    recipe = read_recipe(name)
    sentences = plan(recipe, dataset).sentences()

    assert len(sentences) == len(recipe.stages) + 2
    assert all(sentence.endswith(".") and "None" not in sentence for sentence in sentences)


def test_pictures_that_do_not_fill_a_batch_wait_for_the_next_epoch():
    assert make_recipe().batches(make_stage(batch_size=4), 11) == 2
