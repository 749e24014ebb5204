"""A model's weights, `weights.safetensors`, into a network and out of one: for training, and for PyTorch.

The file may come from anywhere. It is checked before a byte of it reaches a network: its hash, and every
tensor's name, shape, type and values.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from core.classes import ClassList
from core.errors import BrokenModelError
from core.files import write_bytes
from core.languages import sentence
from core.models.card import FORMAT_VERSION, ModelCard
from core.models.export import checked_graph
from core.models.networks import find_network
from core.models.store import GRAPH, WEIGHTS, new_model, read_hashed, read_whole, write_card
from core.models.tensors import MAX_HEADER_BYTES, check_fit, save_tensors, tensors_in

_CARD_BYTES = 64 * 1024
"""Of an ordinary card, and more."""


@dataclass(frozen=True, eq=False)
class Model:
    """A loaded model: its card, and its network with the weights loaded, in single precision."""

    card: ModelCard
    class_list: ClassList
    network: nn.Module
    stride: int
    multiple: int

    @property
    def name(self) -> str:
        """Its name in the store."""
        return self.card.name


def load_model(name: str) -> Model:
    """Load a model after checking its hash and every tensor. ModelNotFoundError, BrokenModelError."""
    return read_whole(name, read_model)


def read_model(folder: Path, card: ModelCard) -> Model:
    """Load the model in a folder, whose card was read from there. BrokenModelError."""
    path = folder / WEIGHTS
    network, classes = find_network(card.network), card.class_list.restored()
    module = network.build(len(classes), False)
    # No more than the network has room for.
    content = read_hashed(
        path, MAX_HEADER_BYTES + _bytes_in(module.state_dict().values()), card.weights_sha256
    )
    tensors = tensors_in(content, path)
    check_fit(tensors, module.state_dict(), path)
    module.load_state_dict(tensors)
    _check_answers(module, card, network.multiple, path)
    return Model(card, classes, module, network.stride, network.multiple)


def _check_answers(module: nn.Module, card: ModelCard, multiple: int, path: Path) -> None:
    """Numbers can be sound one by one and still be too large together: no answer would be a number."""
    size = 2 * multiple
    pixels = torch.rand(1, 3, size, size, generator=torch.Generator().manual_seed(0))
    pixels = torch.cat([torch.zeros_like(pixels), torch.ones_like(pixels), pixels])
    mean, std = (
        torch.tensor(part).view(1, 3, 1, 1) for part in (card.normalisation.mean, card.normalisation.std)
    )
    training = module.training
    with torch.inference_mode():
        answers = module.eval()((pixels - mean) / std)
    module.train(training)
    if not torch.isfinite(answers).all():
        raise BrokenModelError(
            sentence(
                "{path}: the network answers with values that are not finite; copy the model again.",
                path=path,
            )
        )


def _bytes_in(tensors: Iterable[Tensor]) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def save_model(card: ModelCard, module: nn.Module) -> ModelCard:
    """Write a model into the store, also over one of its name; errors as for `new_model`."""
    with new_model(card.name, bytes_of(module), replace=True) as folder:
        return write_model(folder, card, module)


def write_model(folder: Path, card: ModelCard, module: nn.Module) -> ModelCard:
    """Write a model's weights, in half precision, its graph and its card; returns the card with their hashes.

    Without a graph that agrees with the network there is none: PyTorch will run the model.
    """
    state = {name: _half(tensor) for name, tensor in module.state_dict().items()}
    save_tensors(state, folder / WEIGHTS)
    stored = copy.deepcopy(module)
    stored.load_state_dict(state)
    graph = checked_graph(stored, card)
    if graph is not None:
        write_bytes(folder / GRAPH, graph)
    hashes = {
        "weights_sha256": _sha256(folder / WEIGHTS),
        "graph_sha256": "" if graph is None else hashlib.sha256(graph).hexdigest(),
    }
    return write_card(folder, card.model_copy(update=hashes | {"format_version": FORMAT_VERSION}))


def bytes_of(module: nn.Module) -> int:
    """About how many bytes `write_model` writes: the graph has the weights again."""
    return 2 * _bytes_in(_half(tensor) for tensor in module.state_dict().values()) + _CARD_BYTES


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _half(tensor: Tensor) -> Tensor:
    """Half precision for the convolutions; the norms' vectors stay as they are, since they are small."""
    tensor = tensor.detach().contiguous()
    return tensor.half() if tensor.is_floating_point() and tensor.ndim > 1 else tensor
