"""The model store: `models/NAME/` holds `weights.safetensors` and `model.json`, and nothing is unpickled.

A model folder may come from anywhere. It is checked before a byte of it reaches a network: the
format version, the hash of the weights, every tensor's name and shape.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from core.classes import ClassList, SegmentationClass
from core.errors import BrokenModelError, ModelNotFoundError
from core.files import replacing, write_text
from core.models.networks import Network, find_network
from core.models.paths import DEFAULT_MODEL, model_stores, models_folder
from core.models.tensors import save_tensors

FORMAT_VERSION = 1
WEIGHTS = "weights.safetensors"
CARD = "model.json"
_NEXT_CARD = f"{CARD}.part"
MAX_CARD_BYTES = 4 * 1024 * 1024

# One folder name, no separators, no leading dot: a name from outside cannot leave the store.
_NAME = re.compile(r"(?!runs$)[A-Za-z0-9][A-Za-z0-9_-]{0,63}")  # `runs` holds training runs

Level = Annotated[int, Field(ge=0, le=255)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Spread = Annotated[Finite, Field(gt=0)]


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
            raise PydanticCustomError("classes", "two classes have the name {name}", {"name": twice})
        if self.void is not None and not 0 <= self.void < len(names):
            raise PydanticCustomError(
                "void",
                "void is {void}, but the classes are numbered from 0 to {last}",
                {"void": self.void, "last": len(names) - 1},
            )
        return self


class Normalisation(_CardPart):
    """The network's input is (pixel / 255 - mean) / std, per channel."""

    mean: tuple[Finite, Finite, Finite]
    std: tuple[Spread, Spread, Spread]


class ModelCard(_CardPart):
    """The contents of `model.json`. training and metrics are for people: no code depends on them."""

    format_version: int = FORMAT_VERSION
    name: str
    network: str
    summary: str = ""
    class_list: ClassEntries
    normalisation: Normalisation
    training: dict[str, Any] = {}
    metrics: dict[str, Any] = {}
    limits: tuple[str, ...] = ()
    licence: str = ""
    library_versions: dict[str, str] = {}
    weights_sha256: str = ""


@dataclass(frozen=True, eq=False)
class Model:
    """A loaded model: its card, and its network with the weights loaded, in single precision."""

    card: ModelCard
    class_list: ClassList
    network: nn.Module
    stride: int
    multiple: int

    @property
    def name(self) -> str:
        """Its name in the store."""
        return self.card.name


def list_models() -> list[str]:
    """The names of the models in the store, the shipped one first."""
    names = {p.parent.name for store in model_stores() for p in store.glob(f"*/{CARD}")}
    return sorted(filter(_NAME.fullmatch, names), key=lambda name: (name != DEFAULT_MODEL, name))


def read_card(name: str) -> ModelCard:
    """The card of a model, without its weights. ModelNotFoundError, BrokenModelError."""
    path = _existing_folder(name) / CARD
    try:
        card = _parse_card(path)
    except FileNotFoundError:
        raise BrokenModelError(f"The model {name} has no {CARD}; copy the whole folder again.") from None
    if card.name != name:
        raise BrokenModelError(
            f"{path} is the card of {card.name!r}, but its folder is called {name!r}; rename one of them."
        )
    return card


def _parse_card(path: Path) -> ModelCard:
    """Read and check a card. FileNotFoundError, BrokenModelError."""
    if path.stat().st_size > MAX_CARD_BYTES:
        raise BrokenModelError(
            f"{path} has {path.stat().st_size} bytes, but a card has at most {MAX_CARD_BYTES}."
        )
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BrokenModelError(f"{path} is not JSON; copy the whole model folder again.") from error
    version = content.get("format_version") if isinstance(content, dict) else None
    if version != FORMAT_VERSION:
        raise BrokenModelError(
            f"{path} has format version {version}, but this StreetScope reads version {FORMAT_VERSION}."
        )
    try:
        return ModelCard.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BrokenModelError(f"{path}: {where + ': ' if where else ''}{first['msg']}.") from error


