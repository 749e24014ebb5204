"""From a trained network to the graph that `core.models.graph` reads: what predicts without PyTorch.

PyTorch's exporter traces one picture of a fixed size, so that all arithmetic about sizes becomes constants.
What is left are layers, none of which knows a size: the graph takes pictures of any size whose sides the
network's multiple divides.
"""

from __future__ import annotations

import copy
import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnxruntime import InferenceSession
from torch import Tensor, nn
from torch.onnx import symbolic_helper
from torch.onnx.utils import register_custom_op_symbolic, unregister_custom_op_symbolic

from core.errors import BrokenGraphError
from core.models.card import ModelCard
from core.models.graph import (
    FEATURES,
    IMAGE,
    IR_VERSION,
    LOGITS,
    OPSET,
    check_graph,
    open_graph,
    run_graph,
    shapes_of,
)
from core.models.networks import find_network
from core.photos.images import decode, resize
from core.photos.samples import SAMPLES

MIN_AGREEMENT = 0.999
"""Share of the places of a picture at which a graph must find PyTorch's class."""

_HALF_FROM = 64
"""Numbers from which a tensor is stored in half precision: below, the cast costs more than it saves."""

Array = NDArray[Any]

_log = logging.getLogger(__name__)


def export_graph(network: nn.Module, multiple: int) -> bytes:
    """A network as an ONNX graph from a normalised picture to logits, and to the features before them.

    network: (N, 3, H, W) -> (N, C, H / stride, W / stride), float32; its last convolution makes the logits.
    multiple: divides both sides of every picture. Weights that half precision holds exactly are stored in it:
    those of a published model are.
    """
    traced = _traced(network, multiple)
    folded = _without_sizes(traced)
    _halve(folded.graph)
    graph = helper.make_graph(
        folded.graph.node,
        "network",
        [_value(IMAGE, 3, "height", "width")],
        [_value(LOGITS, "classes", "rows", "columns"), _value(FEATURES, "channels", "rows", "columns")],
        folded.graph.initializer,
    )
    model = helper.make_model(
        graph,
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="StreetScope",
    )
    content: bytes = model.SerializeToString()
    return content


def _value(name: str, *sides: int | str) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ("N", *sides))


def checked_graph(network: nn.Module, card: ModelCard) -> bytes | None:
    """The graph of a model's network, if it labels three pictures as PyTorch does; None otherwise."""
    facts = find_network(card.network)
    try:
        graph = export_graph(network, facts.multiple)
        check_graph(graph, len(card.class_list.classes), facts.stride, facts.multiple)
        session = open_graph(graph, 1)
        agreement = min(_agreement(network, session, picture) for picture in _pictures(card, facts.multiple))
    except (BrokenGraphError, RuntimeError, ValueError, TypeError) as error:
        _log.warning("%s has no graph, so PyTorch will run it: %s", card.name, error)
        return None
    if agreement < MIN_AGREEMENT:
        _log.warning("%s has no graph: it agrees on only %.4f of the pixels", card.name, agreement)
        return None
    return graph


