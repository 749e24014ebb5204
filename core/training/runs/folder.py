"""A run's folder `models/runs/ID/`: which files it has, and how they are written.

Everything is appended line by line, or written by `core.files`, so that a reader never sees half a file.
Nothing in it is ever unpickled. Nothing here imports torch: waiting and looking cost nothing.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticSerializationError

from core import files
from core.errors import DiskFullError, FileKindError, FileSizeError, RunError, RunNotFoundError
from core.file_names import identifier
from core.files import size_of, write_bytes, write_text
from core.languages import sentence
from core.models.paths import models_folder
from core.strict_json import first_fault, parse_json, placed
from core.training.recipes.recipe import Recipe

RECIPE = "recipe.json"
SETTINGS = "settings.json"
STATUS = "status.json"
LABEL = "label.json"
ENVIRONMENT = "environment.json"
HISTORY = "history.csv"
BATCHES = "batches.csv"
LOG = "log.txt"
STOP = "stop"
LOCK = "lock"
PREVIEWS = "previews"
CLASSES = "classes.json"
INDEX = "index.csv"
CHECKPOINTS = "checkpoints"
BEST = "best.safetensors"
RESUME = "resume.safetensors"
LEARNED = "learned.json"
"""What a run learnt from corrections: its figures before and after."""

MAX_JSON_BYTES = 1024 * 1024
MAX_TABLE_BYTES = 64 * 1024 * 1024
"""Of a CSV file: a million batches."""
MAX_PICTURE_BYTES = 4 * 1024 * 1024
"""Of a preview, whose longer side has 480 pixels."""

_PNG = b"\x89PNG\r\n\x1a\n"

_LAST_SECOND = 2.5e11
"""The year 9892: later times have no date."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

Task = Literal["train", "lr_find"]
Stamp = tuple[int, int, int]
"""A file's number, size and time."""

Content = TypeVar("Content", bound=BaseModel)


class RunSettings(BaseModel):
    """What a run was started with, beside its recipe.

    data: the data set's folder. stages: those to be done, in order. publish: the model that it becomes
    when it is finished. created: in seconds since 1970. iterations: how many batches the finder tries.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: Task = "train"
    data: str
    stages: Annotated[tuple[str, ...], Field(min_length=1)]
    publish: str | None = None
    created: Annotated[float, Field(ge=0, le=_LAST_SECOND)]
    iterations: Annotated[int, Field(ge=20, le=1000)] = 100


class Label(BaseModel):
    """What people call a run and note about it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, Field(max_length=100)] = ""
    note: Annotated[str, Field(max_length=10_000)] = ""


def make_label(title: str = "", note: str = "") -> Label:
    """What people call a run and note about it; RunError if that is too long or not text."""
    try:
        label = Label(title=" ".join(title.split()), note=note)
        label.model_dump_json()
    except (ValidationError, PydanticSerializationError) as error:
        raise RunError(
            sentence("A title can have up to 100 characters of text and a note up to 10,000; shorten them.")
        ) from error
    return label


def runs_folder() -> Path:
    """`runs/` of the model store."""
    return models_folder() / "runs"


def run_folder(run: str) -> Path:
    """The folder of a run of that ID, whether it exists or not; RunNotFoundError for an impossible ID."""
    if not _ID.fullmatch(run):
        raise RunNotFoundError(
            sentence(
                "A run cannot be called {run!r}; use 1 to 64 letters, digits, hyphens and underscores.",
                run=run,
            )
        )
    return runs_folder() / run


def existing_run(run: str) -> Path:
    """The folder of an existing run; RunNotFoundError if there is none."""
    folder = run_folder(run)
    if folder.is_symlink() or not (folder / SETTINGS).is_file():
        raise RunNotFoundError(
            sentence("There is no run {run!r}; `python -m core runs` lists all runs.", run=run)
        )
    return folder


def refuse_links(folder: Path) -> None:
    """RunError if a run's pictures or weights would be written into a folder somewhere else."""
    for name in (PREVIEWS, CHECKPOINTS):
        if (folder / name).is_symlink():
            raise RunError(
                sentence("{folder} is a link: remove it, or delete the run.", folder=folder / name)
            )


def run_ids() -> list[str]:
    """The IDs of all runs, by name."""
    folder = runs_folder()
    if not folder.is_dir():
        return []
    names = (entry.name for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False))
    return sorted(name for name in names if _ID.fullmatch(name) and (folder / name / SETTINGS).is_file())


def create_run(
    recipe: Recipe,
    data: Path,
    *,
    stages: Sequence[str] = (),
    task: Task = "train",
    run: str = "",
    publish: str | None = None,
    label: Label | None = None,
    iterations: int = 100,
) -> str:
    """Make the folder of a new run and return its ID.

    stages: those of the recipe to train, all if none is given. run: its ID; by default it is made from the
    time and the recipe's name. RunError if there is a run of that ID already.
    """
    names = tuple(recipe.stage(name).name for name in dict.fromkeys(stages or recipe.names))
    settings = RunSettings(
        task=task,
        data=str(data.absolute()),
        stages=names,
        publish=publish,
        created=time.time(),
        iterations=iterations,
    )
    if not _is_text(settings.data):
        raise RunError(
            sentence(
                "The folder {data!r} has a name that is not valid UTF-8; rename it first.", data=settings.data
            )
        )
    runs_folder().mkdir(parents=True, exist_ok=True)
    folder = _make_folder(run, recipe.name)
    write_text(folder / RECIPE, recipe.model_dump_json(indent=1) + "\n")
    if label is not None:
        write_text(folder / LABEL, label.model_dump_json(indent=1) + "\n")
    # Last: a folder counts as a run once it has settings.
    write_text(folder / SETTINGS, settings.model_dump_json(indent=1) + "\n")
    return folder.name


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _make_folder(run: str, recipe: str) -> Path:
    if run:
        folder = run_folder(run)
        if (folder / SETTINGS).exists():
            raise RunError(
                sentence("There is a run {run!r} already; resume it, or choose another name.", run=run)
            )
        folder.mkdir(exist_ok=True)
        return folder
    base = f"{datetime.now():%Y%m%d-%H%M%S}-{identifier(recipe, 'run', 30)}"
    for number in range(1, 1000):
        folder = run_folder(base if number == 1 else f"{base}-{number}")
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            return folder
    raise RunError(sentence("Too many runs were started within a second; wait a moment."))


