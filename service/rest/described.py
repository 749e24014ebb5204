"""How the interface's document describes bodies, parameters and problems: for readers, and for programs."""

from __future__ import annotations

from typing import Any, cast

from pydantic import BaseModel, Field
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from core.models.paths import DEFAULT_MODEL
from core.segmentation.sizes import LARGEST_SIZE, SIZES, SMALLEST_SIZE, TRAINED
from service.engine.answers import JSON, PNG
from service.engine.requests import FORMS, SHAPES
from service.problems import MEDIA_TYPE, Kind
from service.rest.bodies import FIELD, FORM
from service.rest.photos.batch import LINES, BatchLine
from service.rest.photos.identities import HEADER as ID_HEADER
from service.rest.photos.identities import LONGEST
from service.settings import Limits

_PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic", "application/octet-stream")
_BYTES = {"type": "string", "format": "binary"}
_NAMED_SIZES = [name for name in (TRAINED, *SIZES) if not name.isdigit()]
_COORDINATE = {
    "schema": {"type": "integer", "minimum": 0},
    "description": "From 0, of the picture at its working size.",
}

PARAMETERS: dict[str, dict[str, Any]] = {
    "model": {
        "schema": {"type": "string", "default": DEFAULT_MODEL, "maxLength": 64},
        "description": "The model's name; GET /v1/models lists them.",
    },
    "size": {
        "schema": {
            "anyOf": [
                {"type": "integer", "minimum": SMALLEST_SIZE, "maximum": LARGEST_SIZE},
                {"type": "string", "enum": _NAMED_SIZES},
            ],
            "default": TRAINED,
        },
        "description": "The longer side to work at, in pixels, or a name. `trained` is the size at which the "
        "model was trained, `full` the photo's own, up to 2048; a `square` squashes the photo.",
    },
    "answer": {
        "schema": {"type": "string", "enum": list(FORMS), "default": FORMS[0]},
        "description": "JSON with the classes' shares and the mask in runs; or a PNG: `index` has class "
        "numbers as its index values, `colour` the classes' colours.",
    },
    "key": {
        "schema": {"type": "string"},
        "required": True,
        "description": "The last part of what `Content-Location` said.",
    },
    "row": _COORDINATE | {"required": True},
    "col": _COORDINATE | {"required": True},
    "shape": {
        "schema": {"type": "string", "enum": list(SHAPES), "default": SHAPES[0]},
        "description": "Which neighbours: ten on either side in the row or the column, or the 20 nearest.",
    },
}

_ID = {
    "name": ID_HEADER,
    "in": "header",
    "schema": {"type": "string", "pattern": f"^[A-Za-z0-9_-]{{1,{LONGEST}}}$"},
    "description": "An id of your own for this request, such as a UUID. Sent again with the same id, "
    "after a broken connection say, it is the same request: computed once, with one answer.",
}

_WORD = {"schema": {"type": "string"}}
_KEPT = {
    "ETag": _WORD | {"description": "Of the answer, for If-None-Match."},
    "Cache-Control": _WORD | {"description": "For this client only, and to be asked for again."},
}
_KEPT_SOMEWHERE = _KEPT | {
    "Content-Location": _WORD | {"description": "Where the answer is kept for a while."},
}
_AGAIN = {
    "Retry-After": {
        "schema": {"type": "integer", "minimum": 1},
        "description": "In how many seconds to send it again.",
    }
}
_CHALLENGE = {"WWW-Authenticate": _WORD | {"description": "What kind of key is needed (RFC 6750)."}}
_HEADERS: dict[Kind, dict[str, Any]] = {
    Kind.NO_KEY: _CHALLENGE,
    Kind.NOT_ALLOWED: _CHALLENGE,
    Kind.UNKNOWN_ENCODING: {"Accept-Encoding": _WORD | {"description": "The encodings that are read."}},
    **dict.fromkeys(
        (Kind.TOO_OFTEN, Kind.QUEUE_FULL, Kind.NO_WORKER, Kind.NO_BROKER, Kind.LATE, Kind.BUSY), _AGAIN
    ),
}
"""What comes with a problem."""


class ProblemDocument(BaseModel):
    """What is wrong, and what to send instead (RFC 9457)."""

    type: str = Field(description="The address of a page about this kind of problem.")
    title: str
    status: int
    detail: str


def _reference(document: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{document.__name__}"}


LINES_OF_A_BATCH: dict[str, Any] = {
    "description": "A line of JSON for each photo; the schema is that of one line",
    "content": {LINES: {"schema": _reference(BatchLine)}},
}


def schemas() -> dict[str, Any]:
    """The documents that only `LINES_OF_A_BATCH` and `problems` name, with all that they name."""
    mode: JsonSchemaMode = "serialization"
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(BatchLine, mode), (ProblemDocument, mode)]
    found = models_json_schema(models, ref_template="#/components/schemas/{model}")[1]
    return cast(dict[str, Any], found["$defs"])


def answer(document: type[BaseModel], *, picture: bool = False) -> dict[str, Any]:
    """An answer that is a document, or a picture for those who ask for one."""
    pictures = {PNG: {"schema": _BYTES}} if picture else {}
    return {
        "description": "The answer",
        "headers": _KEPT_SOMEWHERE,
        "model": document,
        "content": {JSON: {}, **pictures},
    }


KEPT: dict[int | str, dict[str, Any]] = {
    200: {"description": "As it was given", "headers": _KEPT, "content": {JSON: {}, PNG: {}}},
    304: {"description": "You have it", "headers": _KEPT},
}
"""An answer that was given before."""


def parameters(*names: str, place: str = "query") -> list[dict[str, Any]]:
    """Some of PARAMETERS, as the document lists them."""
    return [{"name": name, "in": place} | PARAMETERS[name] for name in names]


def about_a_photo(*names: str) -> dict[str, Any]:
    """A request with a photo. names: the parameters that it has, in its address or in a form."""
    kinds: dict[str, Any] = {kind: {"schema": _BYTES} for kind in _PHOTO_TYPES}
    return {
        "parameters": [*parameters(*names), _ID],
        "requestBody": {"required": True, "content": kinds | {FORM: {"schema": _form(_BYTES, names)}}},
    }


def about_photos(*names: str) -> dict[str, Any]:
    """A request with many photos, in a form."""
    photos = {"type": "array", "items": _BYTES, "minItems": 1, "maxItems": Limits.batch_photos}
    return {
        "parameters": [*parameters(*names), _ID],
        "requestBody": {"required": True, "content": {FORM: {"schema": _form(photos, names)}}},
    }


def _form(photo: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [FIELD],
        "properties": {FIELD: photo} | {name: PARAMETERS[name]["schema"] for name in names},
        "additionalProperties": False,
    }


def problems(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, by status."""
    by_status: dict[int, list[Kind]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {status: _refusals(alike) for status, alike in by_status.items()}


def _refusals(kinds: list[Kind]) -> dict[str, Any]:
    """Problems of one status, an example of each."""
    examples = {kind.address: {"summary": kind.title, "value": _example(kind)} for kind in kinds}
    headers = {name: header for kind in kinds for name, header in _HEADERS.get(kind, {}).items()}
    return {
        "description": "; ".join(kind.title for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": _reference(ProblemDocument), "examples": examples}},
    } | ({"headers": headers} if headers else {})


def _example(kind: Kind) -> dict[str, Any]:
    return {"type": kind.type, "title": kind.title, "status": kind.status, "detail": kind.meaning}
