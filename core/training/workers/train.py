"""The whole life of a run's process: wait in the queue, train, report how it ended.

`core.training.control.launch` starts it, by the protocol of `core.workers`, and does not wait for it: the
run's folder shows everybody how it is doing. The command line calls `work` in its own process. torch is
imported when the run's turn comes: a waiting run costs no memory.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from core.errors import PeerLostError, RunError, StoppedError, StreetScopeError, TrainingError
from core.files import remove_parts, system_error_sentence, write_json, write_text
from core.hardware.allocator import keep_free_memory
from core.jobs import Tell
from core.languages import mark, sentence, sentence_of
from core.models.paths import SHIPPED_MODELS
from core.training.distributed import elastic, processes
from core.training.runs.folder import (
    ENVIRONMENT,
    LOG,
    RESUME,
    STOP,
    RunSettings,
    disk_full,
    existing_run,
    open_to_append,
    read_run_recipe,
    read_settings,
    refuse_links,
)
from core.training.runs.queue import acquire_slot, sole_process
from core.training.runs.records import read_environment
from core.training.runs.status import State, Status, StatusKeeper, take_over
from core.workers import serve

if TYPE_CHECKING:
    from core.datasets import SegmentationDataset
    from core.models.card import ModelCard
    from core.training.learner.lr_find import Suggestions
    from core.training.learner.trainer import BatchReport, EpochReport
    from core.training.recipes.recipe import Recipe

_BALLAST = ".ballast"
_ENDED_BY_TORCHRUN = mark(
    "Stopped by torchrun, which starts it again if it takes in another machine; it continues from its "
    "last completed epoch."
)
_BALLAST_BYTES = 64 * 1024
"""Space that is freed when the disk is full, so that the run can still report it."""


def _doing(report: BatchReport) -> str:
    if report.finding:
        return sentence("Finding a learning rate for {stage}.", stage=report.stage)
    return sentence("Training {stage}.", stage=report.stage)


@dataclass(frozen=True)
class Outcome:
    """What a finished run produced: the card of a published model, or the finder's suggestions."""

    run: str
    card: ModelCard | None = None
    suggestions: Suggestions | None = None


def work(
    run: str,
    report: Callable[[EpochReport], None] = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
    recipe: Recipe | None = None,
) -> Outcome:
    """Do a queued run in this process, from start to end.

    recipe: the run's, if it was read already; otherwise it is read from the run's folder.
    report: called after every epoch. tell: called with a sentence that says which runs it waits for.
    StoppedError if it was stopped; the sentence of any other StreetScopeError is also in its status.
    """
    folder = existing_run(run)
    refuse_links(folder)
    patience = elastic.TAKE_OVER if processes.is_elastic() else 0.0
    with elastic.Gate() as gate, sole_process(folder, patience, gate.hold):
        before = take_over(folder) if processes.is_elastic() else None
        with StatusKeeper(folder) as status:
            remove_parts(folder)
            job = _Job(folder, status, report, gate, before)
            with job.ending(), asked_by_signal(job.asked):
                job.log(f"Process {status.status.pid} waits in the queue.")
                _write_ballast(folder)
                with acquire_slot(run, job.holds_on, lambda words: job.waits(words, tell)):
                    gate.release()
                    return job.do(recipe)


