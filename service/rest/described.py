"""How the interface's document describes bodies, parameters and problems: for readers, and for programs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field

from core.models.paths import DEFAULT_MODEL
from core.segmentation.sizes import LARGEST_SIZE, SIZES, SMALLEST_SIZE, TRAINED
from service.engine.answers import PNG
from service.engine.requests import FORMS, SHAPES
from service.problems import MEDIA_TYPE, Kind
from service.rest.bodies import FIELD, FORM

_PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic", "application/octet-stream")
_BYTES = {"type": "string", "format": "binary"}

_NAMED = ", ".join(name for name in (TRAINED, *SIZES) if not name.isdigit())
_MODEL = Query(description="The model's name; GET /v1/models lists them.", examples=[DEFAULT_MODEL])
_SIZE = Query(
    description=f"The longer side to work at, {SMALLEST_SIZE} to {LARGEST_SIZE} pixels, or one of {_NAMED}. "
    f"`{TRAINED}`, the usual one, is the size at which the model was trained.",
    examples=["512"],
)
_ANSWER = Query(
    description="JSON with the classes' shares and the mask in runs; or a PNG: `index` has class numbers as "
    "its index values, `colour` the classes' colours.",
    json_schema_extra={"enum": list(FORMS), "default": FORMS[0]},
)
_ROW = Query(
    description="From 0, of the picture at its working size.",
    json_schema_extra={"type": "integer", "minimum": 0},
)
_SHAPE = Query(
    description="Which neighbours: ten on either side in the row or the column, or the 20 nearest around it.",
    json_schema_extra={"enum": list(SHAPES), "default": SHAPES[0]},
)

# All are words, and may stand in the form instead: `service.engine.requests` says what they mean.
Model = Annotated[str | None, _MODEL]
Size = Annotated[str | None, _SIZE]
AnswerForm = Annotated[str | None, _ANSWER]
Coordinate = Annotated[str | None, _ROW]
NeighbourShape = Annotated[str | None, _SHAPE]


class ProblemDocument(BaseModel):
    """What is wrong, and what to send instead (RFC 9457)."""

    type: str = Field(description="The address of a page about this kind of problem.")
    title: str
    status: int
    detail: str


PICTURE: dict[str, Any] = {"content": {PNG: {"schema": _BYTES}}}
"""An answer that is a picture."""


def photo_body(*fields: str) -> dict[str, Any]:
    """The body of a request about a photo. fields: the parameters that a form may hold beside it."""
    form = {
        "type": "object",
        "required": [FIELD],
        "properties": {FIELD: _BYTES} | {name: {"type": "string"} for name in fields},
    }
    kinds: dict[str, Any] = {kind: {"schema": _BYTES} for kind in _PHOTO_TYPES}
    return {"requestBody": {"required": True, "content": kinds | {FORM: {"schema": form}}}}


def problems(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, by status."""
    by_status: dict[int | str, list[str]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind.title)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    return {
        status: {"description": "; ".join(titles), "content": content} for status, titles in by_status.items()
    }
