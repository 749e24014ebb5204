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
from core.training.learner.outputs import with_finer_outputs
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


def test_a_network_begins_on_the_encoder_of_another_one(start):
    recipe = recipe_for("low_rank_lite0")
    weights = StartWeights(encoder_of(start, recipe))
    built = built_network(recipe, find_network("low_rank_lite0"), CAMVID_31, weights, fresh=True)

    old, new = start.network.state_dict(), built.state_dict()
    shared = [name for name in new if name.startswith("encoder.")]
    assert len(shared) > 200
    assert all(torch.equal(new[name].to("cpu"), old[name]) for name in shared)
    assert new["head.row.weight"].shape[0] == len(CAMVID_31)
    assert processes.device() == new["head.row.weight"].device


def test_a_network_of_low_rank_begins_with_all_that_the_whole_one_knows(start):
    recipe = recipe_for("low_rank_lite0")
    known = with_finer_outputs(start.network, CAMVID_11, CAMVID_31, recipe.shares)
    built = built_network(recipe, find_network("low_rank_lite0"), CAMVID_31, StartWeights(known), fresh=True)

    new = built.to("cpu").state_dict()
    assert all(torch.equal(new[name], known[name]) for name in new if name in known)
    assert torch.equal(new["head.row.bias"], known["head.bias"])
    whole = known["decoder.3.conv2.0.weight"]
    part = built.get_submodule("decoder.3.conv2.0")
    found = torch.einsum(
        "riy,orx->oiyx", part.column.weight[..., 0].detach(), part.row.weight[:, :, 0].detach()
    )
    assert (found - whole).norm() < 0.8 * whole.norm()  # of random weights: few parts hold little of them


def test_a_network_with_another_encoder_cannot(start):
    with pytest.raises(RecipeError, match="give both the same network"):
        encoder_of(start, recipe_for("unet_tiny"))
