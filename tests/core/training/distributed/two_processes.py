"""A program for torchrun: `python -m core train` in float32, with notes of what each process sees and finds.

bfloat16 has three digits: rounding alone, which differs between one process and two, would change the result.

Usage: two_processes.py FOLDER_FOR_THE_NOTES ARGUMENTS_OF_TRAIN...
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from core.__main__ import main
from core.training.batches.data import _Augmented
from core.training.distributed import processes
from core.training.learner import trainer
from core.training.learner.callbacks import History


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


if __name__ == "__main__":
    trainer.has_native_bfloat16 = lambda: False
    note(Path(sys.argv[1]))
    sys.exit(main(["train", *sys.argv[2:]]))
