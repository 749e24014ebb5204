"""The process that `core.inside.process` asks: it alone starts `python -m core.inside.worker`."""

from __future__ import annotations

import os
import select
import sys
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import IO, Any

from numpy.typing import NDArray

from core.errors import StreetScopeError
from core.inside import wire
from core.workers import NICE, failure_of, failure_to_plain

IDLE_SECONDS = 240.0
"""Without a request for so long, the process ends, and its memory is free."""

_NETWORKS = 3
"""Networks that are kept: two models, say, and the twin of one."""

Answer = tuple[dict[str, Any], list[NDArray[Any]]]


def main() -> int:
    """Answer requests until there are no more."""
    warnings.simplefilter("ignore")
    if hasattr(os, "nice"):
        os.nice(NICE)
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    # Nothing is read ahead that `select` would not see: the next request comes after the answer to this one.
    while select.select([requests], [], [], IDLE_SECONDS)[0]:
        try:
            header, arrays = wire.receive(requests)
        except EOFError:
            break
        _answer(answers, header, arrays)
    return 0


def _answer(answers: IO[bytes], header: dict[str, Any], arrays: list[NDArray[Any]]) -> None:
    try:
        wire.send(answers, *_KINDS[header["kind"]](header, arrays))
    except StreetScopeError as error:
        wire.send(answers, {"error": failure_to_plain(failure_of(error))})


@lru_cache(maxsize=_NETWORKS)
def _inspector(model: str, weights: str, untrained: bool) -> Any:
    from core.inside.inspector import Inspector

    return Inspector.of_model(model, untrained)


def _of(header: dict[str, Any]) -> Any:
    return _inspector(header["model"], header["weights"], header["untrained"])


def _gradient(header: dict[str, Any], arrays: list[NDArray[Any]]) -> Answer:
    return {}, [_of(header).gradient(arrays[0].copy(), tuple(header["pixel"]), header["number"])]


def _stages(header: dict[str, Any], arrays: list[NDArray[Any]]) -> Answer:
    stages = _of(header).stages(arrays[0].copy())
    said = [{"name": each.name, "stride": each.stride, "channels": each.channels} for each in stages]
    return {"stages": said}, [array for each in stages for array in (each.activity, each.maps)]


def _peaks(header: dict[str, Any], arrays: list[NDArray[Any]]) -> Answer:
    peaks = _of(header).peaks(arrays[0].copy())
    return {}, [array for each in peaks for array in (each.values, each.rows, each.cols)]


def _theoretical(header: dict[str, Any], arrays: list[NDArray[Any]]) -> Answer:
    from core.inside.inspector import theoretical
    from core.models.store import read_card

    rows, cols = theoretical(read_card(header["model"]).network, *header["pixel"])
    return {"rows": [rows.first, rows.end], "cols": [cols.first, cols.end]}, []


def _logits(header: dict[str, Any], arrays: list[NDArray[Any]]) -> Answer:
    return {}, [_of(header).engine.logits(arrays[0].copy())]


def _last_features(header: dict[str, Any], arrays: list[NDArray[Any]]) -> Answer:
    return {}, [_of(header).engine.features(arrays[0].copy())]


def _network(header: dict[str, Any], arrays: list[NDArray[Any]]) -> Answer:
    model = _of(header).model
    return {"stride": model.stride, "multiple": model.multiple}, []


_KINDS: dict[str, Callable[[dict[str, Any], list[NDArray[Any]]], Answer]] = {
    "gradient": _gradient,
    "stages": _stages,
    "peaks": _peaks,
    "theoretical": _theoretical,
    "logits": _logits,
    "features": _last_features,
    "network": _network,
}

if __name__ == "__main__":
    sys.exit(main())
