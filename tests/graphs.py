"""What a stranger may write into a graph: changes to a sound one, by what they are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper


def _node(model: ModelProto, kind: str) -> NodeProto:
    found: NodeProto = next(node for node in model.graph.node if node.op_type == kind)
    return found


def _insert(model: ModelProto, node: NodeProto, *weights: tuple[str, np.ndarray]) -> None:
    """Put a layer between the picture and the rest."""
    for other in model.graph.node:
        other.input[:] = [node.output[0] if name == "image" else name for name in other.input]
    model.graph.initializer.extend(numpy_helper.from_array(values, name) for name, values in weights)
    nodes = [node, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _set(model: ModelProto, kind: str, name: str, value: object) -> None:
    node = _node(model, kind)
    kept = [attribute for attribute in node.attribute if attribute.name != name]
    del node.attribute[:]
    node.attribute.extend([*kept, helper.make_attribute(name, value)])


def _elsewhere(model: ModelProto) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../../etc/passwd"


def _enlarged(model: ModelProto) -> None:
    factors = np.array([1, 1, 4000, 4000], np.float32)
    node = helper.make_node("Resize", ["image", "", "factors"], ["large"], mode="nearest")
    _insert(model, node, ("factors", factors))


def _padded(model: ModelProto) -> None:
    sides = np.array([0, 0, 0, 0, 0, 0, 4000, 4000], np.int64)
    _insert(model, helper.make_node("Pad", ["image", "sides"], ["large"]), ("sides", sides))


def _endless(model: ModelProto) -> None:
    body = helper.make_graph([], "body", [], [])
    _insert(model, helper.make_node("Loop", ["", "", "image"], ["large"], body=body))


def _doubled(model: ModelProto) -> None:
    for number in range(14):
        before = "image" if number == 0 else f"large{number - 1}"
        node = helper.make_node("Concat", [before, before], [f"large{number}"], axis=1)
        model.graph.node.insert(number, node)


def _infinite(model: ModelProto) -> None:
    values = numpy_helper.to_array(model.graph.initializer[-1])
    model.graph.initializer[-1].CopyFrom(
        numpy_helper.from_array(np.full_like(values, np.inf), model.graph.initializer[-1].name)
    )


def _huge(model: ModelProto) -> None:
    for tensor in model.graph.initializer:
        if len(tensor.dims) == 4:  # a convolution's
            values = numpy_helper.to_array(tensor)
            tensor.CopyFrom(numpy_helper.from_array(np.full_like(values, 6e4), tensor.name))


HOSTILE_GRAPHS: dict[str, Callable[[ModelProto], object]] = {
    "weights in another file": _elsewhere,
    "a picture enlarged to terabytes": _enlarged,
    "a picture padded to gigabytes": _padded,
    "an endless loop": _endless,
    "channels that double": _doubled,
    "weights that are not finite": _infinite,
    "answers that are not finite": _huge,
    "a layer of another library": lambda model: setattr(_node(model, "Conv"), "domain", "com.microsoft"),
    "a layer that none here has": lambda model: setattr(_node(model, "Conv"), "op_type", "Einsum"),
    "groups of no channels": lambda model: _set(model, "Conv", "group", 0),
    "steps of no width": lambda model: _set(model, "Conv", "strides", [0, 0]),
    "a convolution as wide as a city": lambda model: _set(model, "Conv", "pads", [10**6] * 4),
    "another picture": lambda model: setattr(model.graph.input[0], "name", "other"),
    "no features": lambda model: model.graph.output.pop(),
    "another version": lambda model: setattr(model.opset_import[0], "version", 99),
    "a function": lambda model: model.functions.add(),
    "a circle": lambda model: _node(model, "Conv").input.__setitem__(0, "logits"),
    "no layers": lambda model: model.graph.ClearField("node"),
}
