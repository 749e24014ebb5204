"""A model's exported graph, `model.onnx`: from a normalised picture to logits, for ONNX Runtime.

A graph may come from anywhere. Only what `core.models.export` writes is accepted: layers that it uses, with
small numbers as their settings, whose results at any size take a known number of bytes for each pixel.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from onnx import AttributeProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper, shape_inference
from onnxruntime import InferenceSession, RunOptions, SessionOptions

from core.errors import BrokenGraphError
from core.languages import mark, sentence

IMAGE, LOGITS, FEATURES = "image", "logits", "features"
OPSET, IR_VERSION = 17, 8
_FATAL = 4
"""What ONNX Runtime may print itself: its exceptions say the rest."""

MAX_GRAPH_BYTES = 512 * 1024 * 1024
"""The article's network has 41 million weights: 165 MB in single precision."""

_MAX_NODES = 4096
_MAX_NUMBERS_A_PIXEL = 1024
"""Of one layer's result, for each pixel of the picture: the article's network has 99 at full size."""

_SIDES = (2, 3)
"""Of the picture whose shapes are inferred, in multiples of the network's."""

_WORDS = {b"constant", b"linear", b"nearest", b"half_pixel", b"asymmetric", b"align_corners", b"floor"}
_WORDS |= {b"pytorch_half_pixel", b"CRD", b"DCR", b"NOTSET", b"round_prefer_floor"}

_LAYERS = frozenset(
    (
        *("Add", "BatchNormalization", "Cast", "Clip", "Concat", "Conv", "DepthToSpace", "Gather"),
        "Identity",
        *("MaxPool", "Pad", "Relu", "Resize", "SpaceToDepth"),
    )
)
_MOST = 4096
"""Of a whole number among a layer's settings: a number of groups of a convolution is the largest."""


def check_graph(content: bytes, classes: int, stride: int, multiple: int) -> None:
    """Refuse anything but a graph for that many classes, with one logit for stride x stride pixels.

    multiple: divides the sides of its pictures. BrokenGraphError has a sentence without the file's name.
    """
    try:
        model = onnx.load_from_string(content)
        _check_parts(model)
        onnx.checker.check_model(model, full_check=False)
        sides = tuple(times * multiple for times in _SIDES)
        _check_shapes(_shapes_at(model, sides), sides, classes, stride)
    except BrokenGraphError:
        raise
    except (DecodeError, onnx.checker.ValidationError, shape_inference.InferenceError) as error:
        raise BrokenGraphError(sentence("it is not an ONNX graph")) from error
    except (ValueError, TypeError, KeyError, IndexError, RuntimeError, OverflowError) as error:
        raise BrokenGraphError(sentence("it is damaged")) from error


def shapes_of(model: ModelProto) -> dict[str, tuple[int, ...]]:
    """The shapes of all inputs and results of a graph that says how large its picture is, by name."""
    inferred = shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    graph = inferred.graph
    return {
        value.name: tuple(side.dim_value for side in value.type.tensor_type.shape.dim)
        for value in (*graph.input, *graph.value_info, *graph.output)
    }


def _shapes_at(model: ModelProto, sides: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    sized = ModelProto()
    sized.CopyFrom(model)
    picture = helper.make_tensor_value_info(IMAGE, TensorProto.FLOAT, (1, 3, *sides))
    sized.graph.input[0].CopyFrom(picture)
    return shapes_of(sized)


def _check_parts(model: ModelProto) -> None:
    graph = model.graph
    versions = [(each.domain, each.version) for each in model.opset_import]
    inputs, outputs = [value.name for value in graph.input], [value.name for value in graph.output]
    _refuse(model.functions or model.training_info or graph.sparse_initializer, mark("it has unusual parts"))
    _refuse(versions != [("", OPSET)], mark("it is of another version"))
    _refuse(inputs != [IMAGE], mark("its input is not a picture"))
    _refuse(outputs != [LOGITS, FEATURES], mark("its results are not logits and features"))
    _refuse(len(graph.node) > _MAX_NODES, mark("it has more layers than any network here"))
    for tensor in graph.initializer:
        _check_tensor(tensor)
    for node in graph.node:
        _check_node(node)


def _check_tensor(tensor: TensorProto) -> None:
    _refuse(
        tensor.external_data or tensor.data_location != TensorProto.DEFAULT, mark("its weights lie elsewhere")
    )
    kinds = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT64)
    _refuse(tensor.data_type not in kinds, mark("its weights are of an unusual kind"))
    values = numpy_helper.to_array(tensor)
    _refuse(not np.isfinite(values).all(), mark("its weights are not finite numbers"))
    if tensor.data_type == TensorProto.INT64:
        _refuse(
            values.size > _MOST or (np.abs(values) > _MOST).any(), mark("its layers have unusual settings")
        )


