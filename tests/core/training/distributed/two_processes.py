"""A program for torchrun: `python -m core train` as it is, with notes of what each process sees and finds.

Usage: two_processes.py FOLDER_FOR_THE_NOTES ARGUMENTS_OF_TRAIN...
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from core.__main__ import main
from core.training.distributed import processes
from core.training.learner.callbacks import History
from core.training.learner.data import _Augmented


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
    note(Path(sys.argv[1]))
    sys.exit(main(["train", *sys.argv[2:]]))
