"""The model store: `models/NAME/` holds `weights.safetensors` and `model.json`, and nothing is unpickled.

A model folder may come from anywhere. It is checked before a byte of it reaches a network: the
format version, the hash of the weights, every tensor's name, shape, type and values. A model is written by
`core.folders`: whoever reads it meanwhile gets the old one or the new one, whole.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from torch import Tensor, nn

from core.classes import ClassList, SegmentationClass
from core.errors import (
    BrokenModelError,
    DiskFullError,
    FileKindError,
    FileSizeError,
    FolderBusyError,
    FolderTakenError,
    ModelError,
    ModelNotFoundError,
)
from core.files import (
    is_disk_full,
    no_room_sentence,
    open_plain,
    place_of,
    read_bounded,
    read_plain,
    write_text,
)
from core.folders import interrupted, is_free, remove_leftovers, replacing_folder, standing
from core.models.networks import Network, find_network
from core.models.paths import DEFAULT_MODEL, model_stores, models_folder
from core.models.tensors import MAX_HEADER_BYTES, check_fit, save_tensors, tensors_in
from core.strict_json import parse_json

FORMAT_VERSION = 1
WEIGHTS = "weights.safetensors"
CARD = "model.json"
MAX_CARD_BYTES = 4 * 1024 * 1024
_CARD_BYTES = 64 * 1024
"""Of an ordinary card, and more."""

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
    names = {name for store in model_stores() for name in _names_in(store)}
    return sorted(filter(_NAME.fullmatch, names), key=lambda name: (name != DEFAULT_MODEL, name))


def _names_in(store: Path) -> Iterator[str]:
    for name in [*(path.parent.name for path in store.glob(f"*/{CARD}")), *interrupted(store)]:
        if (standing(store / name) / CARD).is_file():
            yield name


def read_card(name: str) -> ModelCard:
    """The card of a model, without its weights. ModelNotFoundError, BrokenModelError."""
    return _card_in(_existing_folder(name), name)


def _card_in(folder: Path, name: str) -> ModelCard:
    path = folder / CARD
    try:
        card = _parse_card(path)
    except FileNotFoundError:
        raise BrokenModelError(f"The model {name} has no {CARD}; copy the whole folder again.") from None
    except FileKindError as error:
        raise BrokenModelError(str(error)) from error
    except OSError as error:
        raise _unreadable(path, error) from error
    if card.name != name:
        raise BrokenModelError(
            f"{path} is the card of {card.name!r}, but its folder is called {name!r}; rename one of them."
        )
    return card


def _unreadable(path: Path, error: OSError) -> BrokenModelError:
    return BrokenModelError(f"{path} cannot be read: {error.strerror or error}.")


def _parse_card(path: Path) -> ModelCard:
    """Read and check a card. OSError, FileKindError, BrokenModelError."""
    with open_plain(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_CARD_BYTES:
            raise BrokenModelError(f"{path} has {size} bytes, but a card has at most {MAX_CARD_BYTES}.")
        data = read_bounded(file, path, MAX_CARD_BYTES)
    try:
        content = parse_json(data)
    except ValueError as error:
        raise BrokenModelError(f"{path} is not JSON: {error}; copy the whole model folder again.") from error
    version = content.get("format_version") if isinstance(content, dict) else None
    if version != FORMAT_VERSION:
        raise BrokenModelError(
            f"{path} has format version {str(version)[:50]}, "
            f"but this StreetScope reads version {FORMAT_VERSION}."
        )
    try:
        return ModelCard.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part)[:100] for part in first["loc"])
        raise BrokenModelError(f"{path}: {where + ': ' if where else ''}{first['msg']}.") from error


def load_model(name: str) -> Model:
    """Load a model after checking its hash and every tensor. ModelNotFoundError, BrokenModelError."""
    while True:
        folder = _existing_folder(name)
        before = _identity(folder)
        try:
            return read_model(folder, _card_in(folder, name))
        except BrokenModelError:
            if _identity(folder) == before:
                raise
            # Another model took its place after its card was read: take that one.


def _identity(folder: Path) -> tuple[int, int, int] | None:
    """What tells a folder from another one that took its place; None if there is none.

    Not its card: a model may be replaced twice while it is read, and the second time by an equal one. Nor
    its number alone, which the system gives to the next folder that is made.
    """
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_ino, found.st_ctime_ns, found.st_mtime_ns


def read_model(folder: Path, card: ModelCard) -> Model:
    """Load the model in a folder, whose card was read from there. BrokenModelError."""
    path = folder / WEIGHTS
    network, classes = find_network(card.network), card.class_list.restored()
    module = network.build(len(classes), False)
    content = _read_weights(path, module)
    found = hashlib.sha256(content).hexdigest()
    if found != card.weights_sha256:
        raise BrokenModelError(
            f"{path} has the SHA-256 {found[:12]}..., but its card says {card.weights_sha256[:12]}...; "
            "the file was changed or damaged: copy the model again."
        )
    tensors = tensors_in(content, path)
    check_fit(tensors, module.state_dict(), path)
    module.load_state_dict(tensors)
    _check_answers(module, card, network.multiple, path)
    return Model(card, classes, module, network.stride, network.multiple)


def _read_weights(path: Path, module: nn.Module) -> bytes:
    """The bytes that are hashed and loaded: read once, and no more than the network has room for."""
    try:
        return read_plain(path, MAX_HEADER_BYTES + _bytes_in(module.state_dict().values()))
    except FileNotFoundError:
        raise BrokenModelError(f"{path} is missing; copy the whole model folder again.") from None
    except FileSizeError as error:
        raise BrokenModelError(f"{path} has more bytes than its network; copy the model again.") from error
    except FileKindError as error:
        raise BrokenModelError(str(error)) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _check_answers(module: nn.Module, card: ModelCard, multiple: int, path: Path) -> None:
    """Numbers can be sound one by one and still be too large together: no answer would be a number."""
    size = 2 * multiple
    pixels = torch.rand(1, 3, size, size, generator=torch.Generator().manual_seed(0))
    pixels = torch.cat([torch.zeros_like(pixels), torch.ones_like(pixels), pixels])
    mean, std = (
        torch.tensor(part).view(1, 3, 1, 1) for part in (card.normalisation.mean, card.normalisation.std)
    )
    training = module.training
    with torch.inference_mode():
        answers = module.eval()((pixels - mean) / std)
    module.train(training)
    if not torch.isfinite(answers).all():
        raise BrokenModelError(
            f"{path}: the network answers with values that are not finite; copy the model again."
        )


def _bytes_in(tensors: Iterable[Tensor]) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


@contextmanager
def new_model(name: str, needed: int, *, replace: bool) -> Iterator[Path]:
    """A folder to write a whole model into; when the block ends well, it is the model `name`.

    After an error, or a kill, the store is as it was. needed: about how many bytes will be written.
    replace: whether there may be a model of that name.
    ModelNotFoundError for a bad name; ModelError for one that is taken, or being written by somebody else;
    DiskFullError.
    """
    folder = model_folder(name)
    remove_leftovers(folder.parent)
    try:
        with replacing_folder(folder, replace=replace) as new:
            if shutil.disk_usage(new).free < needed:
                raise DiskFullError(_no_room(f"the model {name}", needed))
            yield new
    except FolderTakenError as error:
        raise ModelError(
            f"There is a model called {name} already: choose another name, or replace it."
        ) from error
    except FolderBusyError as error:
        raise ModelError(
            f"The model {name} is being written already: wait until that has ended, or choose another name."
        ) from error
    except OSError as error:
        if not is_disk_full(error):
            raise
        file = place_of(error.filename).name if error.filename else "a file"
        raise DiskFullError(_no_room(f"{file} of the model {name}", needed)) from error


def _no_room(what: str, needed: int) -> str:
    return no_room_sentence(what, "try again", needed)


def save_model(card: ModelCard, module: nn.Module) -> ModelCard:
    """Write a model into the store, also over one of its name; errors as for `new_model`."""
    with new_model(card.name, bytes_of(module), replace=True) as folder:
        return write_model(folder, card, module)


def write_model(folder: Path, card: ModelCard, module: nn.Module) -> ModelCard:
    """Write a model's two files, in half precision; returns its card with the weights' hash filled in."""
    weights = folder / WEIGHTS
    save_tensors({k: _half(v) for k, v in module.state_dict().items()}, weights)
    card = card.model_copy(update={"weights_sha256": _sha256(weights), "format_version": FORMAT_VERSION})
    return write_card(folder, card)


def write_card(folder: Path, card: ModelCard) -> ModelCard:
    """Write a model's card, and return it."""
    write_text(folder / CARD, card.model_dump_json(indent=1) + "\n")
    return card