def _check_node(node: NodeProto) -> None:
    _refuse(node.domain or node.op_type not in _LAYERS, mark("it has layers that no network here has"))
    for attribute in node.attribute:
        _refuse(not _is_usual(attribute), mark("its layers have unusual settings"))


def _is_usual(attribute: AttributeProto) -> bool:
    """Whether a layer's setting is a small number, several, or a known word: never a graph or a tensor."""
    lowest = 1 if attribute.name in ("group", "strides", "dilations", "kernel_shape", "blocksize") else -1
    match attribute.type:
        case AttributeProto.INT:
            return lowest <= attribute.i <= _MOST
        case AttributeProto.INTS:
            return len(attribute.ints) <= 8 and all(lowest <= each <= 64 for each in attribute.ints)
        case AttributeProto.FLOAT:
            return bool(np.isfinite(attribute.f)) and abs(attribute.f) <= _MOST
        case AttributeProto.STRING:
            return attribute.s in _WORDS
    return False


def _check_shapes(
    shapes: dict[str, tuple[int, ...]], sides: tuple[int, ...], classes: int, stride: int
) -> None:
    pixels = sides[0] * sides[1]
    most = _MAX_NUMBERS_A_PIXEL * pixels
    _refuse(any(_numbers(shape) > most for shape in shapes.values()), mark("its layers are too large"))
    wanted = (1, classes, *(side // stride for side in sides))
    _refuse(shapes[LOGITS] != wanted, mark("its logits do not fit its classes"))
    _refuse(shapes[FEATURES][2:] != wanted[2:], mark("its features do not fit its logits"))


def _numbers(shape: Iterable[int]) -> int:
    """How many numbers a result has: a side that cannot be inferred counts as endless."""
    total = 1
    for side in shape:
        total *= side or 2**40
    return total


def _refuse(wrong: object, why: str) -> None:
    if wrong:
        raise BrokenGraphError(sentence(why))


def open_graph(content: bytes, threads: int) -> InferenceSession:
    """A checked graph, ready to run with that many threads. BrokenGraphError."""
    options = SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    # Threads that spin while they wait would starve a training run beside the app, and be starved by it.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # All layers of a picture share memory, which then goes back to the system unless `run_graph` keeps it.
    # Otherwise each layer's own would come from the system page by page: at 1024 x 1024 that is a quarter
    # of the time. To ask for all of it at once, by the pattern of the picture before, is slower.
    options.enable_cpu_mem_arena, options.enable_mem_pattern = True, False
    options.log_severity_level = _FATAL
    try:
        return InferenceSession(content, options, ["CPUExecutionProvider"])
    except Exception as error:  # its exceptions have no base of their own
        raise BrokenGraphError(sentence("ONNX Runtime cannot load it")) from error


def returning_memory() -> RunOptions:
    """For a run after which what its layers shared goes back to the system."""
    options = RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def run_graph(
    session: InferenceSession, result: str, image: NDArray[np.float32], keep: bool = False
) -> NDArray[np.float32]:
    """`LOGITS` or `FEATURES` of normalised pictures (N, 3, H, W). MemoryError, BrokenGraphError.

    keep: the layers' memory stays with the session for the next picture.
    """
    try:
        (found,) = session.run([result], {IMAGE: image}, None if keep else returning_memory())
    except Exception as error:
        if "allocat" in str(error):
            raise MemoryError from error
        raise BrokenGraphError(sentence("ONNX Runtime cannot run it")) from error
    answers: NDArray[np.float32] = found
    return answers
