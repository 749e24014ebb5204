"""Hostile sets of corrections on the disk, and hostile messages from the browser that draws on them."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sys
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.annotation import store
from core.annotation.formats.choice import FORMATS
from core.annotation.runs import NOT_REVIEWED, Runs, between
from core.annotation.store import OpenCorrection, Source, open_correction, open_saved, open_set, set_folder
from core.errors import StreetScopeError
from tests.attack._attempt import attempt, command, count, own_house
from tests.attack.models import ODD_FILES, make_odd
from tests.attack.tally import Tally
from tests.conftest import COLOURS, ROAD, ROOT, TREE
from tests.pictures import huge_png, save

SET = "mine"
SIZE = (40, 48)
FLIPS = 6
PAGES = 12
"""How many of the hostile sets are also opened on the page Annotate."""

MESSAGES = 400
"""Messages by chance, beside those that were thought of."""

ODD_VALUES: tuple[Any, ...] = (
    None, True, -1, 2**64, 10**400, 1e308, "", "\ud800", "\x1b[31m", "x" * 99_999, [], [[0]], {"a": {}},
)  # fmt: skip

Change = Callable[[Path], None]


def attack(tally: Tally, folder: Path) -> None:
    """Open, correct, list and export each hostile set, and send each hostile message to a sound one."""
    with own_house(folder):
        keys = [correct(number).key for number in range(2)]
        mine, kept = set_folder(SET), folder / "kept"
        shutil.copytree(mine, kept)
        outside = folder / "outside"
        outside.mkdir()
        (outside / "mine.txt").write_text("Nobody may write here.")
        frames = [open_set(SET).picture(key).frame for key in keys]
        names = f"journals/{keys[1]}", f"images/{frames[1]}.png", f"labels/{frames[1]}_P.png"
        other = [mine / name for name in names]
        changes = list(_changes(keys[0], frames[0], outside))
        shown = set(random.Random(2).sample(range(len(changes)), PAGES))
        for number, (what, change) in enumerate(changes):
            change(mine)
            _try(tally, what, keys[0], other, outside)
            if number in shown:
                count(tally, f"{what}: page Annotate", attempt(_page))
            shutil.rmtree(mine) if mine.is_dir() and not mine.is_symlink() else mine.unlink(missing_ok=True)
            shutil.copytree(kept, mine)
        for what, action in (*_messages(), *_questions()):
            count(tally, what, attempt(partial(_told, keys[0], action)))


def _picture(number: int) -> NDArray[np.uint8]:
    labels = (np.indices(SIZE).sum(axis=0) // 7 + number) % 3
    picture: NDArray[np.uint8] = COLOURS.palette[labels]
    return picture


def _open(number: int) -> OpenCorrection:
    """As the page does: found again by its picture, or begun."""
    image = _picture(number)
    start = np.full(SIZE, TREE, np.uint8)
    return open_correction(SET, image, start, COLOURS, Source("photo", f"photo {number}.png", "whole"))


def correct(number: int) -> OpenCorrection:
    """A picture with two strokes, of which one is undone."""
    correction = _open(number)
    for row in (5, 20):
        mask = correction.mask.copy()
        mask[row : row + 6, 4:40] = ROAD
        correction.edit(between(correction.mask, mask).packed())
    correction.undo()
    return correction


# --- sets on the disk -----------------------------------------------------------------------------


def _try(tally: Tally, what: str, key: str, other: list[Path], outside: Path) -> None:
    """key: of the picture whose files are damaged; other: the files of the other one."""
    sound, beside = {path: _digest(path) for path in other}, _listing(outside)
    zipped = str(outside.parent / "x.zip")
    for name, action in (
        ("list", command("annotate", "list", "--json")),
        ("export", command("annotate", "export", SET, "--format", FORMATS[0].name, "--out", zipped)),
        ("opened by its key", partial(_sentence, lambda: open_saved(SET, key))),
        ("drawn on", partial(_sentence, lambda: _draw(0))),
        ("the other is drawn on", partial(_sentence, lambda: _draw(1))),
    ):
        ended = attempt(action)
        count(tally, f"{what}: {name}", ended)
        if "root:" in ended.printed + ended.said:
            tally.count("lost", f"{what}: {name}: a file from outside is shown")
        if name != "the other is drawn on" and any(_digest(path) != was for path, was in sound.items()):
            tally.count("lost", f"{what}: {name}: the other picture's files have changed")
    if _listing(outside) != beside:
        tally.count("lost", f"{what}: something outside has changed")


def _draw(number: int) -> None:
    """Open a picture and draw a stroke, which must be on the disk afterwards."""
    correction = _open(number)
    mask = correction.mask.copy()
    mask[30:34, 4:40] = (correction.mask[30, 4] + 1) % 3
    correction.edit(between(correction.mask, mask).packed())
    store._kept.clear()
    if not (open_saved(SET, correction.key).mask == mask).all():
        raise AssertionError("the stroke is lost")


def _sentence(action: Callable[[], object]) -> int:
    """As the page answers: 2 with one sentence on the second output for what cannot be."""
    try:
        action()
    except StreetScopeError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _listing(folder: Path) -> list[tuple[str, int, int]]:
    return [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.iterdir())]


def _page() -> int:
    """Open the page Annotate without a browser; 1 for a traceback on it."""
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/annotate.py").run()
    for error in app.exception:
        print(error.message)
    return 1 if app.exception else 0


def _changes(key: str, frame: str, outside: Path) -> Iterator[tuple[str, Change]]:
    """What is done to a set, by name; `key` and `frame` are of the picture whose files are damaged."""
    files = {
        "manifest": "manifest.json",
        "journal": f"journals/{key}",
        "label map": f"labels/{frame}_P.png",
        "picture": f"images/{frame}.png",
        "start": f"starts/{key}.png",
        "class list": "codes.txt",
        "colour list": "label_colors.txt",
    }
    for (what, name), kind in product(files.items(), ODD_FILES):
        yield f"{what} {kind}", partial(_odd, name=name, kind=kind)
    for (what, name), seed in product(files.items(), range(FLIPS)):
        yield f"{what} flipped {seed}", partial(_flip, name=name, seed=seed)
    for one, other in product(("label map", "picture", "start", "journal"), repeat=2):
        if one != other:
            yield f"{other} in the {one}'s place", partial(_swap, one=files[one], other=files[other])
    for name in ("images", "labels", "journals", "starts"):
        yield f"{name} is a link", partial(_linked, name=name, outside=outside)
    yield "the set is a link", partial(_linked, name=".", outside=outside)
    yield from _manifests()
    yield from _journals(key)
    yield from _pictures(files)


def _manifests() -> Iterator[tuple[str, Change]]:
    places: tuple[tuple[str | int, ...], ...] = (
        ("format",), ("classes",), ("classes", 0), ("classes", 0, "name"), ("classes", 0, "colour"),
        ("pictures",), ("pictures", 0), ("pictures", 0, "key"), ("pictures", 0, "kind"),
        ("pictures", 0, "name"), ("pictures", 0, "model"), ("pictures", 0, "height"),
        ("pictures", 0, "reviewed"), ("pictures", 0, "file"),
    )  # fmt: skip
    for place in places:
        for number, value in enumerate(ODD_VALUES):
            yield f"manifest {place} odd value {number}", partial(_set, place=place, value=value)
    for name in ("../../../outside/mine", "/etc/passwd", "a" * 64, "A" * 64, "0" * 64, "..", "\x1b]0;x\x07"):
        yield f"manifest key {name[:20]!r}", partial(_set, place=("pictures", 0, "key"), value=name)
        yield f"manifest name {name[:20]!r}", partial(_set, place=("pictures", 0, "name"), value=name)
        yield f"manifest file {name[:20]!r}", partial(_set, place=("pictures", 0, "file"), value=name)
    yield "manifest with a class too many", partial(_edit, edit=lambda content: content["classes"].append(1))
    yield "manifest with classes swapped", partial(_edit, edit=lambda content: content["classes"].reverse())
    yield "manifest with a picture twice", partial(_edit, edit=_twice)
    yield "manifest of other sizes", partial(_set, place=("pictures", 0, "height"), value=41)
    yield "manifest of huge sizes", partial(_set, place=("pictures", 0, "width"), value=2**31)


def _twice(content: dict[str, Any]) -> None:
    content["pictures"].append(content["pictures"][0])


def _journals(key: str) -> Iterator[tuple[str, Change]]:
    path = f"journals/{key}"
    head: dict[str, Any] = {"journal": 1, "height": SIZE[0], "width": SIZE[1], "steps": 0}
    sound = b64encode(zlib.compress(bytes(SIZE[0] * SIZE[1]))).decode()
    for name, value in product(("journal", "height", "width", "steps", "mask"), ODD_VALUES):
        line = json.dumps({**head, "mask": sound, name: value}).encode() + b"\n"
        yield f"journal with {name} {str(value)[:12]!r}", partial(_write, name=path, data=line)
    bomb = b64encode(zlib.compress(bytes(300 * 1024**2), 9)).decode()
    for height, width in (SIZE, (2**14, 2**14), (2**31, 2**31), (1, 1), (0, 0)):
        line = json.dumps({**head, "height": height, "width": width, "mask": bomb}).encode() + b"\n"
        yield f"journal whose mask is a bomb of {height} x {width}", partial(_write, name=path, data=line)
    begin = json.dumps({**head, "mask": sound}).encode() + b"\n"
    whole = b64encode(b"\0" + _number(SIZE[0] * SIZE[1]) + b"\1")
    lines = {
        "undo of nothing": b"undo\n",
        "redo of nothing": b"redo\n",
        "no such step": b"paint it black\n",
        "an edit of nothing": b"edit \n",
        "an edit that changes nothing": b"edit " + b64encode(b"\0\1\0") + b"\n",
        "a class there is not": b"edit " + b64encode(b"\0\1\x63") + b"\n",
        "a run beyond the end": b"edit " + b64encode(b"\0" + _number(10**6) + b"\1") + b"\n",
        "a number without an end": b"edit " + b64encode(b"\xff" * 50) + b"\n",
        "no base64": b"edit \xff\xfe***\n",
        "nul bytes": bytes(100) + b"\n",
        "a line that never ends": b"edit " + b"A" * 10_000_000,
        "a hundred thousand undos": (b"edit " + whole + b"\nundo\n") * 50_000,
        "a million empty lines": b"\n" * 1_000_000,
    }
    for name, data in lines.items():
        yield f"journal with {name}", partial(_write, name=path, data=begin + data)


def _number(value: int) -> bytes:
    return Runs(np.array([0]), np.array([value]), np.zeros(1, np.uint8)).packed()[1:-1]


def _pictures(files: Mapping[str, str]) -> Iterator[tuple[str, Change]]:
    pictures = {
        "huge": huge_png(),
        "of another size": save(np.zeros((32, 32), np.uint8), "PNG"),
        "of other numbers": save(np.full(SIZE, 77, np.uint8), "PNG"),
        "of colours": save(np.full((*SIZE, 3), 9, np.uint8), "PNG"),
    }
    for what, (kind, data) in product(("label map", "picture", "start"), pictures.items()):
        yield f"{what} {kind}", partial(_write, name=files[what], data=data)


def _odd(folder: Path, name: str, kind: str) -> None:
    make_odd(folder / name, kind)


def _write(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)


def _flip(folder: Path, name: str, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray((folder / name).read_bytes())
    for _ in range(chance.randint(1, 8)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    (folder / name).write_bytes(content)


def _swap(folder: Path, one: str, other: str) -> None:
    shutil.copyfile(folder / other, folder / one)


def _linked(folder: Path, name: str, outside: Path) -> None:
    shutil.rmtree(folder / name)
    (folder / name).symlink_to(outside)


def _edit(folder: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "manifest.json"
    content = json.loads(path.read_text("utf-8"))
    edit(content)
    path.write_text(json.dumps(content), "utf-8")


def _set(folder: Path, place: tuple[str | int, ...], value: Any) -> None:
    def edit(content: Any) -> None:
        for part in place[:-1]:
            content = content[part]
        content[place[-1]] = value

    _edit(folder, edit)


# --- messages from the browser --------------------------------------------------------------------

Message = dict[str, Any]


def _told(key: str, action: Callable[[OpenCorrection], object]) -> int:
    """Do something to a sound correction: what was saved stays, and the next stroke is saved too."""
    correction = open_saved(SET, key)
    said = action(correction)
    if isinstance(said, str) and said and not (said.endswith(".") and "\n" not in said):
        print(f"no sentence: {said!r}", file=sys.stderr)
        return 1
    if ((correction.mask >= len(correction.class_list)) & (correction.mask != NOT_REVIEWED)).any():
        print("a class that there is not", file=sys.stderr)
        return 1
    mask = correction.mask.copy()
    mask[38:] = (mask[38, 0] + 1) % 3
    correction.edit(between(correction.mask, mask).packed())
    version = correction.version
    store._kept.clear()
    again = open_saved(SET, key)
    if not (again.mask == mask).all() or again.version != version:
        print("what was saved is lost", file=sys.stderr)
        return 1
    return 0


def _taken(message: Message, correction: OpenCorrection) -> str:
    """What the editor's server says to a message; its own fields are right where it has none."""
    from pages.widgets.annotate.editor.packing import identity
    from pages.widgets.annotate.editor.taking import take

    answer = take(correction, {"id": identity(correction), "client": "c", "attempt": 1} | message)
    if answer is not None:
        json.dumps(answer.__dict__)
    return "" if answer is None else answer.trouble


