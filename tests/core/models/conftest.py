"""Networks that several tests look at; the large ones take seconds to build."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest
from torch import nn

from core.models.networks import find_network


@pytest.fixture(scope="session")
def untrained() -> Callable[[str], nn.Module]:
    """A network for 12 classes with weights at random; each is built once: copy it to change it."""
    return functools.cache(lambda name: find_network(name).build(12, False).eval())
