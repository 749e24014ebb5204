"""Reading runs, for pages and the command line. Cheap, and without torch.

Everything is read from the disk as it is, also while a run writes it.
"""

from __future__ import annotations

import io
import itertools
import math
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import Field, JsonValue, RootModel

from core.classes import RGB
from core.errors import FileSizeError, RecipeError, RunError
from core.files import is_plain, read_bounded, write_text
from core.languages import sentence, sentence_of
from core.training.recipes.recipe import STAGE_NAME, Recipe
from core.training.runs.folder import (
    BATCHES,
    BEST,
    CHECKPOINTS,
    CLASSES,
    ENVIRONMENT,
    HISTORY,
    INDEX,
    LABEL,
    LOG,
    MAX_TABLE_BYTES,
    PREVIEWS,
    SETTINGS,
    Label,
    RunSettings,
    Stamp,
    existing_run,
    make_label,
    open_plain,
    read_json,
    read_run_recipe,
    read_settings,
    run_ids,
    runs_folder,
    stamp,
)
from core.training.runs.status import DIED, LIVE, ShownState, Status, read_status, shown_state

Row = TypeVar("Row")
LOG_BYTES = 8192
_KEPT_HISTORIES, _KEPT_VIEWS = 256, 8
_MOST = 10**9
"""More epochs, batches or previews than any run has: a line with more is corrupt."""
_LONGEST_LINE = 1000
_MOST_CORRUPT = 1000
"""A full disk corrupts a line or two; with more than these a file is no table of ours."""
_MOST_FRAMES = 16
"""More frames than previews are ever drawn of."""

_CANNOT_BE_READ = (OSError, FileSizeError, RunError)
"""Raised for a file that is not there, is none of a run's own making, or that the system does not give."""


@dataclass(frozen=True)
class RunSummary:
    """A run in a list. title: its title, else its ID. share: of all epochs that are done, in [0, 1].

    message: one sentence on its state; for a dead or failed run, what happened. seconds_left: None if
    unknown.
    """

    id: str
    title: str
    note: str
    task: str
    recipe: str
    data: str
    created: float
    state: ShownState
    message: str
    share: float
    seconds_left: float | None
    status: Status

    @property
    def live(self) -> bool:
        """Whether it trains or waits in the queue, so that a page must refresh."""
        return self.state in LIVE


class Epoch(NamedTuple):
    """One line of `history.csv`, as in fastai's table. epoch counts within the stage, from 1."""

    stage: str
    epoch: int
    train_loss: float
    valid_loss: float
    acc_camvid: float
    mean_iou: float
    seconds: float


class Batch(NamedTuple):
    """One line of `batches.csv`. epoch and batch count from 1; seconds: trained so far, without pauses."""

    stage: str
    epoch: int
    batch: int
    loss: float
    smooth_loss: float
    lr: float
    momentum: float
    seconds: float


class LogPosition(NamedTuple):
    """How far a growing file has been read: which file it was, and how many bytes."""

    inode: int = 0
    offset: int = 0


class BatchRows(NamedTuple):
    """The batches that were read. restarted: the file is a new one; drop the earlier batches."""

    rows: list[Batch]
    position: LogPosition
    restarted: bool


@dataclass(frozen=True)
class Preview:
    """The preview pictures of one moment: label maps as PNGs in the classes' colours, by frame."""

    number: int
    stage: str
    epoch: int
    batch: int
    seconds: float
    pictures: tuple[Path, ...]


class FinderPoint(NamedTuple):
    """One line of a finder's curve."""

    batch: int
    lr: float
    loss: float


@dataclass(frozen=True)
class Finder:
    """A learning-rate finder's curve and, once it has finished, its suggestions by name."""

    stage: str
    points: tuple[FinderPoint, ...]
    suggestions: dict[str, float]


@dataclass(frozen=True)
class RunView:
    """A run in full. photos, truths, classes: the previews' photos, their label maps, and each class's colour
    in them. log: its last lines.
    """

    summary: RunSummary
    settings: RunSettings
    recipe: Recipe
    history: tuple[Epoch, ...]
    previews: tuple[Preview, ...]
    photos: tuple[Path, ...]
    truths: tuple[Path, ...]
    classes: dict[str, RGB]
    finders: tuple[Finder, ...]
    checkpoints: tuple[str, ...]
    environment: dict[str, Any]
    log: str

    @property
    def best(self) -> Epoch | None:
        """The epoch with the highest acc_camvid of those `of_last_size`; None before the first has ended."""
        return best_epoch(self.history, self.recipe)


