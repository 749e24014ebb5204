"""A journal replays to the pixel, undo included; what was cut short is dropped, what is damaged is named."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.annotation.history import MAX_STEPS, History
from core.annotation.journal import (
    REDO,
    UNDO,
    append,
    begun,
    compacted,
    cut,
    edit_line,
    replayed,
)
from core.annotation.runs import NOT_REVIEWED, Mask, between
from core.errors import AnnotationError, FileKindError

CLASSES = 4
SIZE = (5, 6)
VALUES = [0, 1, 2, 3, NOT_REVIEWED]


def mask_of(seed: int) -> Mask:
    """A mask in which anything may be anywhere."""
    return np.random.default_rng(seed).choice(np.array(VALUES, np.uint8), SIZE)


masks = st.integers(0, 999).map(mask_of)
steps = st.lists(st.one_of(masks, st.sampled_from(["undo", "redo"])), max_size=40)


def same(one: History, other: History) -> bool:
    """Whether two histories have the same mask, and whatever is undone and redone gives the same."""
    if not np.array_equal(one.mask, other.mask):
        return False
    for mine, others in ((one.done, other.done), (one.undone, other.undone)):
        if [edit.forward.packed() for edit in mine] != [edit.forward.packed() for edit in others]:
            return False
        if [edit.back.packed() for edit in mine] != [edit.back.packed() for edit in others]:
            return False
    return True


def played(base: Mask, steps: list[Mask | str]) -> tuple[History, list[bytes]]:
    """The history after some steps, and the lines of those that changed something."""
    history = History(base)
    return history, play(history, steps)


def play(history: History, steps: list[Mask | str]) -> list[bytes]:
    """Take some steps; the lines of those that changed something."""
    lines = []
    for step in steps:
        if isinstance(step, str):
            changed = history.undo() if step == "undo" else history.redo()
            line = UNDO if step == "undo" else REDO
        else:
            runs = between(history.mask, step)
            changed, line = history.edit(runs), edit_line(runs.packed())
        lines += [line] if changed else []
    return lines


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a journal may be written again and again."""
    return tmp_path_factory.mktemp("journals") / "journal"


@given(base=masks, steps=steps)
def test_replaying_equals_the_state_before_history_included(path, base, steps):
    history, lines = played(base, steps)
    path.write_bytes(begun(base) + b"".join(lines))
    found = replayed(path, CLASSES, inside=path.parent)

    assert same(found.history, history)
    assert (found.steps, found.lines, found.size) == (len(lines), len(lines), path.stat().st_size)


@given(base=masks, steps=steps, more=steps)
def test_a_compacted_journal_is_the_same_and_goes_on_the_same(path, base, steps, more):
    history, lines = played(base, steps)
    short = compacted(history, len(lines))
    path.write_bytes(short)
    found = replayed(path, CLASSES, inside=path.parent)

    assert same(found.history, history)
    assert found.steps == len(lines)
    # and the same steps lead both to the same place
    for each in (history, found.history):
        play(each, more)
    assert same(found.history, history)


@pytest.mark.parametrize("seed", range(4))
def test_more_steps_than_can_be_undone_replay_the_same(path, seed):
    chance = np.random.default_rng(seed)
    base = np.full(SIZE, NOT_REVIEWED, np.uint8)
    steps: list[Mask | str] = []
    for _ in range(2 * MAX_STEPS):
        kinds = ["undo"] * 2 + ["redo"] * 2 + ["edit"] * 6
        kind = str(chance.choice(kinds))
        steps.append(mask_of(int(chance.integers(999))) if kind == "edit" else kind)
    steps += ["undo"] * int(chance.integers(MAX_STEPS + 5))
    history, lines = played(base, steps)
    for data in (begun(base) + b"".join(lines), compacted(history, len(lines))):
        path.write_bytes(data)
        found = replayed(path, CLASSES, inside=path.parent)
        assert same(found.history, history)
        assert found.steps == len(lines)


@given(base=masks, steps=steps, data=st.data())
def test_wherever_the_end_is_torn_off_the_whole_lines_count(path, base, steps, data):
    _, lines = played(base, steps)
    head = begun(base)
    whole = head + b"".join(lines)
    end = data.draw(st.integers(len(head), len(whole)))
    path.write_bytes(whole[:end])
    found = replayed(path, CLASSES, inside=path.parent)

    ends = [len(head)]
    for line in lines:
        ends.append(ends[-1] + len(line))
    kept = max(number for number, place in enumerate(ends) if place <= end)
    assert (found.lines, found.size) == (kept, ends[kept])
    path.write_bytes(head + b"".join(lines[:kept]))
    assert same(found.history, replayed(path, CLASSES, inside=path.parent).history)


