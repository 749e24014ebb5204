"""From a run to a model that the other pages can use, under a name that is free."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable

from core.errors import ModelError, RunError
from core.models.paths import DEFAULT_MODEL
from core.models.store import CARD, ModelCard, model_folder, read_card
from core.project import ROOT
from core.training.control import launch
from core.training.runs.records import checkpoint_file

_MEASURED = re.compile(r"(\d+) of (\d+) frames")
_REFUSED = 2
"""The command line's exit status for an error that is a sentence."""


def check_model_name(name: str, replace: bool = False) -> None:
    """Say whether a new model may have this name.

    replace: a model of that name may be replaced; the shipped one never is. ModelNotFoundError for a name
    that no model can have, ModelError for one that is taken.
    """
    folder = model_folder(name)
    if name == DEFAULT_MODEL:
        raise ModelError(f"{name} is the model that comes with StreetScope; give yours another name.")
    if (folder / CARD).exists() and not replace:
        raise ModelError(f"There is a model called {name} already: choose another name, or have it replaced.")


def publish_run(
    run: str,
    checkpoint: str,
    name: str,
    replace: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ModelCard:
    """Publish a run's checkpoint as the model `name`, measured on the validation split. Takes a while.

    In a process of its own: it needs fastai, which a server would keep in its memory for good, and whose
    import would hold up everybody who clicks. progress: told the frames measured and their total.
    Errors: those of `check_model_name`, and RunError with the sentence of `python -m core publish`.
    """
    check_model_name(name, replace)
    checkpoint_file(run, checkpoint)
    command = [sys.executable, "-m", "core", "publish", run, "--checkpoint", checkpoint, "--name", name]
    command += ["--progress", "--replace"] if replace else ["--progress"]
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(  # noqa: S603 (our own program, and names that were checked)
            command,
            cwd=ROOT,
            env=launch.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        ) as process,
    ):
        for line in process.stdout or ():
            if told := _MEASURED.fullmatch(line.strip()):
                progress(int(told[1]), int(told[2]))
        ended = process.wait()
        complaints.seek(0)
        said = complaints.read().strip().splitlines()
    if ended == 0:
        return read_card(name)
    if ended == _REFUSED and said:
        raise RunError(said[-1])
    raise RunError(f"{name} could not be published; `python -m core publish {run} --name {name}` says why.")
