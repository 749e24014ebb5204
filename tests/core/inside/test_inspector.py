"""What PyTorch is asked: gradients known by hand, stages, the untrained twin; the same from its process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from core.errors import ModelNotFoundError, SizeError
from core.inside.inspector import Inspector, theoretical, untrained_twin
from core.inside.process import AskedInspector, InspectingProcess
from core.inside.stages import Picture, all_peaks, exemplars
from core.models.card import ModelCard, class_entries, normalisation
from core.models.networks import find_network
from core.models.weights import Model, load_model
from tests.conftest import COLOURS, ROAD, save_colour_model


def untrained_tiny() -> Model:
    """A small network with branches, as it begins."""
    network = find_network("unet_tiny")
    card = ModelCard(
        name="tiny",
        network=network.name,
        class_list=class_entries(COLOURS),
        normalisation=normalisation(network),
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        module = network.build(len(COLOURS), False)
    return untrained_twin(Model(card, COLOURS, module, network.stride, network.multiple))


@pytest.fixture(scope="module")
def tiny() -> Inspector:
    return Inspector(untrained_tiny())


@pytest.fixture(scope="module")
def noise() -> NDArray[np.uint8]:
    """A picture whose sides the network's multiple does not divide."""
    return np.random.default_rng(0).integers(0, 256, (70, 300, 3), np.uint8)


def test_a_network_of_one_pixel_counts_that_pixel_by_its_weights(
    colour_model: str, picture: NDArray[np.uint8]
) -> None:
    gradient = Inspector.of_model(colour_model).gradient(picture, (30, 20))

    # Road's weights are 2 x 8 x (1, 0, 0), of pixels divided by 255.
    assert gradient[30, 20] == pytest.approx(16 / 255, rel=1e-3)
    assert np.count_nonzero(gradient) == 1


def test_a_gradient_is_what_small_changes_do(tiny: Inspector, noise: NDArray[np.uint8]) -> None:
    pixel, number = (33, 150), 2
    gradient = tiny.gradient(noise, pixel, number)
    pixels = torch.from_numpy(noise).float().permute(2, 0, 1)[None]

    def logit(changed: torch.Tensor) -> float:
        with torch.no_grad():
            return float(tiny._at(tiny._network(tiny._prepared(changed))[0], pixel)[number])

    row, col = np.unravel_index(int(gradient.argmax()), gradient.shape)
    steps = []
    for colour in range(3):
        more, less = pixels.clone(), pixels.clone()
        more[0, colour, row, col] += 0.5
        less[0, colour, row, col] -= 0.5
        steps.append(abs(logit(more) - logit(less)))
    assert sum(steps) == pytest.approx(gradient[row, col], rel=0.05)


def test_nothing_outside_the_theoretical_field_counts(tiny: Inspector, noise: NDArray[np.uint8]) -> None:
    gradient = tiny.gradient(noise, (33, 150))

    rows, cols = theoretical("unet_tiny", 33, 150)

    assert 0 < cols.first < 150 < cols.end < 300  # it ends within the picture
    assert rows.first < 0
    counted = np.nonzero(gradient.sum(axis=0))[0]
    assert cols.first <= counted.min() <= cols.first + 2
    assert cols.end - 3 <= counted.max() < cols.end


def test_stages_end_where_the_size_changes(tiny: Inspector, noise: NDArray[np.uint8]) -> None:
    stages = tiny.stages(noise, 4)

    assert [stage.stride for stage in stages] == [2, 4, 8, 16, 8, 4, 2, 2]
    assert [len(stage.activity) for stage in stages] == [24, 48, 96, 128, 96, 48, 24, 4]
    assert stages[-1].name == "class scores"
    for stage in stages:
        assert stage.activity[list(stage.channels)].tolist() == sorted(stage.activity, reverse=True)[:4]
        assert (stage.maps.min(axis=(1, 2)).tolist(), stage.maps.max()) == ([0] * 4, 255)


def test_the_only_stage_of_a_single_layer_is_the_class_scores(
    colour_model: str, picture: NDArray[np.uint8]
) -> None:
    (stage,) = Inspector.of_model(colour_model).stages(picture)

    assert (stage.name, stage.stride, stage.maps.shape) == ("class scores", 1, (4, 40, 48))
    assert stage.maps[stage.channels.index(ROAD), 30, 20] == 255


def test_a_channel_finds_the_pictures_that_excite_it_most(colour_model: str) -> None:
    shown = {name: np.zeros((8, 10, 3), np.uint8) for name in ("pale", "none", "red")}
    shown["pale"][2, 3, 0], shown["red"][5, 6, 0] = 100, 255
    told: list[tuple[int, int]] = []
    pictures = [Picture(name, partial(shown.__getitem__, name)) for name in shown]
    find = Inspector.of_model(colour_model).peaks

    peaks = all_peaks(find, lambda *done: told.append(done), pictures)
    first, second = exemplars(peaks, 0, ROAD, 2, pictures)

    assert told == [(1, 3), (2, 3), (3, 3)]
    assert (first.name, second.name) == ("red", "pale")
    assert first.value > second.value
    assert (first.row, first.col) == pytest.approx((5.5 / 8, 6.5 / 10))
    assert first.image is shown["red"]


def test_a_twin_is_the_same_network_each_time_with_other_weights(colour_model: str) -> None:
    model = load_model(colour_model)
    torch.manual_seed(7)
    state = torch.random.get_rng_state()

    first, second, other = (untrained_twin(model, seed) for seed in (0, 0, 1))

    assert (torch.random.get_rng_state() == state).all()
    weights = [each.network.state_dict()["weight"] for each in (first, second, other, model)]
    assert (weights[0] == weights[1]).all()
    assert not (weights[0] == weights[2]).all()
    assert not (weights[0] == weights[3]).all()


def test_a_picture_too_large_for_gradients_is_refused(tiny: Inspector) -> None:
    with pytest.raises(SizeError, match="1025 x 4; choose a working size of at most 1024"):
        tiny.gradient(np.zeros((4, 1025, 3), np.uint8), (0, 0))


@pytest.fixture
def process(colour_model: str) -> Iterator[InspectingProcess]:
    """A process that looks into the test's own model store."""
    running = InspectingProcess()
    yield running
    running.end()


def test_a_process_of_its_own_answers_the_same_and_survives_its_end(
    process: InspectingProcess, colour_model: str, picture: NDArray[np.uint8]
) -> None:
    asked, here = AskedInspector(process, colour_model, "weights"), Inspector.of_model(colour_model)

    assert (asked.gradient(picture, (30, 20)) == here.gradient(picture, (30, 20))).all()
    assert process._process is not None
    os.kill(process._process.pid, signal.SIGKILL)
    (stage,), (own,) = asked.stages(picture), here.stages(picture)
    assert (stage.maps == own.maps).all()
    assert (stage.name, stage.stride, stage.channels) == (own.name, own.stride, own.channels)
    assert (asked.peaks(picture)[0].values == here.peaks(picture)[0].values).all()
    assert asked.theoretical((5, 6)) == ((5, 6), (6, 7))
    assert (asked.segmenter().segment(picture).labels[30, 20]) == ROAD
    with pytest.raises(SizeError, match="choose a working size"):
        asked.gradient(np.zeros((4, 1025, 3), np.uint8), (0, 0))
    save_colour_model("other")
    twin = AskedInspector(process, "other", "weights", untrained=True).segmenter()
    assert twin.segment(picture).logits.shape == (4, 40, 48)
    with pytest.raises(ModelNotFoundError):
        AskedInspector(process, "nobody", "weights").stages(picture)
