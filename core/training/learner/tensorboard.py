"""Event files for TensorBoard, written by fastai's own callback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastai.callback.tensorboard import TensorBoardCallback
from torch.utils.tensorboard import SummaryWriter


class EventWriter(TensorBoardCallback):  # type: ignore[misc]  # fastai has no types
    """Losses and hyperparameters of every training batch, metrics of every epoch; no graph, no pictures.

    fastai's own callback also writes a line for every validation batch, all at the same step.
    """

    run_valid = False

    def __init__(self, folder: Path, start: int) -> None:
        super().__init__(log_dir=str(folder), trace_model=False, log_preds=False)
        self.start = start

    def _setup_writer(self) -> None:
        # Whatever a killed run wrote after its last checkpoint is done again: readers must drop it.
        again = self.start * len(self.learn.dls.train) + 1 if self.start else None
        self.writer = SummaryWriter(log_dir=self.log_dir, purge_step=again)

    def after_epoch(self) -> None:
        """Write the metrics of an epoch; fastai also announces the end of those before a resumed one."""
        if self.epoch >= self.start:
            super().after_epoch()


def event_writer(folder: Path, start: int = 0) -> Any:
    """A callback that writes event files into `folder`. start: epochs of the stage that are done."""
    return EventWriter(folder, start)
