"""Importing libraries without torch's compiler, which nothing here uses.

torchvision and timm ask `torch._dynamo` for one function each when they are imported. The app at its start
and every process that trains would wait for it.
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
    """Put a stand-in where `torch._dynamo` would be imported within the block.

    Whoever asks for the compiler later gets the real one. Nothing is changed where it is there already.
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
    """`torch._dynamo.disable` where nothing is compiled: the function itself, whatever is asked."""
    return (lambda function: function) if fn is None else fn


def _is_compile_supported(device_type: str) -> bool:
    """torch's own answer, for whom torchvision asks when it computes."""
    from torch._dynamo.utils import is_compile_supported

    return bool(is_compile_supported(device_type))
