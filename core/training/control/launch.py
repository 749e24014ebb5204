"""Starting and stopping runs from outside: a page, a notebook, another command.

A run has its own process and session: it outlives the page, the browser and the server that started it.
"""

from __future__ import annotations

from core.errors import RunError
from core.files import write_text
from core.languages import sentence
from core.training.runs.folder import LOG, STOP, existing_run, open_to_append
from core.training.runs.status import LIVE, enqueue, read_status, shown_state
from core.workers import start_worker


def start(run: str) -> None:
    """Start a run in its own process: a new one, or one that was stopped, failed or died.

    Its progress is in its folder, in `status.json`. RunError if it is live already.
    """
    folder = existing_run(run)
    with open_to_append(folder / LOG) as log:
        enqueue(folder)
        start_worker("core.training.workers.train", {"run": run}, log)


def request_stop(run: str) -> None:
    """Ask a run to stop at its next batch; RunError if it is neither training nor waiting."""
    folder = existing_run(run)
    state = shown_state(folder, read_status(folder))
    if state not in LIVE:
        raise RunError(sentence("The run {run} cannot be stopped: it is {state}.", run=run, state=state))
    write_text(folder / STOP, "")
