"""The models of the store and their classes, as documents. They say nothing that a model's card does not."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from core.errors import ModelError
from core.models.card import ModelCard
from core.models.store import list_models, read_card
from core.segmentation.sizes import LARGEST_SIZE
from core.training.recipes.trained import trained_size


class ClassDocument(BaseModel):
    """A class of a model."""

    model_config = ConfigDict(frozen=True)

    number: int = Field(description="Its index value in a mask.")
    name: str
    colour: tuple[int, int, int] = Field(description="Red, green and blue, 0 to 255.")
    meaning: str


class ModelDocument(BaseModel):
    """A model, as its card describes it."""

    model_config = ConfigDict(frozen=True)

    name: str
    summary: str
    classes: int = Field(description="How many classes it tells apart.")
    class_list: str
    trained_size: int | None = Field(
        description="The longer side it was trained at; the usual size of a request."
    )
    largest_size: int
    limits: list[str] = Field(description="Where it fails, by its card.")
    licence: str
    weights_sha256: str


def all_models() -> list[ModelDocument]:
    """Every model whose card can be read."""
    found = []
    for name in list_models():
        try:
            found.append(_document(read_card(name)))
        except ModelError:  # one broken model must not hide the others
            continue
    return found


def all_classes(model: str) -> list[ClassDocument]:
    """The classes of a model. ModelNotFoundError, BrokenModelError."""
    card = read_card(model)
    return [
        ClassDocument(number=number, name=entry.name, colour=entry.colour, meaning=entry.meaning)
        for number, entry in enumerate(card.class_list.classes)
    ]


def _document(card: ModelCard) -> ModelDocument:
    size = trained_size(card)
    return ModelDocument(
        name=card.name,
        summary=card.summary,
        classes=len(card.class_list.classes),
        class_list=card.class_list.name,
        trained_size=max(size) if size else None,
        largest_size=LARGEST_SIZE,
        limits=list(card.limits),
        licence=card.licence,
        weights_sha256=card.weights_sha256,
    )
