"""A twin of a model that has learnt nothing, kept for the next question about it."""

from __future__ import annotations

from functools import lru_cache

from core.segmentation.segmenter import Segmenter


@lru_cache(maxsize=1)
def untrained(model: str) -> Segmenter:
    """The same network as the model's with random weights, the same ones for everybody. ModelError."""
    # PyTorch takes seconds to import; only this question needs it.
    from core.inside.inspector import untrained_twin
    from core.models.weights import load_model

    return Segmenter.of_network(untrained_twin(load_model(model)))