def bytes_of(module: nn.Module) -> int:
    """About how many bytes `write_model` writes."""
    return _bytes_in(_half(tensor) for tensor in module.state_dict().values()) + _CARD_BYTES


def class_entries(classes: ClassList) -> ClassEntries:
    """A class list in a card's form."""
    entries = (
        ClassEntry(name=c.name, colour=c.colour, meaning=c.meaning, group=c.group) for c in classes.classes
    )
    return ClassEntries(name=classes.name, void=classes.void, classes=tuple(entries))


def normalisation(network: Network) -> Normalisation:
    """A network's input normalisation in a card's form."""
    return Normalisation(mean=network.mean, std=network.std)


def model_folder(name: str) -> Path:
    """The folder of a model of that name, whether it exists or not. ModelNotFoundError for a bad name."""
    if not _NAME.fullmatch(name):
        raise ModelNotFoundError(
            f"A model cannot be called {name!r}; use 1 to 64 letters, digits, hyphens and underscores."
        )
    return models_folder() / name


def is_model_or_free(folder: Path) -> bool:
    """Whether a model may be put in a folder's place without loss: it is a model, or has nothing in it."""
    standing_one = standing(folder)
    return (standing_one / CARD).is_file() or is_free(standing_one)


def _existing_folder(name: str) -> Path:
    if _NAME.fullmatch(name):
        for store in model_stores():
            if (folder := standing(store / name)).is_dir():
                return folder
    known = ", ".join(list_models()) or "none yet"
    raise ModelNotFoundError(f"There is no model called {name!r}; the models here are: {known}.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _half(tensor: Tensor) -> Tensor:
    """Half precision for the convolutions; the norms' vectors stay as they are, since they are small."""
    tensor = tensor.detach().contiguous()
    return tensor.half() if tensor.is_floating_point() and tensor.ndim > 1 else tensor