def _messages() -> Iterator[tuple[str, Callable[[OpenCorrection], object]]]:
    good = b64encode(b"\0\7\1").decode()
    for name, (number, value) in product(("id", "client", "attempt", "edits", "sum"), enumerate(ODD_VALUES)):
        edits = [[1, "edit", good, 3]]
        yield f"message with {name} odd value {number}", partial(_taken, {"edits": edits, name: value})
    for place, (number, value) in product(range(5), enumerate(ODD_VALUES)):
        edit: list[Any] = [1, "edit", good, 3]
        edit[place : place + 1] = [value]
        yield f"edit's part {place} odd value {number}", partial(_taken, {"edits": [edit]})
    packs = {
        "nothing": b"",
        "half a number": b"\xff",
        "a number without an end": b"\xff" * 100,
        "a run of nothing": b"\0\0\1",
        "a run beyond the end": b"\0" + _number(10**7) + b"\1",
        "a class there is not": b"\0\1\x63",
        "a million runs": b"\1\1\1" * 1_000_000,
        "more than an edit may have": b"\0\1\1" * 2_000_000,
    }
    for what, packed in packs.items():
        edit = [1, "edit", b64encode(packed).decode(), 3]
        yield f"an edit of {what}", partial(_taken, {"edits": [edit]})
    for name in ("", " ", "a" * 10_000, "\0", "\x1b[2J", "Sky\nRoad", "\u202e", "../x", "<b>", "Sk\u0423"):
        edit = [1, "class", b64encode(name.encode()).decode(), 3]
        yield f"a class called {name[:10]!r}", partial(_taken, {"edits": [edit]})
    many = [[n + 1, "class", b64encode(f"class {n}".encode()).decode(), 3] for n in range(400)]
    yield "four hundred new classes", partial(_taken, {"edits": many})
    yield "ten thousand undos", partial(_taken, {"edits": [[n, "undo", "", n] for n in range(10_000)]})
    for kind, version in product(("undo", "redo", "edit"), (-(10**400), -1, 0, 3, 4, 10**400)):
        yield (
            f"{kind} of a version {str(version)[:5]}",
            partial(_taken, {"edits": [[1, kind, good, version]]}),
        )
    chance = random.Random(3)
    for number in range(MESSAGES):
        yield f"message {number} by chance", partial(_taken, _by_chance(chance))