def _pictures(card: ModelCard, multiple: int) -> Iterator[NDArray[np.float32]]:
    """The samples, normalised, at sizes that differ: (1, 3, H, W)."""
    mean, std = (np.array(part, np.float32) for part in (card.normalisation.mean, card.normalisation.std))
    for longer, sample in zip((320, 256, 192), SAMPLES, strict=True):
        photo = decode(sample.path.read_bytes(), longer)
        height, width = (max(side // multiple, 1) * multiple for side in photo.shape[:2])
        pixels = resize(photo, height, width).astype(np.float32) / 255
        yield np.ascontiguousarray(((pixels - mean) / std).transpose(2, 0, 1)[np.newaxis], np.float32)


def _agreement(network: nn.Module, session: InferenceSession, picture: NDArray[np.float32]) -> float:
    """The share of logits' places at which both find the same class, in [0, 1]."""
    with torch.inference_mode():
        expected = network.eval()(torch.from_numpy(picture)).argmax(dim=1).numpy()
    found = run_graph(session, LOGITS, picture).argmax(axis=1)
    return float((found == expected).mean())


class _WithFeatures(nn.Module):
    """Gives the input of the network's last convolution beside its output."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self._features: list[Tensor] = []
        *_, head = (module for module in network.modules() if isinstance(module, nn.Conv2d))
        head.register_forward_pre_hook(lambda _, inputs: self._features.append(inputs[0]))

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        self._features.clear()
        logits = self.network(image)
        return logits, self._features[-1]


def _traced(network: nn.Module, multiple: int) -> ModelProto:
    # A copy, for the hook; unequal sides, so that none is taken for the other.
    wrapped = _WithFeatures(copy.deepcopy(network).cpu().float().eval().requires_grad_(False))
    picture, file = torch.zeros(1, 3, 2 * multiple, 3 * multiple), io.BytesIO()
    with _rearranging(), warnings.catch_warnings(), torch.inference_mode():
        # The exporter that traces is called old; the new one needs a library of its own and a minute.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            wrapped,
            (picture,),
            file,  # type: ignore[arg-type]  # it takes a file object, which its types do not say
            dynamo=False,
            opset_version=OPSET,
            input_names=[IMAGE],
            output_names=[LOGITS, FEATURES],
            # Otherwise it would fold norms into convolutions, whose weights half precision then cannot hold.
            training=torch.onnx.TrainingMode.PRESERVE,
            do_constant_folding=False,
        )
    return onnx.load_from_string(file.getvalue())


@contextmanager
def _rearranging() -> Iterator[None]:
    """Export `pixel_unshuffle` as one operation: PyTorch writes it with the picture's sides in it."""
    name = "aten::pixel_unshuffle"
    register_custom_op_symbolic(name, _space_to_depth, OPSET)
    try:
        yield
    finally:
        unregister_custom_op_symbolic(name, OPSET)


@symbolic_helper.parse_args("v", "i")
def _space_to_depth(graph: Any, image: Any, side: int) -> Any:
    channels = int(image.type().sizes()[1])
    # ONNX puts the place in the block before the channel, PyTorch the channel before the place.
    order = torch.arange(channels * side**2).view(side**2, channels).T.flatten()
    blocks = graph.op("SpaceToDepth", image, blocksize_i=side)
    return graph.op("Gather", blocks, graph.op("Constant", value_t=order), axis_i=1)


def _without_sizes(model: ModelProto) -> ModelProto:
    """Replace all that is computed from sizes alone by its value, and sizes to enlarge to by factors.

    A result's size is known only after the sizes that it depends on were replaced, so it takes several turns.
    """
    while True:
        folded = _folded(model)
        if len(folded.graph.node) == len(model.graph.node):
            return folded
        model = folded


def _folded(model: ModelProto) -> ModelProto:
    shapes = shapes_of(model)
    known: dict[str, Array] = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    left: list[NodeProto] = []
    for node in model.graph.node:
        given = [name for name in node.input if name]
        if node.op_type == "Shape" and (shape := shapes.get(given[0])) and all(shape):
            known[node.output[0]] = np.array(shape, np.int64)
        elif all(name in known for name in given):
            values: Any = ReferenceEvaluator(node).run(None, {name: known[name] for name in given})
            known.update(zip(node.output, values, strict=True))
        elif node.op_type == "Resize" and node.input[-1] in known and (before := shapes.get(given[0])):
            left.append(_by_factors(node, before, known))
        else:
            left.append(node)
    used = {name for node in left for name in node.input}
    kept = [numpy_helper.from_array(value, name) for name, value in known.items() if name in used]
    graph = helper.make_graph(left, "folded", model.graph.input, model.graph.output, kept)
    return helper.make_model(graph, opset_imports=model.opset_import)


def _by_factors(node: NodeProto, before: tuple[int, ...], known: dict[str, Array]) -> NodeProto:
    """A `Resize` to a size as one by factors; its inputs are the picture, a region, factors, and a size."""
    if len(node.input) < 4 or not all(before):
        return node
    factors = known[node.input[3]] / np.array(before)
    name = f"{node.output[0]}_factors"
    known[name] = factors.astype(np.float32)
    mine = copy.deepcopy(node)
    del mine.input[:]
    mine.input.extend([node.input[0], "", name])
    return mine


def _halve(graph: GraphProto) -> None:
    """Store weights in half precision with a cast after them, where that loses nothing."""
    casts: list[NodeProto] = []
    for index, tensor in enumerate(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < _HALF_FROM:
            continue
        with np.errstate(over="ignore"):
            half = values.astype(np.float16)
        if np.array_equal(half, values):
            stored = f"{tensor.name}_half"
            casts.append(helper.make_node("Cast", [stored], [tensor.name], to=TensorProto.FLOAT))
            graph.initializer[index].CopyFrom(numpy_helper.from_array(half, stored))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
