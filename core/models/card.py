"""A model's card, `model.json`: what it is, how it was trained, how good it is, and its files' hashes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.classes import ClassList, SegmentationClass
from core.models.networks import Network
from core.strict_json import fault

FORMAT_VERSION = 1

Level = Annotated[int, Field(ge=0, le=255)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Spread = Annotated[Finite, Field(gt=0)]
Side = Annotated[int, Field(ge=1, le=100_000)]

Origin = Literal["real", "merged", "drawn"]
"""How a model came to know a class: from labels of real photos that name it, from labels of real photos that
call it by a coarser class's name (with or without drawn ones beside them), or from drawn pictures alone."""


class _CardPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ClassEntry(_CardPart):
    """One class in a card."""

    name: str
    colour: tuple[Level, Level, Level]
    meaning: str = ""
    group: str = ""


class ClassEntries(_CardPart):
    """A class list in a card."""

    name: str
    void: int | None = None
    classes: Annotated[tuple[ClassEntry, ...], Field(min_length=1, max_length=255)]

    def restored(self) -> ClassList:
        """The class list itself."""
        classes = tuple(SegmentationClass(e.name, e.colour, e.meaning, e.group) for e in self.classes)
        return ClassList(self.name, classes, self.void)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        names = [entry.name for entry in self.classes]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise fault("classes", "two classes have the name {name}", name=twice)
        if self.void is not None and not 0 <= self.void < len(names):
            raise fault(
                "void",
                "void is {void}, but the classes are numbered from 0 to {last}",
                void=self.void,
                last=len(names) - 1,
            )
        return self


class Normalisation(_CardPart):
    """The network's input is (pixel / 255 - mean) / std, per channel."""

    mean: tuple[Finite, Finite, Finite]
    std: tuple[Spread, Spread, Spread]


class ModelCard(_CardPart):
    """The contents of `model.json`. training and metrics are for people: no code depends on them.

    trained_size: (height, width) of the whole pictures at which its last stage was validated; it knows
    things as large as they are there. Cards of earlier versions have none.
    learnt_from: by a class's name how the model came to know it; empty where every class is from real labels,
    or nobody said. unmeasured: the classes that no truth of the card's figures has a pixel of.
    """

    format_version: int = FORMAT_VERSION
    name: str
    network: str
    summary: str = ""
    class_list: ClassEntries
    normalisation: Normalisation
    trained_size: tuple[Side, Side] | None = None
    learnt_from: dict[str, Origin] = {}
    unmeasured: tuple[str, ...] = ()
    training: dict[str, Any] = {}
    metrics: dict[str, Any] = {}
    limits: tuple[str, ...] = ()
    licence: str = ""
    library_versions: dict[str, str] = {}
    weights_sha256: str = ""
    graph_sha256: str = ""

    @model_validator(mode="after")
    def _speaks_of_its_classes(self) -> Self:
        names = {entry.name for entry in self.class_list.classes}
        for name in (*self.learnt_from, *self.unmeasured):
            if name not in names:
                raise fault("classes", "{name} is none of the model's classes", name=name)
        return self


def class_entries(classes: ClassList) -> ClassEntries:
    """A class list in a card's form."""
    entries = (
        ClassEntry(name=c.name, colour=c.colour, meaning=c.meaning, group=c.group) for c in classes.classes
    )
    return ClassEntries(name=classes.name, void=classes.void, classes=tuple(entries))


def ancestors(training: Mapping[str, Any]) -> list[str]:
    """What a card's `training` says of the models that its own went on from, the nearest first."""
    known, recipe = training.get("ancestors"), training.get("recipe")
    if isinstance(known, list):
        return [str(name) for name in known]
    start = recipe.get("start_model") if isinstance(recipe, dict) else None
    return [str(start)] if start else []


def normalisation(network: Network) -> Normalisation:
    """A network's input normalisation in a card's form."""
    return Normalisation(mean=network.mean, std=network.std)
