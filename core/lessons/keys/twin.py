"""A twin of a model that has learnt nothing: the same network with random weights, the same for everybody."""

from __future__ import annotations

from functools import lru_cache

from core.models.networks import find_network
from core.models.store import read_card
from core.segmentation.segmenter import Segmenter


@lru_cache(maxsize=1)
def untrained(model: str, seed: int = 0) -> Segmenter:
    """A network like the model's, with its classes and weights drawn by chance. ModelError."""
    import torch  # which takes seconds; only this question needs it

    from core.models.weights import Model

    card = read_card(model)
    network, classes = find_network(card.network), card.class_list.restored()
    with torch.random.fork_rng(devices=[]):  # nobody else's chance is to change
        torch.manual_seed(seed)
        module = network.build(len(classes), False)
    return Segmenter.of_network(Model(card, classes, module, network.stride, network.multiple))
