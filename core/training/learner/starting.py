"""The network of a run as it begins: with ImageNet's encoder, or with the weights of a model of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.classes import ClassList
from core.datasets import SegmentationDataset
from core.errors import RecipeError
from core.languages import sentence
from core.models.low_rank import fitted
from core.models.networks import Network, find_network
from core.models.weights import Model, load_model
from core.training.distributed import processes
from core.training.learner.outputs import nearest_classes, with_added_outputs, with_finer_outputs
from core.training.recipes.recipe import Recipe

ENCODERS = ("encoder.", "layers.0.")
"""Prefixes of the names of an encoder's parameters, in our networks and in fastai's DynamicUnet."""


def built_network(
    recipe: Recipe, network: Network, class_list: ClassList, start: StartWeights, fresh: bool
) -> nn.Module:
    """Build a recipe's network; a fresh run also loads the weights to start from."""
    pretrained = recipe.pretrained and recipe.start_model is None and fresh
    model = network.build(len(class_list), pretrained)
    if start.weights and fresh:
        fitting = model.state_dict()
        weights = fitted(start.weights, model)
        fitting |= {k: v for k, v in weights.items() if v.shape == fitting[k].shape}
        model.load_state_dict(fitting)
    return _moved(model)


def _moved(model: nn.Module) -> nn.Module:
    moved: nn.Module = model.to(processes.device(), memory_format=torch.channels_last)  # type: ignore[call-overload]
    return moved


@dataclass(frozen=True, eq=False)
class StartWeights:
    """The weights of the model that a recipe starts from; empty where they are not needed.

    started_as: for each class that is added to that model, the class whose output it begins as a copy of.
    """

    weights: Mapping[str, Tensor]
    started_as: tuple[int, ...] = ()


def start_weights(
    recipe: Recipe, class_list: ClassList, dataset: SegmentationDataset, fresh: bool
) -> StartWeights:
    """Those of a model of the store; for another number of classes, the last layer starts at random.

    Unless the recipe extends the model's classes, and the outputs of the added ones are the nearest ones',
    or it tells them further apart (`with_finer_outputs`).
    """
    needed = fresh or recipe.start_share or recipe.classes == "extended"
    if recipe.start_model is None or not needed:
        return StartWeights({})
    from core.segmentation.segmenter import load_segmenter

    name = recipe.start_model
    start = load_model(name)
    if start.card.network not in (recipe.network, find_network(recipe.network).whole):
        return StartWeights(encoder_of(start, recipe))
    if recipe.classes != "extended":
        return StartWeights(with_finer_outputs(start.network, start.class_list, class_list, recipe.shares))
    nearest = nearest_classes(load_segmenter(name), dataset, class_list)
    return StartWeights(with_added_outputs(start.network, nearest), nearest)


def encoder_of(start: Model, recipe: Recipe) -> dict[str, Tensor]:
    """The weights of a model's encoder, for another network with the same one; RecipeError if it has not."""
    encoder = find_network(recipe.network).encoder
    if not encoder or find_network(start.card.network).encoder != encoder or recipe.start_share:
        raise RecipeError(
            sentence(
                "The recipe {name} trains {network}, but the model {model} that it starts from is a "
                "{other}; give both the same network.",
                name=recipe.name,
                network=recipe.network,
                model=start.card.name,
                other=start.card.network,
            )
        )
    state = start.network.state_dict()
    return {name: tensor for name, tensor in state.items() if name.startswith(ENCODERS[0])}


def on_device(start: StartWeights) -> dict[str, Tensor]:
    """The same weights on the device that computes."""
    return {name: tensor.to(processes.device()) for name, tensor in start.weights.items()}


def start_network(recipe: Recipe) -> nn.Module | None:
    """The network of the model that a recipe starts from, as it is in the store."""
    return None if recipe.start_model is None else _moved(load_model(recipe.start_model).network)
