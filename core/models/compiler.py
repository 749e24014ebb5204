"""Importing libraries without torch's compiler, which nothing here uses.

torchvision and timm need one function each from `torch._dynamo` when they are imported. Every process that
trains, measures or publishes would wait a second for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_NAMES = ("torch._dynamo", "torch._dynamo.utils")


@contextmanager
def without_compiler() -> Iterator[None]:
    """Replace `torch._dynamo` with a stand-in for imports within the block.

    Later imports get the real one. Nothing changes if it is imported already.
    """
    if any(name in sys.modules for name in _NAMES):
        yield
        return
    stand_in, utils = (ModuleType(name) for name in _NAMES)
    vars(stand_in).update(utils=utils, disable=_disable)
    vars(utils).update(is_compile_supported=_is_compile_supported)
    modules = dict(zip(_NAMES, (stand_in, utils), strict=True))
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name, module in modules.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def _disable(fn: Callable[..., Any] | None = None, *settings: object, **more: object) -> Any:
    """`torch._dynamo.disable` for code that is never compiled: returns the function itself."""
    return (lambda function: function) if fn is None else fn


def _is_compile_supported(device_type: str) -> bool:
    """torch's own answer: torchvision asks for it when it computes."""
    from torch._dynamo.utils import is_compile_supported

    return bool(is_compile_supported(device_type))
