"""Hostile zips of labels, in each format, brought into a set of corrections that has something already."""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
import shutil
import zlib
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np

from core.annotation.exchange.labelled import Labelled
from core.annotation.formats.choice import FORMATS, write
from core.annotation.formats.format import Format
from core.annotation.store import set_folder
from tests.attack._attempt import attempt, command, count, own_house
from tests.attack.corrections import SET, correct
from tests.attack.tally import Tally
from tests.conftest import COLOURS, ROAD, SKY
from tests.pictures import huge_png, save

FLIPS = 20
PLACES = 20
"""At most so many values of a document are replaced."""

BOMB = 100 * 1024**2
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**64,
    1e308,
    "",
    "\ud800",
    "x" * 100_000,
    [],
    [[0]],
    {"a": {}},
)

OUTSIDE = ("../outside.png", "/etc/outside.png", "a/../../outside.png", "C:\\outside.png", "\\\\host\\a.png")

Files = dict[str, bytes]


def attack(tally: Tally, folder: Path) -> None:
    """Bring each hostile zip into a set, and see that the set and everything beside it stay what they are."""
    with own_house(folder):
        correct(0)
        mine, kept = set_folder(SET), folder / "kept"
        shutil.copytree(mine, kept)
        given = folder / "given.zip"
        for chosen in FORMATS:
            sound = _zipped(chosen)
            for what, data in (("as it is", sound), *_hostile(sound)):
                given.write_bytes(data)
                _try(tally, f"{chosen.name}: {what}", given, folder)
                shutil.rmtree(mine)
                shutil.copytree(kept, mine)


def _try(tally: Tally, what: str, given: Path, folder: Path) -> None:
    before, beside = _steps(), _beside(folder)
    ended = attempt(command("annotate", "import", str(given), "--set", SET, "--json"))
    count(tally, what, ended)
    if any(_steps().get(name) != steps for name, steps in before.items()):
        tally.count("lost", f"{what}: what was corrected before has changed")
    if _beside(folder) != beside:
        tally.count("lost", f"{what}: something beside the set has changed")
    if what.endswith("as it is") and ended.status:
        tally.count("lost", f"{what}: it is refused: {ended.said}")


def _steps() -> dict[str, str]:
    """The picture and the journal of each correction."""
    files = [path for name in ("images", "journals") for path in (set_folder(SET) / name).glob("*")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _beside(folder: Path) -> list[str]:
    """All that lies in the house, but for the set, what is hidden and what is cached."""
    inside = set_folder(SET)
    found = [path for path in folder.rglob("*") if inside not in (path, *path.parents)]
    return sorted(str(path) for path in found if not path.name.startswith(".") and "cache" not in path.parts)


def _zipped(chosen: Format) -> bytes:
    """Two small pictures and their labels, as a tool writes them."""
    labels = np.full((32, 40), 255, np.uint8)
    labels[4:20, 5:30], labels[24:30] = ROAD, SKY
    image = np.random.default_rng(1).integers(0, 256, (32, 40, 3)).astype(np.uint8)
    pictures = [Labelled("one", image, labels), Labelled("two", image[::-1].copy(), labels[::-1].copy())]
    with io.BytesIO() as file:
        write(pictures, COLOURS, chosen, file)
        return file.getvalue()


def _hostile(sound: bytes) -> Iterator[tuple[str, bytes]]:
    with ZipFile(io.BytesIO(sound)) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if not name.startswith("README")}
    yield from _archives(sound, files)
    for name, content in _one_of_each_kind(files).items():
        for what, data in _contents(name, content):
            yield f"{name}: {what}", _zip({**files, name: data})


def _archives(sound: bytes, files: Files) -> Iterator[tuple[str, bytes]]:
    """The zip itself is hostile."""
    for seed in range(FLIPS):
        yield f"flipped {seed}", _flipped(sound, seed)
    for share in (0.1, 0.5, 0.9, 0.99):
        yield f"cut at {share}", sound[: int(share * len(sound))]
    yield "behind other bytes", b"#!/bin/sh\n" + sound
    first = next(name for name in files if name.endswith(".png"))
    for path in (
        *OUTSIDE,
        "a\0b.png",
        "x" * 60_000 + ".png",
        "\x1b[2J.png",
        "a/" * 2000 + "b.png",
        "caf\udce9",
    ):
        yield f"with {path[:20]!r}", _zip({**files, path.encode(errors="replace").decode(): files[first]})
    yield "a link", _linked(files, first)
    yield "twice the same file", _zip_of([*files.items(), (first, files[first])])
    yield "thirty thousand files", _zip({**files, **{f"{n}.png": b"" for n in range(30_000)}})
    yield "packed in another way", _zip(files, ZIP_BZIP2)
    yield "locked", _locked(_zip(files))


