"""The journal of one correction: a file that every edit, undo and redo is appended to before it counts.

The first line is JSON: the size of the mask, the mask that the journal begins with, and the steps before it.
Each other line is one step: `edit` with the packed runs in base64, `undo`, or `redo`.

A line is written by one call and is with the system when that returns: it survives any end of this process,
kill -9 included. It is not waited for until it is on the disk, which would cost every stroke some hundredths
of a second: a power cut may take the last seconds of strokes. What remains of a line that was cut short, by a
kill or by a full disk, is dropped.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import zlib
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from core.annotation.history import MAX_STEPS, History
from core.annotation.runs import Mask, Runs, unpacked
from core.errors import AnnotationError
from core.files import open_plain, read_plain
from core.languages import sentence
from core.strict_json import parse_json

UNDO, REDO = b"undo\n", b"redo\n"

MAX_EDIT = 4 * 1024**2
"""Bytes of one packed edit: a million runs, some forty times those of a noisy prediction taken whole."""

COMPACT_LINES = 400
COMPACT_BYTES = 32 * 1024**2
"""A journal with more lines or bytes is written anew, with the steps that can be undone alone."""

MAX_BYTES = 256 * 1024**2
"""More than any journal of ours has."""

_EDIT, _FORMAT = b"edit ", 1
_HEAD = {"journal", "height", "width", "steps", "mask"}


@dataclass(frozen=True, eq=False)
class Replayed:
    """What a journal says.

    steps: edits, undos and redos since the correction began. size: bytes of its whole lines. lines: of them.
    """

    history: History
    steps: int
    size: int
    lines: int


def edit_line(packed: bytes) -> bytes:
    """The line of an edit; AnnotationError if that is too large."""
    if len(packed) > MAX_EDIT:
        raise AnnotationError(sentence("This edit is too large to be saved; make it in several parts."))
    return _EDIT + base64.b64encode(packed) + b"\n"


def begun(mask: Mask, steps: int = 0) -> bytes:
    """The first line of a journal that begins with a mask (H, W)."""
    packed = base64.b64encode(zlib.compress(np.ascontiguousarray(mask).tobytes(), 1)).decode("ascii")
    height, width = mask.shape
    head = {"journal": _FORMAT, "height": height, "width": width, "steps": steps, "mask": packed}
    return json.dumps(head).encode() + b"\n"


def compacted(history: History, steps: int) -> bytes:
    """A whole journal of a history with nothing in it but what can be undone or done again.

    The oldest steps are left out if they would take more than half of `COMPACT_BYTES`.
    """
    undone = history.undone[::-1]
    lines = deque(edit_line(edit.forward.packed()) for edit in (*history.done, *undone))
    done = deque(history.done)
    while done and sum(map(len, lines)) > COMPACT_BYTES // 2:
        lines.popleft()
        done.popleft()
    base = history.mask
    for edit in reversed(done):
        base = edit.back.applied_to(base)
    before = steps - len(lines) - len(undone)  # an undone edit was two steps
    return begun(base, before) + b"".join(lines) + UNDO * len(undone)


def append(path: Path, line: bytes, size: int, *, inside: Path) -> None:
    """Append a line to a journal of `size` bytes; after an error it has these and no more.

    inside: as for `core.files.open_plain`. AnnotationError if the file is gone or has another size: somebody
    else has changed it. OSError.
    """
    with _opened(path, inside) as file:
        descriptor = file.fileno()
        if os.fstat(descriptor).st_size != size:
            raise changed_elsewhere()
        rest = line
        try:
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        except OSError as error:
            os.ftruncate(descriptor, size)
            error.filename = error.filename or str(path)  # a write does not know its file's name
            raise


def cut(path: Path, size: int, *, inside: Path) -> None:
    """Keep the first `size` bytes of a journal; parameters and errors as for `append`."""
    with _opened(path, inside) as file:
        os.ftruncate(file.fileno(), size)


def changed_elsewhere() -> AnnotationError:
    """The error for a correction that another program has changed or removed meanwhile."""
    return AnnotationError(
        sentence(
            "This correction was changed or removed elsewhere; reload the page to go on from what is saved."
        )
    )


def replayed(path: Path, classes: int, *, inside: Path) -> Replayed:
    """Replay a journal, whoever wrote it: the state after its last whole line.

    classes: how many there are. FileNotFoundError if there is none; FileKindError; AnnotationError names the
    line of a journal that is damaged.
    """
    data = read_plain(path, MAX_BYTES, inside=inside)
    whole = data[: data.rfind(b"\n") + 1]
    first, *lines = whole.split(b"\n")[:-1] or [b""]
    try:
        base, steps = _head(first)
    except ValueError as error:
        raise _damaged(path, 1) from error
    history = _replayed(path, base, lines, classes)
    return Replayed(history, steps + len(lines), len(whole), len(lines))


def _opened(path: Path, inside: Path) -> BinaryIO:
    try:
        return open_plain(path, os.O_WRONLY | os.O_APPEND, inside=inside)
    except FileNotFoundError:
        raise changed_elsewhere() from None


def _head(line: bytes) -> tuple[Mask, int]:
    """The mask and the steps of a first line; ValueError if it is none."""
    head = parse_json(line)
    if not isinstance(head, dict) or head.keys() != _HEAD or head["journal"] != _FORMAT:
        raise ValueError(sentence("it is no journal"))
    numbers = [head[name] for name in ("height", "width", "steps")]
    if not all(type(number) is int and number >= 0 for number in numbers) or not isinstance(
        head["mask"], str
    ):
        raise ValueError(sentence("its first line has other values"))
    height, width, steps = numbers
    return _unpacked_mask(head["mask"], height, width), steps


def _unpacked_mask(packed: str, height: int, width: int) -> Mask:
    """A mask of exactly this size, however much the bytes would become. ValueError."""
    if height * width > MAX_BYTES:
        raise ValueError(sentence("it is too large"))
    try:
        reader = zlib.decompressobj()
        pixels = reader.decompress(base64.b64decode(packed, validate=True), height * width + 1)
    except zlib.error as error:
        raise ValueError(sentence("its mask is damaged")) from error
    if len(pixels) != height * width:
        raise ValueError(sentence("its mask has another size"))
    return np.frombuffer(pixels, np.uint8).reshape(height, width)


def _replayed(path: Path, base: Mask, lines: list[bytes], classes: int) -> History:
    """The history after all steps: what was undone and then replaced is never worked out."""
    permanent: list[int] = []
    done: list[int] = []
    undone: list[int] = []
    for number, line in enumerate(lines):
        if line.startswith(_EDIT):
            done.append(number)
            undone.clear()
            if len(done) > MAX_STEPS:
                permanent.append(done.pop(0))
        elif line == UNDO.strip() and done:
            undone.append(done.pop())
        elif line == REDO.strip() and undone:
            done.append(undone.pop())
        else:
            raise _damaged(path, number + 2)

    def runs(number: int) -> Runs:
        try:
            packed = base64.b64decode(lines[number].removeprefix(_EDIT), validate=True)
            return unpacked(packed, base.size, classes)
        except (binascii.Error, AnnotationError) as error:
            raise _damaged(path, number + 2) from error

    mask = base
    for number in permanent:
        mask = runs(number).applied_to(mask)
    history = History(mask)
    for number in (*done, *reversed(undone)):
        if not history.edit(runs(number)):
            raise _damaged(path, number + 2)  # what changes nothing was never written
    for _ in undone:
        history.undo()
    return history


def _damaged(path: Path, line: int) -> AnnotationError:
    return AnnotationError(
        sentence(
            "{path} is damaged in line {line}: move it elsewhere, and the correction goes on from "
            "its label map, without the steps that could be undone.",
            path=path,
            line=line,
        )
    )
