"""The film of a run: real previews, drawn by a real run, as a GIF that any program reads."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import RunError
from core.training.runs.film import MOST, WIDTH, make_film, moment_words, moments
from core.training.runs.folder import create_run, run_folder
from core.training.runs.records import Epoch, Preview, RunView, read_run
from core.training.runs.status import enqueue
from core.training.workers.train import work
from tests.runs import make_recipe, make_stage


@pytest.fixture
def view(store, data) -> RunView:
    """A run of two epochs over one validation frame."""
    run = create_run(make_recipe(make_stage(epochs=2)), data)
    enqueue(run_folder(run))
    work(run)
    return read_run(run)


def preview(number: int, epoch: int = 1, batch: int = 3, stage: str = "only") -> Preview:
    return Preview(number, stage, epoch, batch, float(number), ())


def test_a_film_has_a_picture_of_every_moment(view):
    told = []
    film = Image.open(io.BytesIO(make_film(view, lambda done, total: told.append((done, total)))))

    # before the first batch, and after each of two epochs
    assert film.n_frames == 3 == len(view.previews)
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert film.info["loop"] == 0
    durations = []
    for number in range(film.n_frames):
        film.seek(number)
        durations.append(film.info["duration"])
    assert durations[-1] > durations[0]


def test_label_maps_are_in_the_classes_own_colours(view):
    film = Image.open(io.BytesIO(make_film(view)))
    film.seek(film.n_frames - 1)
    page = np.asarray(film.convert("RGB"))
    with Image.open(view.truths[0]) as truth:
        rows = round(truth.height * WIDTH / truth.width)
        wanted = np.asarray(truth.resize((WIDTH, rows), Image.Resampling.NEAREST).convert("RGB"))

    assert (page[-rows - 4 : -4, 4 : 4 + WIDTH] == wanted).all()


def test_pictures_that_did_not_change_are_stored_once(view):
    same = dataclasses.replace(view, previews=view.previews[-1:] * 10)
    once = dataclasses.replace(view, previews=view.previews[-1:])

    assert len(make_film(same)) < 2 * len(make_film(once))


def test_a_run_without_pictures_has_no_film(view):
    with pytest.raises(RunError, match="no preview pictures yet"):
        make_film(dataclasses.replace(view, previews=()))


def picture_of(side: int) -> bytes:
    """A black PNG, which takes a few kilobytes however large it is."""
    file = io.BytesIO()
    Image.new("1", (side, side)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"\x89PNG\r\n\x1a\n", b"no picture", picture_of(14_000)],
    ids=["empty", "cut short", "no picture", "far too large"],
)
def test_a_damaged_picture_is_named(view, content):
    Path(view.previews[1].pictures[0]).write_bytes(content)
    with pytest.raises(RunError, match=r"000002-0\.png cannot be read"):
        make_film(view)


def test_of_many_moments_some_are_chosen_the_first_and_the_last_among_them():
    previews = [preview(number) for number in range(1, 1001)]
    chosen = [each.number for each in moments(previews)]

    assert len(chosen) == MOST == len(set(chosen))
    assert (chosen[0], chosen[-1]) == (1, 1000)
    assert [each.number for each in moments(previews, 3)] == [1, 501, 1000]
    assert moments(previews[:2]) == previews[:2]


def test_words_say_epoch_and_accuracy(view):
    history = (Epoch("only", 1, 1.0, 1.0, 0.5, 0.25, 1.0), Epoch("only", 2, 1.0, 1.0, 0.75, 0.5, 1.0))
    previews = (preview(1, 1, 0), preview(2, 1, 1), preview(3, 1, 2), preview(4, 2, 1), preview(5, 2, 2))
    shown = dataclasses.replace(view, history=history, previews=previews)

    assert [moment_words(each, shown) for each in previews] == [
        "before the first batch",
        "only, epoch 1, after batch 1",
        "only, epoch 1, pixel accuracy 50.0%, mean IoU 25.0%",
        "only, epoch 2, after batch 1 (pixel accuracy 50.0% after the epoch before)",
        "only, epoch 2, pixel accuracy 75.0%, mean IoU 50.0%",
    ]
    # The second epoch has not ended yet: its last picture is not of its end.
    going_on = dataclasses.replace(shown, history=history[:1], previews=previews[:4])
    assert "after the epoch before" in moment_words(previews[3], going_on)
