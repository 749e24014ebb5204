"""JSON from elsewhere: what no reader of ours could show, print or write again is refused at the door."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn

from core.languages import sentence

DEEPEST = 32
"""Levels of lists and objects in one another; a card with its recipe has six."""

_LARGEST = 2**63
"""Larger whole numbers are none of ours, and some programs cannot read them."""


def parse_json(content: bytes | str) -> Any:
    """The values in a JSON text. ValueError, with words for people, for anything that is not quite JSON.

    Refused are NaN and infinity, a name that an object has twice, half a character (a lone surrogate), whole
    numbers beyond 64 bits, and more than `DEEPEST` levels.
    """
    try:
        values = json.loads(content, parse_constant=_no_number, object_pairs_hook=_object)
    except RecursionError:
        raise ValueError(sentence("it is nested too deeply")) from None
    _check(values, 0)
    return values


def _no_number(name: str) -> NoReturn:
    raise ValueError(sentence("{name} is not a number", name=name))


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            raise ValueError(sentence("it has {name!r} twice", name=name[:50]))
        values[name] = value
    return values


def _check(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise ValueError(sentence("it is nested too deeply"))
    match value:
        case str():
            _check_text(value)
        case int() if not -_LARGEST <= value < _LARGEST:
            raise ValueError(sentence("it has a whole number of more than 64 bits"))
        case float() if not math.isfinite(value):  # written as 1e999
            raise ValueError(sentence("it has a number that is too large"))
        case list():
            for part in value:
                _check(part, depth + 1)
        case dict():
            for name, part in value.items():
                _check_text(name)
                _check(part, depth + 1)


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(sentence("it has half a character, which is not text")) from None