def test_zeros_at_the_end_as_after_a_power_cut_are_dropped(path):
    base = np.zeros(SIZE, np.uint8)
    path.write_bytes(begun(base) + edit_line(between(base, base + 1).packed()) + bytes(1000))

    assert (replayed(path, CLASSES, inside=path.parent).history.mask == 1).all()


def test_lines_are_appended_and_cut_off(path):
    head = begun(np.zeros(SIZE, np.uint8))
    path.write_bytes(head)
    append(path, b"one\n", len(head), inside=path.parent)
    append(path, b"two\n", len(head) + 4, inside=path.parent)
    cut(path, len(head) + 4, inside=path.parent)

    assert path.read_bytes() == head + b"one\n"


def test_what_another_program_has_changed_is_not_written_over(path, tmp_path):
    path.write_bytes(b"head\nmore\n")
    with pytest.raises(AnnotationError, match="changed or removed elsewhere; reload the page"):
        append(path, UNDO, 5, inside=path.parent)
    with pytest.raises(AnnotationError, match="changed or removed elsewhere"):
        append(tmp_path / "nowhere", UNDO, 0, inside=tmp_path)

    assert path.read_bytes() == b"head\nmore\n"
    assert not (tmp_path / "nowhere").exists()


def test_on_a_full_disk_nothing_of_a_line_stays(tmp_path, small_files):
    head = begun(np.zeros(SIZE, np.uint8))
    (tmp_path / "journal").write_bytes(head)
    with pytest.raises(OSError, match="journal"):
        append(tmp_path / "journal", b"x" * 2000, len(head), inside=tmp_path)
    append(tmp_path / "journal", UNDO, len(head), inside=tmp_path)

    assert (tmp_path / "journal").read_bytes() == head + UNDO


def test_an_edit_of_a_whole_street_is_small_and_a_monstrous_one_is_refused():
    assert edit_line(b"abc") == b"edit YWJj\n"
    with pytest.raises(AnnotationError, match="too large to be saved"):
        edit_line(bytes(4 * 1024**2 + 1))


# Strangers' journals


def header(**changed: object) -> bytes:
    """A first line with other values."""
    return json.dumps(json.loads(begun(np.zeros(SIZE, np.uint8))) | changed).encode() + b"\n"


GARBAGE = {
    "nothing": b"",
    "noise": os.urandom(500),
    "no line end": b"{}",
    "other JSON": b"[1, 2]\n",
    "another format": header(journal=2),
    "a size that is no number": header(height="5"),
    "a negative size": header(height=-5, width=-6),
    "a huge size": header(height=10**9, width=10**9),
    "another size": header(height=50),
    "more steps than a number has": header(steps=1e400),
    "no base64": header(mask="!!"),
    "no mask": header(mask="AAAA"),
    "deep JSON": b"[" * 100_000 + b"\n",
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_a_first_line_of_garbage_is_one_sentence(path, kind, refusal):
    path.write_bytes(GARBAGE[kind])
    sentence = refusal(lambda: replayed(path, CLASSES, inside=path.parent), AnnotationError)

    assert "damaged in line 1: move it elsewhere" in sentence


@pytest.mark.parametrize(
    "line",
    [b"", b"edit", b"edit !", b"edit YWJj", b"edit AAFk", b"undo", b"redo", b"drop", b"\0\0"],
    ids=lambda line: line.decode().replace("\0", "0") or "empty",
)
def test_a_line_of_garbage_is_named(path, line, refusal):
    base = np.zeros(SIZE, np.uint8)
    path.write_bytes(begun(base) + edit_line(between(base, base + 1).packed()) + UNDO + REDO)
    replayed(path, CLASSES, inside=path.parent)
    path.write_bytes(begun(base) + line + b"\n")

    assert "damaged in line 2:" in refusal(
        lambda: replayed(path, CLASSES, inside=path.parent), AnnotationError
    )


def test_a_mask_that_would_become_huge_is_not_unpacked(path, refusal):
    bomb = json.loads(begun(np.zeros((4000, 4000), np.uint8)))
    path.write_bytes(json.dumps(bomb | {"height": 5, "width": 6}).encode() + b"\n")

    assert "damaged in line 1" in refusal(
        lambda: replayed(path, CLASSES, inside=path.parent), AnnotationError
    )


def test_a_journal_that_is_a_link_is_not_followed(path, tmp_path):
    path.write_bytes(begun(np.zeros(SIZE, np.uint8)))
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(FileKindError):
        replayed(tmp_path / "link", CLASSES, inside=tmp_path)
