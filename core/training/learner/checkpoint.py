"""Checkpoints: weights under a stage's or an epoch's name, and the one file that a run resumes from.

All are safetensors. Optimiser state, random state and progress fit into one such file with the weights, so it
is replaced in one rename, and reading it involves no pickle at all. (fastai's SaveModelCallback writes
pickles, and its `after_fit` reads them with `weights_only=False` unless every epoch is kept.)
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from core.errors import BrokenTensorsError, RunError, TrainingError
from core.files import replacing
from core.languages import sentence
from core.models.tensors import MAX_FILE_BYTES, check_fit, read_metadata, save_tensors, tensors_in
from core.strict_json import parse_json
from core.training.distributed.failures import is_out_of_memory
from core.training.runs.folder import open_plain, read_plain

_KEY = "progress"
_Words = list[Any]


class Random(BaseModel):
    """Random state of Python, NumPy and the training data loader; torch's is a tensor."""

    model_config = ConfigDict(frozen=True)

    python: _Words
    numpy: dict[str, Any]
    loader: _Words


class ResumePoint(BaseModel):
    """What a run has done, and all it needs to resume that is not a tensor.

    position: the stage's place among the planned ones. epoch: how many of the stage are done. lr: the stage's
    learning rate, given or found. best: the stage's best mean IoU so far. smooth_loss: fastai's
    running average (count, value). sizes: bytes of the files that were appended to. seconds: trained so far.
    optimiser: the plain numbers of each parameter's state. whole: False when only the figures are left,
    because the run is finished. mixed: a fingerprint of each data set that the recipe mixes in.
    """

    model_config = ConfigDict(frozen=True)

    recipe: str
    stages: tuple[str, ...]
    position: Annotated[int, Field(ge=0)]
    epoch: Annotated[int, Field(ge=0)]
    lr: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    best: float
    average_steps: Annotated[int, Field(ge=0)]
    smooth_loss: tuple[int, float]
    sizes: dict[str, Annotated[int, Field(ge=0, lt=2**63)]]
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    random: Random
    optimiser: list[dict[str, float]]
    whole: bool = True
    mixed: tuple[str, ...] = ()


def save_weights(model: nn.Module, path: Path) -> None:
    """Write a model's weights as safetensors, whole or not at all. OSError when the disk is full."""
    _save(_contiguous(model.state_dict()), path, {})


def load_weights(path: Path) -> dict[str, Tensor]:
    """The weights that `save_weights` wrote; TrainingError when they are not there or damaged."""
    try:
        return tensors_in(read_plain(path, MAX_FILE_BYTES), path)
    except (OSError, RunError, BrokenTensorsError) as error:
        raise TrainingError(
            sentence(
                "The checkpoint {name} cannot be read ({reason}); use another checkpoint or train again.",
                name=path.name,
                reason=error,
            )
        ) from error


def load_into(model: nn.Module, path: Path) -> None:
    """Load the weights of a file into a network; TrainingError when they are not that network's."""
    weights = load_weights(path)
    try:
        check_fit(weights, model.state_dict(), path)
    except BrokenTensorsError as error:
        raise TrainingError(
            sentence("{path} does not fit the run's recipe and data set: {reason}", path=path, reason=error)
        ) from error
    model.load_state_dict(weights)


@contextmanager
def fitting(path: Path) -> Iterator[None]:
    """Turn errors about missing, misshapen or mistyped content of a file into one sentence."""
    try:
        yield
    except (ValueError, KeyError, IndexError, TypeError, RuntimeError, OverflowError) as error:
        if is_out_of_memory(error):
            raise
        raise TrainingError(
            sentence(
                "{path} does not fit the run's recipe and data set; restore those or start a new run.",
                path=path,
            )
        ) from error


