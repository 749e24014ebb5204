"""Event files for TensorBoard, written by fastai's own callback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastai.callback.tensorboard import TensorBoardCallback


class EventWriter(TensorBoardCallback):  # type: ignore[misc]  # fastai has no types
    """Losses and hyperparameters of every training batch, metrics of every epoch; no graph, no pictures.

    fastai's own also writes a line for every validation batch, all at the same step.
    """

    run_valid = False


def event_writer(folder: Path) -> Any:
    """A callback that writes event files into `folder`."""
    return EventWriter(log_dir=str(folder), trace_model=False, log_preds=False)