def load_model(name: str) -> Model:
    """Load a model after checking its hash and every tensor. ModelNotFoundError, BrokenModelError."""
    card = read_card(name)
    path = _existing_folder(name) / WEIGHTS
    found = _sha256(path)
    if found != card.weights_sha256:
        card = _finish_interrupted_save(path.parent, found) or card
    if found != card.weights_sha256:
        raise BrokenModelError(
            f"{path} has the SHA-256 {found[:12]}..., but its card says {card.weights_sha256[:12]}...; "
            "the file was changed or damaged: copy the model again."
        )
    try:
        tensors = load_file(path)
    except SafetensorError as error:
        raise BrokenModelError(f"{path} is not a safetensors file: {error}.") from error
    classes = card.class_list.restored()
    network = find_network(card.network)
    module = network.build(len(classes), False)
    _load_tensors(module, tensors, path)
    return Model(card, classes, module, network.stride, network.multiple)


def save_model(card: ModelCard, module: nn.Module) -> ModelCard:
    """Write a model into the store in half precision and return its card with the weights' hash filled in.

    Both files are written beside the old ones and then renamed, so that a full disk or a kill while
    writing leaves the old model as it was. OSError names the file that had no room.
    """
    folder = model_folder(card.name)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {k: _half(v) for k, v in module.state_dict().items()}
    with replacing(folder / WEIGHTS, durable=True) as weights:
        save_tensors(tensors, weights)
        card = card.model_copy(update={"weights_sha256": _sha256(weights), "format_version": FORMAT_VERSION})
        written = card.model_dump_json(indent=1) + "\n"
        write_text(folder / _NEXT_CARD, written, durable=True)
    (folder / _NEXT_CARD).replace(folder / CARD)
    return card


def class_entries(classes: ClassList) -> ClassEntries:
    """A class list in a card's form."""
    entries = (
        ClassEntry(name=c.name, colour=c.colour, meaning=c.meaning, group=c.group) for c in classes.classes
    )
    return ClassEntries(name=classes.name, void=classes.void, classes=tuple(entries))


def normalisation(network: Network) -> Normalisation:
    """A network's input normalisation in a card's form."""
    return Normalisation(mean=network.mean, std=network.std)


def _finish_interrupted_save(folder: Path, weights_sha256: str) -> ModelCard | None:
    """The card of a save that ended after the weights took their place and before their card did."""
    following = folder / _NEXT_CARD
    if not following.exists():
        return None
    card = _parse_card(following)
    if card.weights_sha256 != weights_sha256:
        return None
    following.replace(folder / CARD)
    return card


def model_folder(name: str) -> Path:
    """The folder of a model of that name, whether it exists or not. ModelNotFoundError for a bad name."""
    if not _NAME.fullmatch(name):
        raise ModelNotFoundError(
            f"A model cannot be called {name!r}; use 1 to 64 letters, digits, hyphens and underscores."
        )
    return models_folder() / name


def _existing_folder(name: str) -> Path:
    if _NAME.fullmatch(name):
        for store in model_stores():
            if (store / name).is_dir():
                return store / name
    known = ", ".join(list_models()) or "none yet"
    raise ModelNotFoundError(f"There is no model called {name!r}; the models here are: {known}.")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise BrokenModelError(f"{path} is missing; copy the whole model folder again.") from None


def _half(tensor: Tensor) -> Tensor:
    """Half precision for the convolutions; the norms' vectors stay as they are, since they are small."""
    tensor = tensor.detach().contiguous()
    return tensor.half() if tensor.is_floating_point() and tensor.ndim > 1 else tensor


def _load_tensors(module: nn.Module, tensors: dict[str, Tensor], path: Path) -> None:
    """Put the tensors into the module, checking names and shapes one by one."""
    wanted = module.state_dict()
    for name in wanted.keys() ^ tensors.keys():
        where = "lacks" if name in wanted else "has an unknown"
        raise BrokenModelError(f"{path} {where} tensor {name}: it belongs to another network.")
    for name, tensor in tensors.items():
        if tensor.shape != wanted[name].shape:
            raise BrokenModelError(
                f"{path}: the tensor {name} has shape {tuple(tensor.shape)}, "
                f"but the network needs {tuple(wanted[name].shape)}."
            )
        if not torch.isfinite(tensor.float()).all():
            raise BrokenModelError(f"{path}: the tensor {name} holds values that are not finite numbers.")
    module.load_state_dict(tensors)
