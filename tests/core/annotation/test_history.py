"""Edits as runs of pixels, and a mask whose edits are undone and done again exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.annotation.history import MAX_STEPS, History
from core.annotation.runs import NOT_REVIEWED, between, unpacked
from core.errors import AnnotationError

CLASSES = 4
masks = arrays(np.uint8, (5, 6), elements=st.sampled_from([0, 1, 2, 3, NOT_REVIEWED]))


@given(masks, masks)
def test_the_runs_between_two_masks_make_one_of_the_other(before, after):
    runs = between(before, after)
    assert np.array_equal(runs.applied_to(before), after)
    assert runs.lengths.sum() == (before != after).sum()


@given(masks, masks)
def test_packed_runs_come_back_the_same(before, after):
    runs = between(before, after)
    again = unpacked(runs.packed(), before.size, CLASSES)
    assert [a.tolist() for a in (again.starts, again.lengths, again.values)] == [
        a.tolist() for a in (runs.starts, runs.lengths, runs.values)
    ]


@given(st.binary(max_size=12))
def test_bytes_from_anybody_are_runs_inside_the_mask_or_refused(packed):
    try:
        runs = unpacked(packed, 30, CLASSES)
    except AnnotationError:
        return
    runs.applied_to(np.zeros((5, 6), np.uint8))
    assert (runs.starts + runs.lengths <= 30).all()
    assert np.isin(runs.values, [*range(CLASSES), NOT_REVIEWED]).all()


@pytest.mark.parametrize(
    "packed",
    [
        b"\x00\x1f\x01",
        b"\x1e\x01\x01",
        b"\x00\x00\x01",
        b"\x00\x01\x04",
        b"\x00\x01",
        b"\x80\x80\x80\x80\x80\x01\x01",
    ],
    ids=["too long", "outside", "empty", "no class", "cut short", "endless number"],
)
def test_runs_that_do_not_fit_are_refused_in_a_sentence(packed):
    with pytest.raises(AnnotationError, match="reload the page"):
        unpacked(packed, 30, CLASSES)


@given(st.lists(st.one_of(masks, st.sampled_from(["undo", "redo"])), max_size=30))
def test_undo_and_redo_are_exact(steps):
    history = History(np.full((5, 6), NOT_REVIEWED, np.uint8))
    past, future = [history.mask], []
    for step in steps:
        if isinstance(step, str) and step == "undo":
            assert history.undo() == (len(past) > 1)
            if len(past) > 1:
                future.append(past.pop())
        elif isinstance(step, str):
            assert history.redo() == bool(future)
            if future:
                past.append(future.pop())
        elif history.edit(between(history.mask, step)):
            past, future = [*past, step], []
        assert np.array_equal(history.mask, past[-1])


def test_the_last_hundred_edits_can_be_undone():
    history = History(np.zeros((1, 1), np.uint8))
    for number in range(MAX_STEPS + 7):
        history.edit(between(history.mask, np.array([[number % 2 + 1]], np.uint8)))
    assert sum(history.undo() for _ in range(2 * MAX_STEPS)) == MAX_STEPS


def test_a_long_stroke_takes_few_bytes():
    before, after = np.zeros((768, 1024), np.uint8), np.zeros((768, 1024), np.uint8)
    after[:, 300:400] = 3
    assert len(between(before, after).packed()) < 5 * 768


@given(masks, masks, masks)
def test_a_copy_goes_its_own_way(base, first, second):
    history = History(base)
    history.edit(between(base, first))
    copy = history.copy()
    copy.edit(between(first, second))
    copy.undo()
    copy.undo()

    assert np.array_equal(history.mask, first)
    assert len(history.done) == int(not np.array_equal(base, first))
    assert not history.undone


def test_of_edits_of_very_many_runs_the_oldest_cannot_be_undone(monkeypatch):
    monkeypatch.setattr("core.annotation.history.MAX_RUNS", 60)
    history = History(np.zeros((5, 6), np.uint8))
    masks = [np.roll(np.resize([0, 1, 2], (5, 6)), step, axis=1).astype(np.uint8) for step in range(1, 4)]
    for mask in masks:
        history.edit(between(history.mask, mask))

    assert history.undo()
    assert np.array_equal(history.mask, masks[1])
    assert not history.undo()
    assert history.redo()
    assert np.array_equal(history.mask, masks[2])
