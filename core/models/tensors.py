"""Named tensors into a safetensors file, and out of one that may come from anywhere.

A full disk is told as the system tells it everywhere else. What is read is checked before it is used: the
header's length and form, then each tensor's name, shape, type and values.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save_file
from torch import Tensor

from core.errors import BrokenTensorsError
from core.files import NO_ROOM
from core.languages import mark, sentence
from core.strict_json import parse_json

MAX_HEADER_BYTES = 4 * 1024 * 1024
"""The header names each tensor in some 100 bytes: room for 40,000 of them."""

MAX_FILE_BYTES = 2 * 1024**3
"""A resume point of the largest network here has 0.7 GB: weights, their average, and two of Adam's."""

_LENGTH_BYTES = 8
_FLOATS = frozenset({torch.float16, torch.bfloat16, torch.float32})
_SYSTEM_ERROR = re.compile(r"\(os error (\d+)\)")


def save_tensors(tensors: dict[str, Tensor], path: Path, metadata: Mapping[str, str] | None = None) -> None:
    """Write contiguous tensors to `path`, which others may read: safetensors makes it its owner's alone.

    OSError of a full disk, by which `core.files` knows it: safetensors has an error of its own for it, with
    the system's number in its words. Not a StreetScopeError, whose message fastai rewrites in a callback.
    """
    try:
        save_file(tensors, path, dict(metadata or {}))
    except SafetensorError as error:
        found = _SYSTEM_ERROR.search(str(error))
        if found and int(found[1]) in NO_ROOM:
            number = int(found[1])
            raise OSError(number, os.strerror(number), str(path)) from error
        raise
    path.chmod(0o644)


def tensors_in(content: bytes, path: Path) -> dict[str, Tensor]:
    """The tensors in the bytes of a safetensors file, by name. BrokenTensorsError names the file `path`."""
    read_metadata(io.BytesIO(content), path)
    try:
        return dict(load(content))
    except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError, OverflowError) as error:
        raise _no_tensors(path, error) from error


def read_metadata(file: IO[bytes], path: Path) -> dict[str, str]:
    """The words beside the tensors, from the start of a safetensors file. BrokenTensorsError.

    The file begins with 8 bytes that give the length of a JSON header.
    Source: https://github.com/huggingface/safetensors, README, "Format".
    """
    length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
    if length > MAX_HEADER_BYTES:
        raise _no_tensors(path, sentence("its header would have {length} bytes", length=length))
    try:
        header = parse_json(file.read(length))
    except ValueError as error:
        raise _no_tensors(path, error) from error
    kept = header.get("__metadata__") if isinstance(header, dict) else None
    pairs = kept.items() if isinstance(kept, dict) else ()
    return {name: value for name, value in pairs if isinstance(value, str)}


def check_fit(tensors: Mapping[str, Tensor], wanted: Mapping[str, Tensor], path: Path) -> None:
    """Check that tensors are a network's and make sense. BrokenTensorsError names the first that does not.

    wanted: the network's own, whose names, shapes and types are compared; floating point numbers may be kept
    in half precision.
    """
    for name in sorted(wanted.keys() ^ tensors.keys()):
        words = (
            mark("{path} lacks the tensor {name}: it belongs to another network.")
            if name in wanted
            else mark("{path} has an unknown tensor {name}: it belongs to another network.")
        )
        raise BrokenTensorsError(sentence(words, path=path, name=name[:200]))
    for name, tensor in sorted(tensors.items()):
        if tensor.shape != wanted[name].shape:
            raise BrokenTensorsError(
                sentence(
                    "{path}: the tensor {name} has shape {shape}, but the network needs {wanted}.",
                    path=path,
                    name=name,
                    shape=tuple(tensor.shape),
                    wanted=tuple(wanted[name].shape),
                )
            )
        if not _has_type(tensor, wanted[name]):
            raise BrokenTensorsError(
                sentence(
                    "{path}: the tensor {name} holds numbers of the type {tensor}, but the network needs "
                    "{wanted}.",
                    path=path,
                    name=name,
                    tensor=_type(tensor),
                    wanted=_type(wanted[name]),
                )
            )
        if not torch.isfinite(tensor).all():
            raise BrokenTensorsError(
                sentence(
                    "{path}: the tensor {name} holds values that are not finite numbers.",
                    path=path,
                    name=name,
                )
            )
        if name.endswith(("running_var", "num_batches_tracked")) and (tensor < 0).any():
            raise BrokenTensorsError(
                sentence(
                    "{path}: the tensor {name} holds negative values; no variance or count is.",
                    path=path,
                    name=name,
                )
            )


def _has_type(tensor: Tensor, wanted: Tensor) -> bool:
    return tensor.dtype in _FLOATS if wanted.is_floating_point() else tensor.dtype == wanted.dtype


def _type(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _no_tensors(path: Path, why: object) -> BrokenTensorsError:
    return BrokenTensorsError(
        sentence("{path} is not a safetensors file: {why}.", path=path, why=str(why)[:200].rstrip("."))
    )
