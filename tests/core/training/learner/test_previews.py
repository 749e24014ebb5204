"""The pictures that show a network learn: which frames, when, and that they show what the network sees."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from PIL import Image

from core.models.networks import find_network
from core.models.weights import load_model
from core.training.batches.data import TrainingExample
from core.training.learner import validation
from core.training.learner.previews import LONGEST, PreviewPainter, chosen
from core.training.learner.validation import PredictsAsTheApp
from core.training.runs.folder import create_run, run_folder
from core.training.runs.records import read_run
from core.training.runs.status import enqueue
from core.training.workers.train import work
from tests.runs import make_recipe, make_stage

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("frames", "places"),
    [(1, [0]), (3, [0, 1, 2]), (4, [0, 1, 2, 3]), (5, [0, 1, 3, 4]), (101, [0, 33, 67, 100])],
)
def test_four_frames_lie_evenly_among_all(frames, places):
    assert chosen(frames) == places


def pixels(path, mode: str | None = None):
    with Image.open(path) as picture:
        return np.array(picture.convert(mode) if mode else picture)


def example(labels, colours) -> TrainingExample:
    image = torch.from_numpy(colours.palette[labels]).permute(2, 0, 1).contiguous()
    return TrainingExample(image, torch.from_numpy(labels))


@pytest.fixture
def seer(colour_model):
    """A network that sees each pixel's class in its colour, as the app runs it."""
    return PredictsAsTheApp(load_model(colour_model).network.eval(), find_network("pixel_colour"))


def test_a_preview_is_what_the_network_sees_in_the_classes_colours(tmp_path, street, colours, seer):
    painter = PreviewPainter(tmp_path, colours, [example(street, colours)])
    painter.paint(seer, 1.0, "only", 1, 0, 0.0)

    folder = tmp_path / "previews"
    assert np.array_equal(pixels(folder / "000001-0.png"), street)
    assert np.array_equal(pixels(folder / "000001-0.png", "RGB"), colours.palette[street])
    assert np.array_equal(pixels(folder / "truth-0.png"), street)
    assert np.array_equal(pixels(folder / "photo-0.png"), colours.palette[street])


def test_the_previews_say_which_colour_is_which_class(tmp_path, street, colours):
    PreviewPainter(tmp_path, colours, [example(street, colours)])

    said = json.loads((tmp_path / "previews" / "classes.json").read_text())
    assert said == {each.name: list(each.colour) for each in colours.classes}


def test_a_preview_is_as_large_as_the_stages_pictures_without_their_padding(tmp_path, street, colours):
    painter = PreviewPainter(tmp_path, colours, [example(street, colours)])
    network = find_network("unet_tiny")
    painter.paint(PredictsAsTheApp(network.build(4, False).eval(), network), 0.5, "only", 1, 0, 0.0)

    assert pixels(tmp_path / "previews" / "000001-0.png").shape == (20, 24)


def test_large_frames_are_shown_small_and_only_in_their_own_classes(tmp_path, colours, seer):
    labels = np.zeros((600, 960), dtype=np.uint8)
    labels[300:] = 1
    painter = PreviewPainter(tmp_path, colours, [example(labels, colours)])
    painter.paint(seer, 1.0, "only", 1, 0, 0.0)

    for name in ("000001-0", "truth-0", "photo-0"):
        assert pixels(tmp_path / "previews" / f"{name}.png").shape[:2] == (300, LONGEST)
    assert set(np.unique(pixels(tmp_path / "previews" / "000001-0.png"))) == {0, 1}


def finished(data, recipe):
    run = create_run(recipe, data)
    enqueue(run_folder(run))
    work(run)
    return read_run(run)


def test_a_run_draws_before_it_learns_and_after_every_epoch(store, data):
    view = finished(data, make_recipe(make_stage("small", 2), make_stage("large", 1)))

    assert [(p.number, p.stage, p.epoch, p.batch) for p in view.previews] == [
        (1, "small", 1, 0),
        (2, "small", 1, 2),
        (3, "small", 2, 2),
        (4, "large", 1, 2),
    ]
    assert len(view.photos) == len(view.truths) == 1
    assert all(picture.is_file() for preview in view.previews for picture in preview.pictures)


def test_a_run_can_draw_between_the_epochs_ends_too(store, data):
    view = finished(data, make_recipe(make_stage(epochs=1), preview_seconds=1e-9))

    # four frames in batches of two: after each, and after the epoch
    assert [(p.epoch, p.batch) for p in view.previews] == [(1, 0), (1, 1), (1, 2), (1, 2)]


def test_drawing_changes_nothing_about_what_is_learnt(store, data):
    often, rarely = (
        finished(data, make_recipe(network="unet_tiny", preview_seconds=seconds)) for seconds in (1e-9, None)
    )

    assert [e[2:6] for e in often.history] == [e[2:6] for e in rarely.history]


def test_a_network_is_exported_once_an_epoch(store, data, monkeypatch):
    exported = []
    export = validation.export_graph
    monkeypatch.setattr(validation, "export_graph", lambda *given: exported.append(given) or export(*given))
    finished(data, make_recipe(make_stage(epochs=3), network="unet_tiny", preview_seconds=None))

    assert len(exported) == 1 + 3  # before it learns anything, and of each epoch for figures and pictures
