"""The learning-rate finder: fastai's `lr_find`, with its curve and suggestions written to files.

A mock training in which the learning rate grows from batch to batch: a good rate is where the loss falls
fastest, or just before it begins to rise. Source: Smith, "Cyclical Learning Rates for Training Neural
Networks", 2017, section 3.3.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastai.callback.schedule import minimum, steep, valley  # the import also adds Learner.lr_find
from fastai.learner import Learner
from pydantic import BaseModel, ConfigDict

from core.errors import DivergedError
from core.files import replacing, write_text
from core.languages import sentence
from core.training.learner.callbacks import Event
from core.training.runs.folder import append_row

COLUMNS = ("batch", "lr", "loss")


class Suggestions(BaseModel):
    """What the finder suggests.

    valley: in the longest valley. steep: where the loss falls fastest. minimum: a tenth of the rate with the
    lowest loss.
    """

    model_config = ConfigDict(frozen=True)

    valley: float
    steep: float
    minimum: float


class Curve(Event):
    """Writes one line for each batch of the finder, as it runs."""

    order = 65

    def __init__(self, path: Path | None, report: Callable[[int], None]) -> None:
        self.file, self.report = path, report

    def after_batch(self) -> None:
        """Write the learning rate tried and the running average of the loss."""
        recorder = self.learn.recorder
        if self.file is not None:
            values = (len(recorder.lrs), f"{recorder.lrs[-1]:.6g}", f"{float(recorder.losses[-1]):.6g}")
            append_row(self.file, COLUMNS, values)
        self.report(len(recorder.lrs))

    def after_fit(self) -> None:
        """Remove fastai's folder for the network, which is empty here."""
        self.learn.lr_finder.tmp_d.cleanup()


def _keep_nothing(*_: object, **__: object) -> None:
    pass


def curve_file(folder: Path, stage: str) -> Path:
    """Where the finder's curve for a stage is kept."""
    return folder / f"lr_find-{stage}.csv"


def suggestions_file(folder: Path, stage: str) -> Path:
    """Where the finder's suggestions for a stage are kept."""
    return folder / f"lr_find-{stage}.json"


def find_learning_rate(
    learner: Learner,
    folder: Path | None,
    stage: str,
    iterations: int,
    report: Callable[[int], None] = lambda _: None,
) -> Suggestions | None:
    """Run fastai's `lr_find` on a learner, write the curve, and restore the network.

    folder: the run's; None writes nothing. report: called with the batches done.
    Returns None if it was stopped. DivergedError if no rate is small enough.
    """
    before = copy.deepcopy(learner.model.state_dict())
    # fastai would write the network as a pickle and read it back.
    learner.save = _keep_nothing
    path = None if folder is None else curve_file(folder, stage)
    if path is not None:
        with replacing(path) as part:
            part.write_bytes(b"")
    with tempfile.TemporaryDirectory() as scratch, learner.no_bar(), learner.added_cbs([Curve(path, report)]):
        learner.model_dir = scratch
        try:
            found: Any = learner.lr_find(
                num_it=iterations, show_plot=False, suggest_funcs=(valley, steep, minimum)
            )
        except (IndexError, RuntimeError) as error:
            if learner.stop_on_request.stopped:
                return None
            if len(learner.recorder.lrs) > iterations // 2:
                raise
            raise DivergedError(
                sentence(
                    "The learning-rate finder found no rate at which the loss falls in the stage {stage}; "
                    "check the data, or start from other weights.",
                    stage=stage,
                )
            ) from error
        finally:
            learner.model.load_state_dict(before)
    if learner.stop_on_request.stopped:
        return None
    suggestions = Suggestions(valley=found.valley, steep=found.steep, minimum=found.minimum)
    if folder is not None:
        write_text(suggestions_file(folder, stage), suggestions.model_dump_json(indent=1) + "\n")
    return suggestions