def best_epoch(history: Sequence[Epoch], recipe: Recipe) -> Epoch | None:
    """The epoch with the highest acc_camvid of those `of_last_size`; None if there is none.

    Of a run that keeps its last weights, as one does that learns from corrections, the last one.
    """
    if recipe.corrections or recipe.keep_last:
        return history[-1] if history else None
    return max(of_last_size(history, recipe), key=lambda epoch: epoch.acc_camvid, default=None)


def of_last_size(history: Sequence[Epoch], recipe: Recipe) -> list[Epoch]:
    """The epochs that were validated on pictures of the same size as the latest one.

    Figures of other sizes are others: a network that saw half the detail was asked another question.
    """
    if not history:
        return []
    sizes = {stage.name: stage.validation_size for stage in recipe.stages}
    last = history[-1].stage
    return [
        epoch for epoch in history if epoch.stage == last or sizes.get(epoch.stage, ()) == sizes.get(last)
    ]


def list_runs() -> list[RunSummary]:
    """All runs, the newest first. A run with damaged files is listed as failed, with a sentence."""
    summaries = [_summary(run) for run in run_ids()]
    return sorted(summaries, key=lambda summary: (-summary.created, summary.id))


def read_summary(run: str) -> RunSummary:
    """One run's summary. RunNotFoundError; RunError if its files are damaged."""
    return _read_summary(run)


def ahead_of(run: str, runs: Sequence[RunSummary]) -> list[RunSummary]:
    """The runs that a queued run waits for, of all `runs`: those that train, then those that came before it.

    A run that has no process yet comes after all that have one.
    """
    training = [other for other in runs if other.state in ("running", "stopping") and other.id != run]
    waiting = sorted((other for other in runs if other.state == "queued"), key=_came)
    before = [other.id for other in waiting]
    return training + (waiting[: before.index(run)] if run in before else [])


def _came(summary: RunSummary) -> tuple[bool, float, str]:
    return summary.status.pid is None, summary.status.queued, summary.id


def read_run(run: str) -> RunView:
    """Everything about a run but its batches. RunNotFoundError; RunError if its files are damaged.

    While nothing has changed, only its status is read again.
    """
    folder = existing_run(run)
    finders = sorted(folder.glob("lr_find-*"))
    files = (SETTINGS, HISTORY, LOG, ENVIRONMENT, f"{PREVIEWS}/{INDEX}", f"{PREVIEWS}/{CLASSES}", BEST)
    written = [*(folder / name for name in files), *finders, folder / PREVIEWS, folder / CHECKPOINTS]
    return _view(_read_summary(run), folder, tuple(map(stamp, written)))


@lru_cache(maxsize=_KEPT_VIEWS)
def _view(summary: RunSummary, folder: Path, _: tuple[Stamp, ...]) -> RunView:
    run, settings = summary.id, read_settings(folder)
    return RunView(
        summary=summary,
        settings=settings,
        recipe=read_run_recipe(folder),
        history=tuple(read_history(run)),
        previews=tuple(_previews(folder)),
        photos=_frames(folder, "photo"),
        truths=_frames(folder, "truth"),
        classes=_classes(folder),
        finders=tuple(_finders(folder)),
        checkpoints=tuple(checkpoints(run)),
        environment=read_environment(folder),
        log=log_tail(run),
    )


def read_history(run: str) -> list[Epoch]:
    """The epochs of a run so far. An unchanged file is not read again."""
    return epochs_of(existing_run(run))


def epochs_of(folder: Path) -> list[Epoch]:
    """The same by the run's folder."""
    path = folder / HISTORY
    return list(_epochs(path, stamp(path)))


@lru_cache(maxsize=_KEPT_HISTORIES)
def _epochs(path: Path, _: Stamp) -> tuple[Epoch, ...]:
    return tuple(_rows(path, _epoch))


def read_batches(run: str, position: LogPosition = LogPosition()) -> BatchRows:  # noqa: B008 (immutable)
    """The batches written since `position`, which comes from the call before."""
    path = existing_run(run) / BATCHES
    try:
        with open_plain(path) as file:
            status = os.fstat(file.fileno())
            restarted = position.inode != status.st_ino or status.st_size < position.offset
            begin = 0 if restarted else position.offset
            file.seek(begin)
            content = read_bounded(file, path, MAX_TABLE_BYTES)
    except _CANNOT_BE_READ:
        return BatchRows([], LogPosition(), position != LogPosition())
    whole = content[: content.rfind(b"\n") + 1]
    rows = list(_parsed_lines(whole, _batch, header=not begin))
    return BatchRows(
        rows, LogPosition(status.st_ino, begin + len(whole)), restarted and position != LogPosition()
    )


