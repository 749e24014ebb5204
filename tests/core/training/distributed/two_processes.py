"""A program for torchrun: `python -m core train` in float32, with notes of what each process sees and finds.

bfloat16 has three digits: rounding alone, which differs between one process and two, would change the result.

The second of two processes once kills itself and its torchrun in an epoch; the one that is then alone goes on
for some epochs, and waits until its torchrun ends it because another one has come.

Usage: two_processes.py FOLDER_FOR_THE_NOTES ARGUMENTS_OF_TRAIN...
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from core.__main__ import main
from core.training.batches.data import _Augmented
from core.training.distributed import processes
from core.training.learner import trainer
from core.training.learner.callbacks import Checkpoint, History, LogBatches

LOST, ALONE = 4, 8
"""In which epoch the second process is lost, and after which one the other waits."""


def note(folder: Path) -> None:
    """Have this process write down the pictures and the metrics of each of its epochs."""
    pictures: list[int] = []
    epochs: list[dict[str, list[float]]] = []
    take, end = _Augmented.__getitem__, History.after_epoch

    def taken(self, number):
        pictures.append(number)
        return take(self, number)

    def ended(self):
        end(self)
        if self.epoch < self.start:
            return  # fastai announces the end of those that a resumed run skips too
        figures = [float(figure) for figure in self.learn.recorder.log[1:5]]
        epochs.append({"pictures": pictures.copy(), "figures": figures})
        pictures.clear()
        (folder / f"rank-{processes.rank()}.json").write_text(json.dumps(epochs), "utf-8")

    _Augmented.__getitem__, History.after_epoch = taken, ended


def come_and_go(folder: Path) -> None:
    """Be lost, or wait, where it is this process's turn."""
    logged, saved, mark = LogBatches.after_batch, Checkpoint.after_epoch, folder / "lost"

    def after_batch(self):
        logged(self)
        if processes.rank() == 1 and self.epoch + 1 == LOST and not mark.exists():
            mark.touch()
            for pid in (os.getppid(), os.getpid()):
                os.kill(pid, signal.SIGKILL)

    def after_epoch(self):
        saved(self)
        if not processes.is_distributed() and self.epoch + 1 == ALONE:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.pause()

    LogBatches.after_batch, Checkpoint.after_epoch = after_batch, after_epoch


if __name__ == "__main__":
    trainer.has_native_bfloat16 = lambda: False
    note(Path(sys.argv[1]))
    come_and_go(Path(sys.argv[1]))
    sys.exit(main(["train", *sys.argv[2:]]))
