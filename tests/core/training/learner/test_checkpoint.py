"""Checkpoints: what is read is what was written, chance goes on where it stood, half a file is none."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch
from fastai.optimizer import Adam
from safetensors import SafetensorError
from torch import nn

from core.errors import TrainingError
from core.training.learner import checkpoint
from core.training.learner.checkpoint import ResumePoint


def network(seed: int = 0, classes: int = 2) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Conv2d(4, classes, 1))


def resume_point(**changes) -> ResumePoint:
    values = {
        "recipe": "{}",
        "stages": ("small", "large"),
        "position": 1,
        "epoch": 3,
        "lr": 0.01,
        "best": 0.625,
        "average_steps": 12,
        "smooth_loss": (12, 0.5),
        "sizes": {"history.csv": 100},
        "seconds": 61.5,
        "random": checkpoint.random_state(random.Random(1)),  # noqa: S311
        "optimiser": [{"step": 12.0}],
    }
    return ResumePoint(**(values | changes))


def as_json(told: ResumePoint | None) -> str:
    """Where a pair is a list or a tuple makes no difference to what is restored from it."""
    assert told is not None
    return told.model_dump_json()


def trained(module: nn.Module):
    """A fastai optimiser that has made two steps."""
    optimiser = Adam([[*module.parameters()]], lr=0.1)
    for _ in range(2):
        module(torch.randn(2, 3, 8, 8)).square().sum().backward()
        optimiser.step()
        optimiser.zero_grad()
    return optimiser


def states(optimiser) -> list[dict]:
    return [state for *_, state, _ in optimiser.all_params()]


# --- weights --------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_weights_are_read_as_they_were_written(tmp_path: Path, layout: torch.memory_format) -> None:
    module, other = network(0).to(memory_format=layout), network(1)
    checkpoint.save_weights(module, tmp_path / "best.safetensors")
    checkpoint.load_into(other, tmp_path / "best.safetensors")

    for (name, expected), found in zip(module.state_dict().items(), other.state_dict().values(), strict=True):
        assert torch.equal(found, expected), name


def test_others_may_read_a_checkpoint(tmp_path: Path) -> None:
    checkpoint.save_weights(network(), tmp_path / "best.safetensors")

    assert (tmp_path / "best.safetensors").stat().st_mode & 0o777 == 0o644


def test_weights_of_another_network_do_not_fit(tmp_path: Path) -> None:
    checkpoint.save_weights(network(classes=3), tmp_path / "best.safetensors")
    with pytest.raises(TrainingError, match=r"best\.safetensors does not fit"):
        checkpoint.load_into(network(classes=2), tmp_path / "best.safetensors")


@pytest.mark.parametrize("bytes_left", [None, 0, 100, -1])
def test_a_file_that_is_not_there_or_not_whole_is_one_sentence(
    tmp_path: Path, bytes_left: int | None
) -> None:
    path = tmp_path / "best.safetensors"
    if bytes_left is not None:
        checkpoint.save_weights(network(), path)
        path.write_bytes(path.read_bytes()[:bytes_left])
    with pytest.raises(TrainingError, match=r"The checkpoint best\.safetensors cannot be read"):
        checkpoint.load_weights(path)


@pytest.mark.parametrize(("number", "is_full"), [(28, True), (27, True), (122, True), (5, False)])
def test_a_full_disk_is_told_from_other_errors_and_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, is_full: bool
) -> None:
    path = tmp_path / "best.safetensors"
    checkpoint.save_weights(network(0), path)
    before = path.read_bytes()

    def refuse(tensors: object, part: Path, metadata: object) -> None:
        part.write_bytes(b"half")
        raise SafetensorError(f"I/O error: words (os error {number})")

    monkeypatch.setattr("core.models.tensors.save_file", refuse)
    with pytest.raises(OSError if is_full else SafetensorError) as refused:
        checkpoint.save_weights(network(1), path)

    if is_full:
        assert (refused.value.errno, refused.value.filename) == (number, str(path))
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["best.safetensors"]


# --- going on -------------------------------------------------------------------------------------


def test_a_resume_point_is_read_as_it_was_written(tmp_path: Path) -> None:
    module, average = network(0), network(1)
    path, told = tmp_path / "resume.safetensors", resume_point()
    assert checkpoint.read_resume_point(path) is None
    checkpoint.save_resume_point(path, told, module, average, [{"grad_avg": torch.ones(2), "step": 12}])
    tensors = checkpoint.read_tensors(path)

    assert as_json(checkpoint.read_resume_point(path)) == as_json(told)
    assert torch.equal(tensors["model"]["0.weight"], module[0].weight)
    assert torch.equal(tensors["average"]["0.weight"], average[0].weight)
    assert list(tensors["optimiser"]) == ["0.grad_avg"]
    assert torch.equal(tensors["random"]["torch"], torch.get_rng_state())


def test_an_optimiser_goes_on_with_the_same_steps(tmp_path: Path) -> None:
    module, path = network(), tmp_path / "resume.safetensors"
    optimiser = trained(module)
    checkpoint.save_resume_point(path, resume_point(), module, network(2), states(optimiser))
    other = network(1)
    tensors = checkpoint.read_tensors(path)
    other.load_state_dict(tensors["model"])
    restored = Adam([[*other.parameters()]], lr=0.1)
    checkpoint.restore_optimiser(restored, tensors["optimiser"], checkpoint.numbers(states(optimiser)))

    pictures = torch.randn(2, 3, 8, 8)
    for each, opt in ((module, optimiser), (other, restored)):
        each(pictures).square().sum().backward()
        opt.step()
    for expected, found in zip(module.parameters(), other.parameters(), strict=True):
        assert torch.equal(found, expected)


def test_switches_of_an_optimiser_are_no_numbers_to_keep() -> None:
    state = {"step": 3, "mom": 0.5, "do_wd": True, "grad_avg": torch.zeros(1)}

    assert checkpoint.numbers([state]) == [{"step": 3, "mom": 0.5}]


def test_chance_goes_on_where_it_stood(tmp_path: Path) -> None:
    path, loader = tmp_path / "resume.safetensors", random.Random(5)  # noqa: S311
    random.seed(2)
    np.random.seed(3)
    torch.manual_seed(4)
    np.random.standard_normal()  # leaves the second of a pair waiting
    random.gauss(0, 1)
    told = resume_point(random=checkpoint.random_state(loader))
    checkpoint.save_resume_point(path, told, network(0), network(1), [])
    torch.set_rng_state(checkpoint.read_tensors(path)["random"]["torch"])
    expected = draws(loader)
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)

    other, read = random.Random(0), checkpoint.read_resume_point(path)  # noqa: S311
    assert read is not None
    checkpoint.restore_random(read.random, checkpoint.read_tensors(path)["random"]["torch"], other)
    assert draws(other) == expected


def draws(loader: random.Random) -> list[float]:
    """What chance says next, of each kind."""
    return [
        random.gauss(0, 1),
        random.random(),  # noqa: S311
        float(np.random.standard_normal()),
        float(np.random.random()),
        torch.rand(1).item(),
        loader.random(),
    ]


def test_a_finished_run_keeps_its_figures_alone(tmp_path: Path) -> None:
    path = tmp_path / "resume.safetensors"
    checkpoint.save_resume_point(path, resume_point(), network(0), network(1), [])
    before = path.stat().st_size
    checkpoint.save_figures(path, resume_point())

    assert as_json(checkpoint.read_resume_point(path)) == as_json(resume_point(whole=False))
    assert checkpoint.read_tensors(path)["model"] == {}
    assert path.stat().st_size < before


@pytest.mark.parametrize(
    "changes", [{"lr": 0.0}, {"epoch": -1}, {"seconds": float("inf")}, {"sizes": {"history.csv": -1}}]
)
def test_a_resume_point_with_figures_that_cannot_be_is_damaged(tmp_path: Path, changes: dict) -> None:
    path = tmp_path / "resume.safetensors"
    checkpoint.save_figures(path, resume_point().model_copy(update=changes))
    with pytest.raises(TrainingError, match="is damaged"):
        checkpoint.read_resume_point(path)


@pytest.mark.parametrize("content", [b"", b"{}", b"x" * 1000])
def test_a_resume_point_that_is_none_is_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "resume.safetensors").write_bytes(content)
    with pytest.raises(TrainingError, match="is damaged"):
        checkpoint.read_resume_point(tmp_path / "resume.safetensors")


def test_weights_alone_are_no_resume_point(tmp_path: Path) -> None:
    checkpoint.save_weights(network(), tmp_path / "resume.safetensors")
    with pytest.raises(TrainingError, match="is damaged"):
        checkpoint.read_resume_point(tmp_path / "resume.safetensors")