def save_resume_point(
    path: Path, progress: ResumePoint, model: nn.Module, average: nn.Module, optimiser: list[dict[str, Any]]
) -> None:
    """Write all that a run needs to resume after an epoch. OSError leaves the earlier file."""
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    tensors |= {f"average.{name}": tensor for name, tensor in average.state_dict().items()}
    for number, state in enumerate(optimiser):
        tensors |= {f"optimiser.{number}.{k}": v for k, v in state.items() if isinstance(v, Tensor)}
    tensors["random.torch"] = torch.get_rng_state()
    _save(_contiguous(tensors), path, {_KEY: progress.model_dump_json()})


def save_figures(path: Path, progress: ResumePoint) -> None:
    """Write the resume point of a finished run without its tensors: they are large and no longer needed."""
    whole = progress.model_copy(update={"whole": False})
    _save({"none": torch.zeros(1)}, path, {_KEY: whole.model_dump_json()})


def read_resume_point(path: Path) -> ResumePoint | None:
    """What was written last; None if there is no file. TrainingError for a damaged one."""
    try:
        with open_plain(path) as file:
            return ResumePoint.model_validate(parse_json(read_metadata(file, path)[_KEY]))
    except FileNotFoundError:
        return None
    except (OSError, RunError, BrokenTensorsError, ValueError, KeyError) as error:
        raise TrainingError(
            sentence("{path} is damaged; remove it, and the run starts again from the beginning.", path=path)
        ) from error


def read_tensors(path: Path) -> dict[str, dict[str, Tensor]]:
    """The tensors of a resume point by group: model, average, optimiser, random."""
    groups: dict[str, dict[str, Tensor]] = {"model": {}, "average": {}, "optimiser": {}, "random": {}}
    for name, tensor in load_weights(path).items():
        group, _, rest = name.partition(".")
        groups.setdefault(group, {})[rest] = tensor
    return groups


def numbers(optimiser: list[dict[str, Any]]) -> list[dict[str, float]]:
    """The plain numbers in an optimiser's state, such as the steps done; its flags are set again."""
    return [
        {k: v for k, v in state.items() if isinstance(v, int | float) and not isinstance(v, bool)}
        for state in optimiser
    ]


def restore_optimiser(optimiser: Any, tensors: dict[str, Tensor], plain: list[dict[str, float]]) -> None:
    """Restore a fastai optimiser's state from a resume point; the schedule sets the hyperparameters."""
    for number, (parameter, _, state, _) in enumerate(optimiser.all_params()):
        state |= plain[number]
        prefix = f"{number}."
        for name, tensor in tensors.items():
            if name.startswith(prefix):
                moved = tensor.to(parameter.device)
                # In the weights' memory layout: mixed layouts would cost time at every step.
                state[name.removeprefix(prefix)] = torch.empty_like(parameter.data).copy_(moved)
        optimiser.state[parameter] = state


def random_state(loader: random.Random) -> Random:
    """The random state now; `save_resume_point` adds torch's."""
    legacy: Any = np.random.get_state(legacy=False)
    legacy["state"]["key"] = legacy["state"]["key"].tolist()
    return Random(python=list(random.getstate()), numpy=legacy, loader=list(loader.getstate()))


def restore_random(state: Random, torch_state: Tensor, loader: random.Random) -> None:
    """Restore the random state."""
    random.setstate(_python_state(state.python))
    loader.setstate(_python_state(state.loader))
    words = dict(state.numpy)
    words["state"] = words["state"] | {"key": np.array(words["state"]["key"], dtype=np.uint32)}
    np.random.set_state(words)
    torch.set_rng_state(torch_state)


def _python_state(words: _Words) -> tuple[Any, ...]:
    version, inner, gauss = words
    return version, tuple(inner), gauss


def _contiguous(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    # channels_last tensors would be refused: safetensors stores contiguous ones
    return {name: tensor.detach().contiguous() for name, tensor in tensors.items()}


def _save(tensors: dict[str, Tensor], path: Path, metadata: dict[str, str]) -> None:
    with replacing(path, durable=True) as part:
        save_tensors(tensors, part, metadata)