def read_settings(folder: Path) -> RunSettings:
    """What a run was started with; RunError when the file is damaged."""
    return read_json(folder / SETTINGS, RunSettings)


def read_run_recipe(folder: Path) -> Recipe:
    """The recipe as run; RunError when the file is damaged. An unchanged file is not read again."""
    path = folder / RECIPE
    return _recipe(path, stamp(path))


@lru_cache(maxsize=256)
def _recipe(path: Path, _: Stamp) -> Recipe:
    return read_json(path, Recipe)


def stamp(path: Path) -> Stamp:
    """What changes when a file is replaced or written to; of zeros if there is none."""
    try:
        found = path.lstat()
    except OSError:
        return 0, 0, 0
    return found.st_ino, found.st_size, found.st_mtime_ns


def add_stages(folder: Path, stages: Sequence[str]) -> None:
    """Add stages of its recipe to a run, after those it was made for. RecipeError."""
    recipe, settings = read_run_recipe(folder), read_settings(folder)
    new = [name for name in dict.fromkeys(stages) if recipe.stage(name).name not in settings.stages]
    if new:
        longer = settings.model_copy(update={"stages": (*settings.stages, *new)})
        write_text(folder / SETTINGS, longer.model_dump_json(indent=1) + "\n")


def read_json(path: Path, kind: type[Content]) -> Content:
    """Read and check a small file of a run; RunError names the file when it cannot be used."""
    try:
        return kind.model_validate(parse_json(read_plain(path, MAX_JSON_BYTES)))
    except OSError as error:
        raise RunError(
            sentence("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error)
        ) from error
    except ValidationError as error:
        location, said = first_fault(error)
        where = ".".join(str(part) for part in location)
        raise RunError(
            sentence(
                "{path}: {reason}.",
                path=path,
                reason=placed(where, said),
            )
        ) from error
    except ValueError as error:
        raise RunError(sentence("{path} is not JSON: {reason}.", path=path, reason=error)) from error


def read_plain(path: Path, most: int) -> bytes:
    """All bytes of a file of a run, at most `most`. RunError if there are more, or as for `open_plain`."""
    with open_plain(path) as file:
        try:
            return files.read_bounded(file, path, most)
        except FileSizeError as error:
            raise RunError(
                sentence(
                    "{path} has more than {most} bytes, too many for a run's file.", path=path, most=most
                )
            ) from error


def read_picture(path: Path) -> bytes:
    """The bytes of a preview picture; RunError, or OSError, if it is none of a run's own making."""
    content = read_plain(path, MAX_PICTURE_BYTES)
    if not content.startswith(_PNG):
        raise RunError(sentence("{path} is not a PNG picture: remove it, or delete the run.", path=path))
    return content


def open_plain(path: Path) -> BinaryIO:
    """Open a file of a run to read it. RunError unless it is a regular file: runs make no links or pipes.

    FileNotFoundError.
    """
    with _run_files(path):
        return files.open_plain(path, inside=_chosen_folder(path))


def open_to_append(path: Path) -> BinaryIO:
    """Open a file of a run to append to it; it is made if there is none. Errors as for `open_plain`."""
    with _run_files(path):
        return files.open_to_append(path, inside=_chosen_folder(path))


def _chosen_folder(path: Path) -> Path:
    """The folder that may be a link, because the user chose it: below it, nothing may."""
    chosen = runs_folder()
    return chosen if path.is_relative_to(chosen) else path.parent


@contextmanager
def _run_files(path: Path) -> Iterator[None]:
    try:
        yield
    except FileKindError as error:
        raise RunError(
            sentence("{path} is not a regular file: remove it, or delete the run.", path=path)
        ) from error


def disk_full(error: BaseException) -> DiskFullError | None:
    """The sentence for a full disk; None for any other error."""
    if not files.is_disk_full(error):
        return None
    return DiskFullError(
        files.disk_full_sentence(error, sentence("resume the run; what was written before is complete"))
    )


def append_row(path: Path, columns: Sequence[str], values: Iterable[object]) -> None:
    """Append one line to a CSV file, which begins with the names of its columns.

    The values are numbers and names without commas. A line is written at once, so that readers see all of
    it, or at worst no line end yet.
    """
    line = ",".join(str(value) for value in values) + "\n"
    try:
        with open_to_append(path) as file:
            file.write((line if file.tell() else ",".join(columns) + "\n" + line).encode())
    except OSError as error:
        error.filename = error.filename or str(path)  # a write does not know its file's name
        raise


def cut(path: Path, size: int) -> None:
    """Keep the first `size` bytes of a file: what a run wrote after its last checkpoint is done again.

    The shorter file is a new one, so that somebody who reads on from an offset notices it by its inode.
    """
    if size_of(path) <= size:
        return
    with open_plain(path) as file:
        kept = file.read(max(0, size))
    write_bytes(path, kept)
