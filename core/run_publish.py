"""From a run to a model that the other pages can use, under a name that is free."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from core.errors import ModelError, RunError
from core.modelstore import CARD, ModelCard, model_folder, read_card
from core.store import DEFAULT_MODEL
from core.training import launch
from core.training.runs import checkpoint_file

_ROOT = Path(__file__).parents[1]
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


def publish_run(run: str, checkpoint: str, name: str, replace: bool = False) -> ModelCard:
    """Publish a run's checkpoint as the model `name`, measured on the validation split. Takes a while.

    In a process of its own: it needs fastai, which a server would keep in its memory for good, and whose
    import would hold up everybody who clicks.
    Errors: those of `check_model_name`, and RunError with the sentence of `python -m core publish`.
    """
    check_model_name(name, replace)
    checkpoint_file(run, checkpoint)
    command = [sys.executable, "-m", "core", "publish", run, "--checkpoint", checkpoint, "--name", name]
    done = subprocess.run(  # noqa: S603 (our own program, and names that were checked)
        [*command, "--replace"] if replace else command,
        cwd=_ROOT,
        env=launch.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return read_card(name)
    said = done.stderr.strip().splitlines()
    if done.returncode == _REFUSED and said:
        raise RunError(said[-1])
    raise RunError(f"{name} could not be published; `python -m core publish {run} --name {name}` says why.")
