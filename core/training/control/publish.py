"""From a run to a model that the other pages can use, under a free name."""

from __future__ import annotations

from core.errors import ModelError
from core.jobs import Tell
from core.languages import mark, sentence
from core.models.card import ModelCard
from core.models.paths import SHIPPED_MODELS
from core.models.store import is_model_or_free, list_models, model_folder
from core.training.runs.folder import run_ids
from core.training.runs.records import checkpoint_file
from core.workers import Worker, run_worker

_WORKER = Worker(
    "core.training.workers.publish",
    mark("publishing"),
    mark("wait until other runs have ended, then publish again"),
)


def check_model_name(name: str, replace: bool = False) -> None:
    """Check whether a new model may have this name.

    replace: a model of that name may be replaced; a shipped one never is. ModelNotFoundError for a name
    that no model can have, ModelError for one that is taken.
    """
    folder = model_folder(name)
    if name in SHIPPED_MODELS:
        raise ModelError(
            sentence("{name} is a model that comes with StreetScope; give yours another name.", name=name)
        )
    if name in list_models() and not replace:
        raise ModelError(
            sentence("There is a model called {name} already: choose another name, or replace it.", name=name)
        )
    if not is_model_or_free(folder):
        raise ModelError(
            sentence(
                "{folder} holds files but no model: choose another name, or move them away.", folder=folder
            )
        )


def free_model_name(base: str) -> str:
    """A name that neither a model nor a run has: `base`, else with a number."""
    taken = {*list_models(), *run_ids()}
    names = (base[:60] if number == 1 else f"{base[:58]}-{number}" for number in range(1, len(taken) + 3))
    return next(name for name in names if name not in taken and is_model_or_free(model_folder(name)))


def publish_run(
    run: str, checkpoint: str, name: str, replace: bool = False, tell: Tell = lambda *_: None
) -> ModelCard:
    """Publish a run's checkpoint as the model `name`, measured on the validation split. Takes a while.

    In a separate process: it needs fastai, which a server would keep in memory for good and whose import
    would delay every click. tell: called several times a second; raising from it ends the process.
    Errors: those of `check_model_name` and of `core.training.workers.publish`, and WorkerError.
    """
    check_model_name(name, replace)
    checkpoint_file(run, checkpoint)
    request = {"run": run, "checkpoint": checkpoint, "name": name, "replace": replace}
    return ModelCard.model_validate(run_worker(_WORKER, request, tell)["card"])
