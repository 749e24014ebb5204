"""By which data set a model remembers what it knew."""

from __future__ import annotations

import numpy as np
import pytest

from core.classes import CAMVID_11
from core.models.card import ModelCard, class_entries, normalisation
from core.models.networks import find_network
from core.project import data_folder
from core.training.corrections import replay
from core.training.corrections.replay import reference_dataset, replay_frames
from tests.conftest import COLOURS, SKY, write_dataset


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def card(measured_on: str, classes=CAMVID_11, **changes) -> ModelCard:
    network = find_network("pixel_colour")
    return ModelCard(
        name="start",
        network=network.name,
        class_list=class_entries(classes),
        normalisation=normalisation(network),
        metrics={"dataset": measured_on},
        **changes,
    )


def write(data, name, count=3, codes=COLOURS.names):
    labels = {f"a{number:02}": np.full((20, 40), SKY, np.uint8) for number in range(count)}
    return write_dataset(data, labels, valid=("a00",), name=name, codes=codes)


def test_what_the_model_was_measured_on_comes_first_then_camvid_then_toytown(data):
    for name in ("toytown", "camvid", "mine"):
        write(data, name)

    assert reference_dataset(card("Mine")).name == "mine"
    assert reference_dataset(card("elsewhere")).name == "camvid"
    write(data, "other", codes=("Cat",))
    assert reference_dataset(card("other")).name == "camvid"


def test_it_is_read_at_the_size_at_which_the_model_was_trained(data):
    write(data, "mine")

    assert reference_dataset(card("mine", trained_size=(40, 80))).longest == 80
    assert reference_dataset(card("mine")).longest is None


def test_toytown_is_drawn_where_no_data_set_is_here(data, monkeypatch):
    monkeypatch.setattr(replay, "toytown", lambda folder: write(folder.parent, folder.name))

    assert reference_dataset(card("elsewhere")).root == data_folder() / "toytown"


def test_a_model_of_other_classes_has_nothing_to_remember_by(data):
    cats = COLOURS.select("Cats", ("Tree",))
    renamed = type(cats)("Cats", tuple(type(c)("Cat", c.colour) for c in cats.classes))

    assert reference_dataset(card("elsewhere", renamed)) is None
    assert not (data / "toytown").exists()


def test_replay_frames_are_spread_evenly(data, monkeypatch):
    monkeypatch.setattr(replay, "MOST_FRAMES", 4)
    dataset = reference_dataset(card(write(data, "mine", count=13).name))

    assert [frame.name for frame in replay_frames(dataset)] == ["a01", "a04", "a07", "a10"]