class _Job:
    """A run at work in this process.

    gate: keeps the other processes waiting. before: what an earlier process did last that was cut short.
    """

    def __init__(
        self,
        folder: Path,
        status: StatusKeeper,
        report: Callable[[EpochReport], None],
        gate: elastic.Gate,
        before: Status | None,
    ) -> None:
        self.folder, self.status, self.report = folder, status, report
        self.gate, self.before = gate, before
        self.asked = threading.Event()
        self.requested = False
        self.measuring_since = 0.0

    def should_stop(self) -> bool:
        """Whether a stop was requested, by a signal or by the file that other processes write."""
        if (self.folder / STOP).exists():
            self.gate.stops_all = self.requested = True
        if self.asked.is_set() or self.requested:
            if self.status.status.state == "running":
                self.status.move("stopping", sentence("Stopping at the next batch."))
            return True
        return False

    def holds_on(self) -> bool:
        """While it waits in the queue: `should_stop`, and the other processes are told to wait too."""
        self.gate.hold()
        return self.should_stop()

    def waits(self, words: str, tell: Callable[[str], None]) -> None:
        self.status.move("queued", words)
        self.log(words)
        tell(words)

    def do(self, recipe: Recipe | None) -> Outcome:
        """Train, or find a learning rate."""
        now = time.time()
        self.status.move("running", sentence("Reading the data."), started=self.status.status.started or now)
        settings = read_settings(self.folder)
        recipe = read_run_recipe(self.folder) if recipe is None else recipe
        from core.datasets.layouts.opening import open_dataset
        from core.training.learner import environment

        dataset = open_dataset(Path(settings.data))
        before, described = read_environment(self.folder), environment.describe(recipe, dataset)
        write_json(self.folder / ENVIRONMENT, environment.followed_by(before, described))
        again = " It resumes from its last checkpoint." if (self.folder / RESUME).exists() else ""
        self.log(f"Started: {recipe.name} on {dataset.name}.{again}")
        if before and (changed := environment.changes(before, described)):
            self.log(f"Changed since its last start: {', '.join(changed)}.")
        if self.before is not None:
            self._log_loss(self.before)
        if processes.is_elastic():
            self.log(f"Processes now: {processes.world_size()}.")
        if settings.task == "lr_find":
            return self._find(settings, recipe, dataset)
        return self._train(settings, recipe, dataset)

    def _log_loss(self, before: Status) -> None:
        """Say what an earlier process had done after its last resume point: it is done again."""
        from core.training.learner.checkpoint import read_resume_point

        point = read_resume_point(self.folder / RESUME)
        kept = point.epoch if point and point.stages[point.position] == before.stage else 0
        lost = max(0, before.epoch - kept) * before.batches + before.batch
        self.log(
            f"Cut short in epoch {before.epoch + 1} of {before.epochs} of {before.stage or 'no stage yet'}: "
            f"about {lost} batches after the last resume point are lost and done again."
        )

    def _train(self, settings: RunSettings, recipe: Recipe, dataset: SegmentationDataset) -> Outcome:
        from core.training.learner.trainer import Watch, train

        watch = Watch(self._batch, self.should_stop)
        try:
            module = train(recipe, dataset, self.folder, self._epoch, stages=settings.stages, watch=watch)
        except StoppedError:
            elastic.check_stop(self.asked.is_set(), self.requested)
            raise
        card = None
        if settings.publish is not None:
            from core.training.workers.publish import came_from, publish

            self.status.move(self.status.status.state, sentence("Measuring the model."), seconds_left=None)
            self.measuring_since = time.monotonic()
            name = settings.publish
            # A shipped model is made again by its recipe; another that took the name meanwhile stays.
            replace = name in SHIPPED_MODELS or came_from(name, self.folder.name)
            card = publish(recipe, dataset, self.folder, module, name, self._measured, replace=replace)
        if card is None:
            self._finish(sentence("Finished."))
        else:
            self._finish(sentence("Finished, and published as {name}.", name=card.name))
        return Outcome(self.folder.name, card)

    def _measured(self, done: int, total: int) -> None:
        left = (time.monotonic() - self.measuring_since) * (total - done) / max(1, done)
        self.status.update(batch=done, batches=total, seconds_left=left)
        if self.should_stop():
            raise StoppedError(
                sentence("Stopped while the model was measured; resume the run to measure it again.")
            )

    def _find(self, settings: RunSettings, recipe: Recipe, dataset: SegmentationDataset) -> Outcome:
        from core.training.learner.trainer import Watch, find_rate

        watch = Watch(self._batch, self.should_stop)
        found = find_rate(
            recipe, dataset, self.folder, settings.stages[0], iterations=settings.iterations, watch=watch
        )
        self._finish(sentence("Finished: the learning rate in the valley is {rate:.2g}.", rate=found.valley))
        return Outcome(self.folder.name, suggestions=found)

    def _finish(self, words: str) -> None:
        (self.folder / STOP).unlink(missing_ok=True)
        self.log(words)  # first: whoever sees that the run is finished can read all that it says
        self.status.move("finished", words, ended=time.time(), seconds_left=0.0)

    def _batch(self, report: BatchReport) -> None:
        self.status.update(
            message=_doing(report) if self.status.status.state == "running" else self.status.status.sentence,
            stage=report.stage,
            epoch=report.epoch,
            epochs=report.epochs,
            batch=report.batch,
            batches=report.batches,
            done=report.done,
            total=report.total,
            seconds=report.seconds,
            seconds_left=report.seconds_left,
        )

    def _epoch(self, report: EpochReport) -> None:
        self.status.update(
            stage=report.stage,
            epoch=report.epoch,
            done=report.done,
            batch=0,
            seconds=report.seconds,
            seconds_left=report.seconds_left,
        )
        self.status.write()
        self.log(
            f"{report.stage} {report.epoch}/{report.epochs}: loss {report.train_loss:.4f} / "
            f"{report.valid_loss:.4f}, pixel accuracy {report.acc_camvid:.1%}, mean IoU {report.mean_iou:.1%}"
        )
        self.report(report)

    def log(self, text: str) -> None:
        """Append lines to the log; a log that cannot be written does not stop the run."""
        with contextlib.suppress(OSError, RunError), open_to_append(self.folder / LOG) as file:
            file.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {text}\n".encode())

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Record in the status how the run ended, whatever happens."""
        try:
            yield
        except StoppedError as error:
            by_torchrun = processes.is_elastic() and not self.requested
            self._end("stopped", sentence(_ENDED_BY_TORCHRUN) if by_torchrun else sentence_of(error))
            raise
        except KeyboardInterrupt:
            self._end(
                "stopped",
                sentence("Interrupted; resume it, and it continues after its last completed epoch."),
            )
            raise
        except PeerLostError as error:
            if not processes.is_elastic():
                self._end("failed", sentence_of(error), traceback.format_exc())
            else:
                self.log(str(error))
                with contextlib.suppress(OSError):
                    self.status.put_back(sentence_of(error))
            raise
        except StreetScopeError as error:
            self._end("failed", sentence_of(error), traceback.format_exc())
            raise
        except Exception as error:
            if (full := disk_full(error)) is not None:
                self._end("failed", sentence_of(full), traceback.format_exc())
                raise full from error
            words = self._unforeseen(error)
            self._end("failed", words, traceback.format_exc())
            raise TrainingError(words) from error
        finally:
            (self.folder / _BALLAST).unlink(missing_ok=True)

    def _unforeseen(self, error: Exception) -> str:
        if isinstance(error, OSError) and error.filename:
            return system_error_sentence(error)
        return sentence(
            "The run ended with an unexpected error ({kind}); see the log of the run {run}.",
            kind=type(error).__name__,
            run=self.folder.name,
        )

    def _end(self, state: State, sentence: str, details: str = "") -> None:
        for name in (
            STOP,
            _BALLAST,
        ):  # first: a stop requested later is meant for the next start
            (self.folder / name).unlink(missing_ok=True)
        self.log(sentence)
        if details:
            self.log(details.rstrip())
        with contextlib.suppress(OSError):  # a disk without room for a kilobyte
            self.status.move(state, sentence, ended=time.time(), seconds_left=None)


@contextmanager
def asked_by_signal(asked: threading.Event) -> Iterator[None]:
    """SIGTERM and the first Ctrl-C stop the run gracefully; the second Ctrl-C ends it at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT and asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before: dict[int, Any] = {s: signal.signal(s, ask) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_secondary_rank(run: str) -> None:
    """Train beside the first process of a run under torchrun: the same steps, but nothing is written.

    StoppedError if any of them was asked to stop: a signal often reaches all of them. PeerLostError if it
    should start again instead.
    """
    from core.datasets.layouts.opening import open_dataset
    from core.training.learner.trainer import Watch, train

    folder = existing_run(run)
    settings = read_settings(folder)
    if settings.task != "train":
        raise RunError(sentence("The learning-rate finder runs in one process; start it without torchrun."))
    asked = threading.Event()
    recipe, dataset = read_run_recipe(folder), open_dataset(Path(settings.data))
    with asked_by_signal(asked):
        elastic.wait_for_first()
        try:
            train(recipe, dataset, folder, stages=settings.stages, watch=Watch(should_stop=asked.is_set))
        except StoppedError:
            elastic.check_stop(asked.is_set())
            raise


def _write_ballast(folder: Path) -> None:
    with contextlib.suppress(OSError):
        write_text(folder / _BALLAST, " " * _BALLAST_BYTES)


def train_or_find(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Do the requested run."""
    keep_free_memory()
    return {"run": work(request["run"]).run}


if __name__ == "__main__":
    sys.exit(serve(train_or_find))
