"""A run may begin with the encoder of a model whose network is another one, if it has the same encoder."""

from __future__ import annotations

import pytest
import torch

from core.classes import CAMVID_11, CAMVID_31
from core.errors import RecipeError
from core.models.card import ModelCard, class_entries, normalisation
from core.models.networks import find_network
from core.models.weights import Model
from core.training.distributed import processes
from core.training.learner.starting import StartWeights, built_network, encoder_of
from core.training.recipes.recipe import Recipe, read_recipe


@pytest.fixture(scope="module")
def start() -> Model:
    network = find_network("unet_lite0")
    card = ModelCard(
        name="old",
        network="unet_lite0",
        class_list=class_entries(CAMVID_11),
        normalisation=normalisation(network),
    )
    return Model(
        card, CAMVID_11, network.build(len(CAMVID_11), False).eval(), network.stride, network.multiple
    )


def recipe_for(network: str) -> Recipe:
    return read_recipe("street32").model_copy(update={"network": network})


def test_a_new_decoder_begins_on_an_old_encoder(start):
    recipe = recipe_for("slim_lite0")
    weights = StartWeights(encoder_of(start, recipe))
    built = built_network(recipe, find_network("slim_lite0"), CAMVID_31, weights, fresh=True)

    old, new = start.network.state_dict(), built.state_dict()
    shared = [name for name in new if name.startswith("encoder.")]
    assert len(shared) > 200
    assert all(torch.equal(new[name].to("cpu"), old[name]) for name in shared)
    assert new["head.weight"].shape[0] == len(CAMVID_31)
    assert processes.device() == new["head.weight"].device


def test_a_network_with_another_encoder_cannot(start):
    with pytest.raises(RecipeError, match="give both the same network"):
        encoder_of(start, recipe_for("unet_tiny"))
