"""Named tensors into a safetensors file, with a full disk told as the system tells it everywhere else."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from core.files import NO_ROOM

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
