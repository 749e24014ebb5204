"""JSON from elsewhere: what no reader of ours could show, print or write again is refused at the door."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from core.languages import mark, sentence

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


_FAULTS = {
    "missing": mark("a value is needed"),
    "extra_forbidden": mark("there is no such setting"),
    "string_type": mark("give text"),
    "string_too_long": mark("give at most {max_length} characters"),
    "string_too_short": mark("give at least {min_length} characters"),
    "int_type": mark("give a whole number"),
    "int_parsing": mark("give a whole number"),
    "int_from_float": mark("give a whole number"),
    "float_type": mark("give a number"),
    "float_parsing": mark("give a number"),
    "finite_number": mark("give a finite number"),
    "bool_type": mark("give true or false"),
    "bool_parsing": mark("give true or false"),
    "list_type": mark("give a list"),
    "tuple_type": mark("give a list"),
    "dict_type": mark("give values by name"),
    "model_type": mark("give values by name"),
    "greater_than": mark("give more than {gt}"),
    "greater_than_equal": mark("give at least {ge}"),
    "less_than": mark("give less than {lt}"),
    "less_than_equal": mark("give at most {le}"),
    "literal_error": mark("give {expected}"),
    "too_long": mark("give at most {max_length} of them"),
    "too_short": mark("give at least {min_length} of them"),
}
"""What pydantic complains of, by its names, in words for people."""


def fault(kind: str, text: str, /, **fields: object) -> PydanticCustomError:
    """What a check of ours complains of; `first_fault` gives the sentence back. kind: a name for programs."""
    said = sentence(text, **fields)
    return PydanticCustomError(kind, "{said}", {"said": said})


def first_fault(error: ValidationError) -> tuple[tuple[int | str, ...], str]:
    """Where the first thing is that pydantic complains of, and what is wrong with it."""
    first = error.errors(include_url=False, include_input=False)[0]
    context = first.get("ctx", {})
    said = context.get("said")
    if not isinstance(said, str):
        words = _FAULTS.get(first["type"])
        said = first["msg"] if words is None else sentence(words, **context)
    return first["loc"], said


def placed(where: str, said: str) -> str:
    """What is wrong, behind its place where there is one: "stages.0.lr: give a number"."""
    return sentence("{where}: {reason}", where=where, reason=said) if where else said


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
