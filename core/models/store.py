"""The model store: `models/NAME/` holds `model.json`, `weights.safetensors` and `model.onnx`.

Nothing is unpickled, and nothing here needs PyTorch: `core.models.weights` reads the weights. A model folder
may come from anywhere, so its files are checked before they are used. A model is written by `core.folders`:
whoever reads it meanwhile gets the old one or the new one, whole.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from core.errors import (
    BrokenGraphError,
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
from core.languages import sentence, sentence_of
from core.models.card import FORMAT_VERSION, ModelCard
from core.models.graph import MAX_GRAPH_BYTES, check_graph
from core.models.networks import find_network
from core.models.paths import DEFAULT_MODEL, model_stores, models_folder
from core.strict_json import first_fault, parse_json, placed

WEIGHTS = "weights.safetensors"
GRAPH = "model.onnx"
CARD = "model.json"
MAX_CARD_BYTES = 4 * 1024 * 1024

T = TypeVar("T")

# One folder name, no separators, no leading dot: a name from outside cannot leave the store.
_NAME = re.compile(r"(?!runs$)[A-Za-z0-9][A-Za-z0-9_-]{0,63}")  # `runs` holds training runs


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
        raise BrokenModelError(
            sentence("The model {name} has no {card}; copy the whole folder again.", name=name, card=CARD)
        ) from None
    except FileKindError as error:
        raise BrokenModelError(sentence_of(error)) from error
    except OSError as error:
        raise _unreadable(path, error) from error
    if card.name != name:
        raise BrokenModelError(
            sentence(
                "{path} is the card of {name!r}, but its folder is called {folder!r}; rename one of them.",
                path=path,
                name=card.name,
                folder=name,
            )
        )
    return card


def _unreadable(path: Path, error: OSError) -> BrokenModelError:
    return BrokenModelError(
        sentence("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error)
    )


def _parse_card(path: Path) -> ModelCard:
    """Read and check a card. OSError, FileKindError, BrokenModelError."""
    with open_plain(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_CARD_BYTES:
            raise BrokenModelError(
                sentence(
                    "{path} has {size} bytes, but a card has at most {max_card_bytes}.",
                    path=path,
                    size=size,
                    max_card_bytes=MAX_CARD_BYTES,
                )
            )
        data = read_bounded(file, path, MAX_CARD_BYTES)
    return _card_of(data, path)


@lru_cache(maxsize=8)
def _card_of(data: bytes, path: Path) -> ModelCard:
    """The card with this text, read from there. BrokenModelError."""
    try:
        content = parse_json(data)
    except ValueError as error:
        raise BrokenModelError(
            sentence(
                "{path} is not JSON: {reason}; copy the whole model folder again.", path=path, reason=error
            )
        ) from error
    version = content.get("format_version") if isinstance(content, dict) else None
    if version != FORMAT_VERSION:
        raise BrokenModelError(
            sentence(
                "{path} has format version {version}, but this StreetScope reads version {format_version}.",
                path=path,
                version=str(version)[:50],
                format_version=FORMAT_VERSION,
            )
        )
    try:
        return ModelCard.model_validate(content)
    except ValidationError as error:
        location, said = first_fault(error)
        where = ".".join(str(part)[:100] for part in location)
        raise BrokenModelError(
            sentence(
                "{path}: {reason}.",
                path=path,
                reason=placed(where, said),
            )
        ) from error


def read_graph(folder: Path, card: ModelCard) -> bytes | None:
    """The checked graph of the model in a folder, whose card was read from there; None if it has none.

    BrokenModelError.
    """
    if not card.graph_sha256:
        return None
    path, network = folder / GRAPH, find_network(card.network)
    content = read_hashed(path, MAX_GRAPH_BYTES, card.graph_sha256)
    try:
        check_graph(content, len(card.class_list.classes), network.stride, network.multiple)
    except BrokenGraphError as error:
        raise BrokenModelError(
            sentence("{path} cannot be used: {reason}; copy the model again.", path=path, reason=error)
        ) from error
    return content


def read_whole(name: str, read: Callable[[Path, ModelCard], T]) -> T:
    """What `read` makes of a model's folder and its card, both of the same model.

    ModelNotFoundError, BrokenModelError, and what `read` raises.
    """
    while True:
        folder = _existing_folder(name)
        before = _identity(folder)
        try:
            return read(folder, _card_in(folder, name))
        except BrokenModelError:
            if _identity(folder) == before:
                raise
            # Another model took its place after its card was read: take that one.


def read_hashed(path: Path, limit: int, sha256: str) -> bytes:
    """The bytes of a model's file: read once, no more than limit, and with the hash that its card names.

    BrokenModelError.
    """
    try:
        content = read_plain(path, limit)
    except FileNotFoundError:
        raise BrokenModelError(
            sentence("{path} is missing; copy the whole model folder again.", path=path)
        ) from None
    except FileSizeError as error:
        raise BrokenModelError(
            sentence("{path} has more bytes than its network; copy the model again.", path=path)
        ) from error
    except FileKindError as error:
        raise BrokenModelError(sentence_of(error)) from error
    except OSError as error:
        raise _unreadable(path, error) from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise BrokenModelError(
            sentence(
                "{path} has the SHA-256 {found}..., but its card says {sha256}...; the file was changed "
                "or damaged: copy the model again.",
                path=path,
                found=found[:12],
                sha256=sha256[:12],
            )
        )
    return content


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
                raise DiskFullError(no_room_sentence(sentence("the model {name}", name=name), needed=needed))
            yield new
    except FolderTakenError as error:
        raise ModelError(
            sentence("There is a model called {name} already: choose another name, or replace it.", name=name)
        ) from error
    except FolderBusyError as error:
        raise ModelError(
            sentence(
                "The model {name} is being written already: wait until that has ended, or choose another "
                "name.",
                name=name,
            )
        ) from error
    except OSError as error:
        if not is_disk_full(error):
            raise
        file = place_of(error.filename).name if error.filename else "a file"
        raise DiskFullError(
            no_room_sentence(sentence("{file} of the model {name}", file=file, name=name), needed=needed)
        ) from error


def _no_room(what: str, needed: int) -> str:
    return no_room_sentence(what, "try again", needed)


def write_card(folder: Path, card: ModelCard) -> ModelCard:
    """Write a model's card, and return it."""
    write_text(folder / CARD, card.model_dump_json(indent=1) + "\n")
    return card


def model_folder(name: str) -> Path:
    """The folder of a model of that name, whether it exists or not. ModelNotFoundError for a bad name."""
    if not _NAME.fullmatch(name):
        raise ModelNotFoundError(
            sentence(
                "A model cannot be called {name!r}; use 1 to 64 letters, digits, hyphens and underscores.",
                name=name,
            )
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
    known = ", ".join(list_models()) or sentence("none yet")
    raise ModelNotFoundError(
        sentence("There is no model called {name!r}; the models here are: {known}.", name=name, known=known)
    )