def _contents(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """What may lie in a file's place."""
    yield "empty", b""
    yield "zeros", bytes(1000)
    yield "half", content[: len(content) // 2]
    yield "a bomb", bytes(BOMB)
    yield "another file's", b"PK\x03\x04" + content
    for seed in range(FLIPS):
        yield f"flipped {seed}", _flipped(content, seed)
    match Path(name).suffix:
        case ".png":
            yield "huge", huge_png()
            yield "of another size", _png(8, 8)
            yield "of unknown numbers", _png(32, 40, value=99)
            yield "of unknown colours", _png(32, 40, 3, value=99)
            yield "of one pixel", _png(1, 1)
        case ".json":
            yield from _documents(content)
        case ".xml":
            yield from _markup(content.decode())
        case ".txt":
            yield from _lists(content.decode())


def _png(*shape: int, value: int = 0) -> bytes:
    return save(np.full(shape, value, np.uint8), "PNG")


def _documents(content: bytes) -> Iterator[tuple[str, bytes]]:
    """JSON with other values, deep, and with a million parts."""
    document = json.loads(content)
    places = list(islice(_places(document), PLACES))
    for place, (number, value) in product(places, enumerate(ODD_VALUES)):
        yield f"{place} odd value {number}", json.dumps(_replaced(document, place, value)).encode()
    for place, value in product(places, ("../../x.png", [10**9] * 5, _bomb())):
        yield f"{place} is {str(value)[:12]}", json.dumps(_replaced(document, place, value)).encode()
    yield "deep", b"[" * 100_000
    yield "a million parts", b"[" + b"0," * 2_000_000 + b"0]"
    yield "in another encoding", content.decode().encode("utf-16")


@cache
def _bomb() -> str:
    return b64encode(zlib.compress(bytes(BOMB), 9)).decode()


def _places(document: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of all values of a document, of a list those of its first part alone."""
    inner: dict[Any, Any] = document if isinstance(document, dict) else {}
    if isinstance(document, list):
        inner = dict(enumerate(document[:1]))
    for key, value in inner.items():
        yield (*above, key)
        yield from _places(value, (*above, key))


def _replaced(document: Any, place: tuple[str | int, ...], value: Any) -> Any:
    copied = json.loads(json.dumps(document))
    part = copied
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    return copied


def _markup(text: str) -> Iterator[tuple[str, bytes]]:
    """XML with other values, entities and depth."""
    values = (
        "",
        "-1",
        "1e400",
        "99999999999999999999",
        "0,1" * 100_000,
        "9" * 5000,
        "../../x.png",
        "&#0;",
        "&x;",
    )
    found = list(re.finditer(r'(\w+)="([^"]*)"|>([^<>\n]+)<', text))[:PLACES]
    for match, (number, value) in product(found, enumerate(values)):
        group = 2 if match.group(2) is not None else 3
        changed = text[: match.start(group)] + value + text[match.end(group) :]
        yield f"{match.group(1) or 'a text'} at {match.start()} value {number}", changed.encode()
    start = text.index("?>") + 2 if "?>" in text else 0
    head, body = text[:start], text[start:]
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    for what, kind in {
        "a billion laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]>',
        "a file's entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "a type elsewhere": '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">',
    }.items():
        yield what, (head + kind + body.replace(">", ">&l11;", 1)).encode()
    yield "deep", (head + "<a>" * 200_000).encode()
    yield (
        "a million parts",
        body.replace("</annotations>", "<image/>" * 1_000_000 + "</annotations>").encode(),
    )


def _lists(text: str) -> Iterator[tuple[str, bytes]]:
    """Lists of classes with other lines."""
    for what, line in {
        "a line of a million signs": "x" * 1_000_000,
        "three hundred classes": "\n".join(f"{n} {n} {n} class{n}" for n in range(300)),
        "a class twice": text,
        "a colour too large": "999 0 0\tFog",
        "a name that commands a terminal": "\x1b[2J",
        "a nul": "a\0b",
        "a name with a path": "../../../x",
    }.items():
        yield what, f"{text}{line}\n".encode()
    yield "other signs", b"\xff\xfe\x80" + text.encode()


def _one_of_each_kind(files: Files) -> Files:
    """One file of each folder and ending."""
    kinds = {(str(Path(name).parent), Path(name).suffix): name for name in reversed(files)}
    return {name: files[name] for name in kinds.values()}


def _flipped(content: bytes, seed: int) -> bytes:
    chance, data = random.Random(seed), bytearray(content)
    for _ in range(chance.randint(1, 6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def _zip(files: Files, method: int = ZIP_DEFLATED) -> bytes:
    return _zip_of(list(files.items()), method)


def _zip_of(files: list[tuple[str, bytes]], method: int = ZIP_DEFLATED) -> bytes:
    import warnings

    with io.BytesIO() as file:
        with ZipFile(file, "w", method) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a name twice is meant
            for name, data in files:
                archive.writestr(name, data)
        return file.getvalue()


def _linked(files: Files, name: str) -> bytes:
    """A zip in which a file is a link to one outside, as `zip --symlinks` makes it."""
    entry = ZipInfo(name)
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    with io.BytesIO() as file:
        with ZipFile(file, "w") as archive:
            archive.writestr(entry, "/etc/passwd")
            for other, data in files.items():
                if other != name:
                    archive.writestr(other, data)
        return file.getvalue()


def _locked(data: bytes) -> bytes:
    locked = bytearray(data)
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = locked.find(signature)
        locked[place + flags] |= 1
    return bytes(locked)