def log_tail(run: str, limit: int = LOG_BYTES) -> str:
    """The last complete lines of a run's log; for a log that cannot be shown, the sentence that says why."""
    path = existing_run(run) / LOG
    try:
        with open_plain(path) as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(0, size - limit))
            text = file.read(limit).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        return sentence("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error)
    except RunError as error:
        return sentence_of(error)
    return text.partition("\n")[2] if size > limit else text


def checkpoints(run: str) -> list[str]:
    """The names of the weights that a run keeps: `best`, its stages, and epochs as STAGE.001."""
    folder = existing_run(run)
    kept = _plain_files(folder / CHECKPOINTS, "*.safetensors")
    names = sorted(path.stem for path in kept if not path.name.startswith("."))
    return ["best", *names] if is_plain(folder / BEST) else names


def _plain_files(folder: Path, pattern: str) -> list[Path]:
    """The regular files in a folder of a run, by name; none where the folder itself is a link."""
    return [] if folder.is_symlink() else sorted(filter(is_plain, folder.glob(pattern)))


def checkpoint_file(run: str, checkpoint: str) -> Path:
    """The file of a checkpoint from `checkpoints`; RunError for any other name."""
    names = checkpoints(run)
    if checkpoint not in names:
        kept = ", ".join(names) or sentence("none yet")
        raise RunError(
            sentence(
                "The run {run} has no checkpoint {checkpoint!r}; it has: {kept}.",
                run=run,
                checkpoint=checkpoint,
                kept=kept,
            )
        )
    folder = existing_run(run)
    return folder / BEST if checkpoint == "best" else folder / CHECKPOINTS / f"{checkpoint}.safetensors"


def label_run(run: str, *, title: str | None = None, note: str | None = None) -> None:
    """Give a run another title or note; None leaves it unchanged. RunError if they are too long."""
    folder = existing_run(run)
    before = _label(folder)
    label = make_label(before.title if title is None else title, before.note if note is None else note)
    write_text(folder / LABEL, label.model_dump_json(indent=1) + "\n")


def delete_run(run: str) -> None:
    """Delete a run and all its files; RunError while it trains or waits."""
    folder = existing_run(run)
    summary = _summary(run)
    if summary.live:
        raise RunError(
            sentence("The run {run} is {state}; stop it before you delete it.", run=run, state=summary.state)
        )
    # Renamed first, so that nobody ever sees half of it; no run's name begins with a dot.
    gone = runs_folder() / f".deleted-{run}"
    shutil.rmtree(gone, ignore_errors=True)
    folder.rename(gone)
    shutil.rmtree(gone)


def _summary(run: str) -> RunSummary:
    try:
        return _read_summary(run)
    except RunError as error:
        return RunSummary(
            run, run, "", "train", "", "", 0.0, "failed", sentence_of(error), 0.0, None, Status()
        )


def _read_summary(run: str) -> RunSummary:
    folder = existing_run(run)
    settings, status = read_settings(folder), read_status(folder)
    label, recipe = _label(folder), read_run_recipe(folder)
    state = shown_state(folder, status)
    try:
        total = status.total or sum(recipe.stage(name).epochs for name in settings.stages)
    except RecipeError as error:
        raise RunError(
            sentence("The settings and the recipe of the run {run} do not belong together.", run=run)
        ) from error
    part = status.batch / status.batches if status.batches and state in LIVE else 0.0
    if settings.task == "lr_find":
        share = 1.0 if state == "finished" else part
    else:
        share = 1.0 if state == "finished" else min(1.0, (status.done + part) / total)
    return RunSummary(
        id=run,
        title=label.title or run,
        note=label.note,
        task=settings.task,
        recipe=recipe.name,
        data=settings.data,
        created=settings.created,
        state=state,
        message=sentence(DIED) if state == "dead" else status.sentence,
        share=share,
        seconds_left=status.seconds_left if state in LIVE else None,
        status=status,
    )


def _label(folder: Path) -> Label:
    """What people call a run; without its title, a run is still all there."""
    try:
        return read_json(folder / LABEL, Label)
    except RunError:
        return Label()


def _epoch(fields: list[str]) -> Epoch:
    stage, epoch, *figures = fields
    train_loss, valid_loss, *measured = map(float, figures)
    acc_camvid, mean_iou, seconds = map(_finite, measured)
    return Epoch(_stage(stage), _count(epoch), train_loss, valid_loss, acc_camvid, mean_iou, seconds)


def _batch(fields: list[str]) -> Batch:
    stage, epoch, batch, *figures = fields
    loss, smooth_loss, lr, momentum, seconds = map(float, figures)
    return Batch(
        _stage(stage), _count(epoch), _count(batch), loss, smooth_loss, lr, momentum, _finite(seconds)
    )


def _finder_point(fields: list[str]) -> FinderPoint:
    batch, lr, loss = fields
    return FinderPoint(_count(batch), float(lr), float(loss))


def _stage(text: str) -> str:
    """A stage's name; ValueError for an invalid one."""
    if not re.fullmatch(STAGE_NAME, text):
        raise ValueError(text)
    return text


def _count(text: str) -> int:
    """A number of epochs, batches or pictures; ValueError for an impossible one."""
    number = int(text)
    if not 0 <= number <= _MOST:
        raise ValueError(text)
    return number


def _finite(number: float | str) -> float:
    """A figure; ValueError for one that is not finite."""
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(number)
    return value


def _rows(path: Path, parse: Callable[[list[str]], Row]) -> Iterator[Row]:
    """The complete lines of a CSV file after its header, without those that a full disk has corrupted.

    None of a file that cannot be read: the rest of the run is still shown.
    """
    try:
        with open_plain(path) as file:
            content = read_bounded(file, path, MAX_TABLE_BYTES)
    except _CANNOT_BE_READ:
        return
    yield from _parsed_lines(content[: content.rfind(b"\n") + 1], parse, header=True)


def _parsed_lines(lines: bytes, parse: Callable[[list[str]], Row], *, header: bool) -> Iterator[Row]:
    corrupt = 0
    for line in itertools.islice(io.BytesIO(lines), int(header), None):
        row = None if len(line) > _LONGEST_LINE else _parsed(line.decode("utf-8", "replace").rstrip(), parse)
        if row is not None:
            yield row
        elif (corrupt := corrupt + 1) > _MOST_CORRUPT:
            return


def _parsed(line: str, parse: Callable[[list[str]], Row]) -> Row | None:
    try:
        return parse(line.split(","))
    except ValueError:
        return None


def _previews(folder: Path) -> Iterator[Preview]:
    frames = len(_frames(folder, "photo"))

    def parse(fields: list[str]) -> Preview:
        number, stage, epoch, batch, seconds = fields
        drawn = _count(number)
        pictures = tuple(folder / PREVIEWS / f"{drawn:06d}-{place}.png" for place in range(frames))
        return Preview(drawn, _stage(stage), _count(epoch), _count(batch), _finite(seconds), pictures)

    return _rows(folder / PREVIEWS / INDEX, parse)


def _frames(folder: Path, kind: str) -> tuple[Path, ...]:
    return tuple(_plain_files(folder / PREVIEWS, f"{kind}-*.png")[:_MOST_FRAMES])


def _classes(folder: Path) -> dict[str, RGB]:
    """The colour of each class in the previews; empty if there are none, or the file is damaged."""
    try:
        return read_json(folder / PREVIEWS / CLASSES, _Colours).root
    except RunError:
        return {}


class _Colours(RootModel[dict[str, RGB]]):
    pass


def _finders(folder: Path) -> Iterator[Finder]:
    for path in _plain_files(folder, "lr_find-*.csv"):
        stage = path.stem.removeprefix("lr_find-")
        if re.fullmatch(STAGE_NAME, stage) is None:
            continue
        yield Finder(stage, tuple(_rows(path, _finder_point)), _suggestions(path.with_suffix(".json")))


def _suggestions(path: Path) -> dict[str, float]:
    """A finder's suggested rates by name; empty while it runs, or if the file is damaged."""
    try:
        return read_json(path, _Suggestions).root
    except RunError:
        return {}


class _Suggestions(RootModel[dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]]]):
    pass


class _Environment(RootModel[dict[str, JsonValue]]):
    pass


def read_environment(folder: Path) -> dict[str, Any]:
    """What a run was trained with, by its folder; empty if that is unknown."""
    try:
        return read_json(folder / ENVIRONMENT, _Environment).root
    except RunError:
        return {}
