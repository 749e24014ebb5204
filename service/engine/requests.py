"""What may be asked of a network: to segment a photo, or to read one of its pixels.

Parameters are checked here. They arrive as words: in an address, a form, or a message's headers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, TypeVar, get_args

from core.models.paths import DEFAULT_MODEL
from core.segmentation.reading import Shape
from core.segmentation.sizes import LARGEST_SIZE, SIZES, SMALLEST_SIZE, TRAINED
from service.problems import Kind, Problem

Form = Literal["json", "index", "colour"]
"""JSON with shares and runs; a PNG whose index values are class numbers; a PNG in the classes' colours."""

FORMS: tuple[Form, ...] = get_args(Form)
SHAPES: tuple[Shape, ...] = get_args(Shape)
NAMED_SIZES = (TRAINED, *SIZES)

_LONGEST = 100
"""Characters of a parameter: more than any sensible one has."""

_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)

Choice = TypeVar("Choice", bound=str)


@dataclass(frozen=True)
class SegmentRequest:
    """Segment a photo. model: by name. size: one of NAMED_SIZES, or the longer side in pixels."""

    model: str
    size: str
    form: Form


@dataclass(frozen=True)
class ReadRequest:
    """Read the pixel (row, col) of the photo at its working size, with 20 neighbours of that shape."""

    model: str
    size: str
    row: int
    col: int
    shape: Shape


Request = SegmentRequest | ReadRequest


def segment_request(words: Mapping[str, str]) -> SegmentRequest:
    """The request in these parameters; what is missing has its default. Problem if one cannot be used."""
    _check_names(words, ("model", "size", "answer"))
    return SegmentRequest(_model(words), _size(words), _choice(words, "answer", FORMS))


def read_request(words: Mapping[str, str]) -> ReadRequest:
    """As `segment_request`; row and col are needed."""
    _check_names(words, ("model", "size", "row", "col", "shape"))
    return ReadRequest(
        _model(words),
        _size(words),
        _whole(words, "row"),
        _whole(words, "col"),
        _choice(words, "shape", SHAPES),
    )


def model_name(words: Mapping[str, str]) -> str:
    """The model that these parameters name, and nothing else. Problem as for the others."""
    _check_names(words, ("model",))
    return _model(words)


def words_of(request: Request) -> dict[str, str]:
    """The parameters that `read_request`, or `segment_request`, makes this request of."""
    words = {name: str(value) for name, value in asdict(request).items()}
    if isinstance(request, SegmentRequest):
        words["answer"] = words.pop("form")
    return words


def _check_names(words: Mapping[str, str], known: tuple[str, ...]) -> None:
    for name in words:
        if name not in known:
            raise _bad(name, f"There is no parameter {_shown(name)}; there are {', '.join(known)}.")


def _model(words: Mapping[str, str]) -> str:
    name = words.get("model") or DEFAULT_MODEL
    if len(name) > _LONGEST:
        raise Problem(
            Kind.NO_SUCH_MODEL, "No model has so long a name; GET /v1/models lists the models that there are."
        )
    return name


def _size(words: Mapping[str, str]) -> str:
    size = words.get("size") or TRAINED
    if size in NAMED_SIZES:
        return size
    if _WHOLE.fullmatch(size) and SMALLEST_SIZE <= int(size) <= LARGEST_SIZE:
        return str(int(size))
    raise _bad(
        "size",
        f"There is no size {_shown(size)}; give the longer side in pixels, {SMALLEST_SIZE} to "
        f"{LARGEST_SIZE}, or one of {', '.join(name for name in NAMED_SIZES if not name.isdigit())}.",
    )


def _choice(words: Mapping[str, str], name: str, choices: tuple[Choice, ...]) -> Choice:
    word = words.get(name) or choices[0]
    found = next((choice for choice in choices if choice == word), None)
    if found is None:
        raise _bad(name, f"There is no {name} {_shown(word)}; give one of {', '.join(choices)}.")
    return found


def _whole(words: Mapping[str, str], name: str) -> int:
    word = words.get(name, "")
    if not _WHOLE.fullmatch(word):
        missing = f"{_shown(word)} is no {name}" if word else f"The {name} of the pixel is missing"
        raise _bad(name, f"{missing}; give a whole number from 0, as in row=212&col=340.")
    return int(word)


def _shown(word: str) -> str:
    return repr(word if len(word) <= _LONGEST else f"{word[:_LONGEST]}...")


def _bad(name: str, sentence: str) -> Problem:
    return Problem(Kind.BAD_PARAMETER, sentence, parameter=name[:_LONGEST])