def _by_chance(chance: random.Random) -> Message:
    def edit() -> list[Any]:
        packed = chance.randbytes(chance.randrange(12))
        kind = chance.choice(("edit", "edit", "undo", "redo", "class", "Edit", ""))
        return [chance.randrange(-1, 6), kind, b64encode(packed).decode(), chance.randrange(-2, 8)]

    return {"edits": [edit() for _ in range(chance.randrange(6))], "sum": chance.randrange(2**32)}


def _questions() -> Iterator[tuple[str, Callable[[OpenCorrection], object]]]:
    """Messages that ask for suggestions or regions."""
    for asked, name, (number, value) in product(_ANSWERING, ("id", "number", "seen"), enumerate(ODD_VALUES)):
        yield f"{asked} with {name} odd value {number}", partial(_answered, asked, {name: value})
    for name, (number, value) in product(("id", "scale"), enumerate(ODD_VALUES)):
        yield f"regions with {name} odd value {number}", partial(_cut, {name: value})
    for kind, (number, value) in product(
        ("edits", "suggest", "live", "doubt", "regions"), enumerate(ODD_VALUES)
    ):
        yield f"{kind} odd value {number}", partial(_state, kind, value)


_ANSWERING = {"suggest": "suggesting.suggested", "live": "suggesting.live", "doubt": "doubt.doubtful"}
"""What answers a question, by the name under which the browser asks it."""


def _answered(asked: str, message: Message, correction: OpenCorrection) -> str:
    from pages.widgets.annotate.editor.packing import identity
    from pages.widgets.annotate.editor.reading import Network

    module, _, name = _ANSWERING[asked].partition(".")
    answer = getattr(import_module(f"pages.widgets.annotate.editor.{module}"), name)
    network = Network("nobody", lambda: (_ for _ in ()).throw(AssertionError("never asked")))
    found = answer(correction, {"id": identity(correction), "number": 1} | message, network)
    return str(getattr(found, "trouble", "") or getattr(found, "words", ""))


def _cut(message: Message, correction: OpenCorrection) -> None:
    from pages.widgets.annotate.editor.packing import identity

    _state("regions", {"id": identity(correction), "scale": "middle"} | message, correction)


def _state(kind: str, value: Any, correction: OpenCorrection) -> None:
    """Put a message where Streamlit puts it, and have the editor look at it."""
    import streamlit as st

    from pages.widgets.annotate.editor import editor

    st.session_state[editor._KEY] = {kind: value}
    editor._regions(correction)
    editor._sent(kind)
