"""Data sets in every layout with one file or folder of theirs replaced by what does not belong there."""

from __future__ import annotations

import contextlib
import io
import json
import os
import queue
import random
import shutil
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image

from tests.attack.tally import HARM, Outcome, Tally
from tests.conftest import ROOT
from tests.layouts import LAYOUTS, STREET, colours_of, picture, write_layout

MAX_SECONDS = 5.0
"""Of processor, for any one data set of three frames."""

MAX_MEGABYTES = 400.0
PATIENCE = 20.0
"""Seconds after which a reader is taken to hang."""

Mutation = Callable[[Path], object]

_STREET = (np.indices((40, 48)).sum(axis=0) // 22 % 4).astype(np.uint8)
_SEED = 13


def attack(tally: Tally, folder: Path) -> None:
    """Try every mutation of every kind of file in every layout, and what is no data set at all."""
    reader = _Reader(folder / "cache")
    try:
        for layout, write in _LAYOUTS.items():
            good = folder / "good" / layout
            good.parent.mkdir(exist_ok=True)
            write(good)
            _try(tally, reader, folder, f"{layout}: as it is", good, lambda root: None, must_be="taken")
            for part, path in _kinds(good):
                for name, mutate in _mutations(path).items():
                    where = f"{layout}: {part}: {name}"
                    _try(tally, reader, folder, where, good, _in(path.relative_to(good), mutate))
        for name, mutate in _NO_FOLDERS.items():
            _try(tally, reader, folder, f"no data set: {name}", good, mutate)
    finally:
        reader.close()


def _in(place: Path, mutate: Mutation) -> Mutation:
    return lambda root: mutate(root / place)


def _try(
    tally: Tally,
    reader: _Reader,
    folder: Path,
    name: str,
    good: Path,
    mutate: Mutation,
    must_be: Outcome | None = None,
) -> None:
    """Have a mutated copy of a data set checked and imported, and count what came of it."""
    place = folder / "try"
    shutil.copytree(good, place / "set", symlinks=True)
    mutate(place / "set")
    before = _tree(place)
    answer = reader.ask(place / "set", folder / "into" / "copy")
    outcome: Outcome = answer["outcome"]
    if must_be and outcome != must_be:
        outcome = "lost"
    if _tree(place) != before:
        outcome, answer["said"] = "lost", "the folder that was read has changed"
    left = sorted(path.name for path in (folder / "into").iterdir()) if (folder / "into").exists() else []
    if left != (["copy"] if outcome == "taken" else []) and outcome not in HARM:
        outcome, answer["said"] = "lost", f"left beside the copy: {left}"
    seconds, megabytes = float(answer["seconds"]), float(answer["megabytes"])
    if outcome not in HARM and (seconds > MAX_SECONDS or megabytes > MAX_MEGABYTES):
        outcome = "too much"
    tally.count(outcome, f"{name}: {answer['said']}", seconds=seconds, megabytes=megabytes)
    shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(folder / "into", ignore_errors=True)


def _tree(folder: Path) -> list[tuple[str, int, int]]:
    """Everything in a folder by its name, kind and size."""
    found = []
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        found.append((path.relative_to(folder).as_posix(), status.st_mode, status.st_size))
    return found


class _Reader:
    """A process of `tests.attack._reader`, started again when it hung or died."""

    def __init__(self, cache: Path) -> None:
        self._environment = os.environ | {"STREETSCOPE_CACHE": str(cache)}
        self._start()

    def ask(self, root: Path, target: Path) -> dict[str, Any]:
        """What came of a folder: outcome, said, seconds and megabytes."""
        print(json.dumps({"root": str(root), "target": str(target)}), file=self._process.stdin, flush=True)
        said, line = f"no answer in {PATIENCE:.0f} s", ""
        with contextlib.suppress(queue.Empty):
            line = self._answers.get(timeout=PATIENCE)
            said = "the process died"
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        self.close()
        self._start()
        return {"outcome": "too much", "said": said, "seconds": PATIENCE, "megabytes": 0.0}

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()

    def _start(self) -> None:
        self._answers: queue.Queue[str] = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.attack._reader"],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        threading.Thread(target=_listen, args=(self._process.stdout, self._answers), daemon=True).start()


def _listen(lines: IO[str], answers: queue.Queue[str]) -> None:
    for line in lines:
        answers.put(line)
    answers.put("")


# --- good data sets ------------------------------------------------------------------------------

_FRAMES = {
    "train": {"0006R0_f00930": _STREET, "0016E5_00390": np.fliplr(_STREET).copy()},
    "valid": {"0016E5_07959": np.flipud(_STREET).copy()},
}


def _in_layout(layout: str) -> Mutation:
    return lambda root: write_layout(root, layout, _FRAMES)


def _cvat(root: Path) -> None:
    write_layout(root, "segnet", _FRAMES)
    (root / "label_colors.txt").write_text(
        "".join("{} {} {} {}\n".format(*c.colour, c.name) for c in STREET.classes)
    )
    for path in root.glob("*annot/*.png"):
        colours_of(np.asarray(Image.open(path))).save(path)


def _roboflow(root: Path) -> None:
    for split, labels in _FRAMES.items():
        (root / split).mkdir(parents=True)
        rows = "".join(f"{number}, {found.name}\n" for number, found in enumerate(STREET.classes))
        (root / split / "_classes.csv").write_text(f"Pixel Value, Class\n{rows}")
        for number, (name, label) in enumerate(labels.items()):
            picture(label, 10 * len(split) + number).save(root / split / f"{name}.jpg")
            Image.fromarray(label).save(root / split / f"{name}_mask.png")


_LAYOUTS: dict[str, Mutation] = {name: _in_layout(name) for name in LAYOUTS} | {
    "cvat": _cvat,
    "roboflow": _roboflow,
}


def _kinds(root: Path) -> Iterator[tuple[str, Path]]:
    """One of each kind of thing in a data set: every list, a label map, a picture, and every folder."""
    paths = sorted(root.rglob("*"))
    yield from ((path.name, path) for path in paths if path.suffix in {".txt", ".csv"})
    pictures = [path for path in paths if path.suffix in {".png", ".jpg"}]
    is_label = [
        path.stem.endswith(("_P", "_L", "_mask")) or path.parent.name.endswith("annot") for path in pictures
    ]
    yield "label map", next(path for path, yes in zip(pictures, is_label, strict=True) if yes)
    yield "picture", next(path for path, yes in zip(pictures, is_label, strict=True) if not yes)
    yield from (("folder", path) for path in paths if path.is_dir())


# --- what is put in their places -----------------------------------------------------------------


def _mutations(path: Path) -> dict[str, Mutation]:
    if path.is_dir():
        return _ANYTHING | _FOLDERS
    if path.suffix in {".txt", ".csv"}:
        return _ANYTHING | _FILES | _TEXTS
    return _ANYTHING | _FILES | _PICTURES


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _instead(make: Callable[[Path], object]) -> Mutation:
    """Remove what is there, and make something else in its place."""

    def mutate(path: Path) -> None:
        _remove(path)
        make(path)

    return mutate


def _written(data: bytes) -> Mutation:
    return lambda path: path.write_bytes(data)


def _changed(change: Callable[[bytes], bytes]) -> Mutation:
    return lambda path: path.write_bytes(change(path.read_bytes()))


def _huge(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(3 * 1024**3)


def _text(change: Callable[[str], str]) -> Mutation:
    return _changed(lambda data: change(data.decode()).encode())


def _touch(paths: Iterable[Path]) -> None:
    for path in paths:
        path.touch()


def _renamed(path: Path) -> None:
    path.rename(path.with_name(path.name.swapcase()))


def _random_bytes(size: int) -> bytes:
    return random.Random(_SEED).randbytes(size)


def _flipped(data: bytes) -> bytes:
    chance, damaged = random.Random(_SEED), bytearray(data)
    for _ in range(1 + len(data) // 20):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


_ANYTHING: dict[str, Mutation] = {
    "gone": _remove,
    "a pipe": _instead(os.mkfifo),
    "a dangling link": _instead(lambda path: path.symlink_to("nowhere")),
    "a link to itself": _instead(lambda path: path.symlink_to(path.name)),
    "a link to /dev/zero": _instead(lambda path: path.symlink_to("/dev/zero")),
    "a link to /etc/passwd": _instead(lambda path: path.symlink_to("/etc/passwd")),
    "a link to the root": _instead(lambda path: path.symlink_to("/")),
    "a link upwards": _instead(lambda path: path.symlink_to("..")),
    "in other letters": _renamed,
}

_FOLDERS: dict[str, Mutation] = {
    "empty": _instead(Path.mkdir),
    "a file": _instead(Path.touch),
    "with a pipe": lambda path: os.mkfifo(path / "0001.png"),
    "with a folder called as a picture": lambda path: (path / "0001.png").mkdir(),
    "with odd names": lambda path: _touch(path / f"{n} \n\u202e{chr(0x300)}.png" for n in range(300)),
    "with names of other bytes": lambda path: _touch(
        Path(os.fsdecode(os.fsencode(path) + b"/\xff" + bytes([code]) + b".png"))
        for code in range(0x80, 0x90)
    ),
}

_FILES: dict[str, Mutation] = {
    "empty": _written(b""),
    "a folder": _instead(Path.mkdir),
    "one byte": _written(b"\x89"),
    "half of it": _changed(lambda data: data[: len(data) // 2]),
    "all but its end": _changed(lambda data: data[:-3]),
    "zeros": _written(bytes(5000)),
    "noise": _written(_random_bytes(5000)),
    "bits flipped": _changed(_flipped),
    "twice": _changed(lambda data: data + data),
    "with noise behind it": _changed(lambda data: data + _random_bytes(5000)),
    "3 GB": _huge,
    "not readable": lambda path: path.chmod(0),
}

_TEXTS: dict[str, Mutation] = {
    "UTF-16": _changed(lambda data: data.decode().encode("utf-16")),
    "UTF-16 without a mark": _changed(lambda data: data.decode().encode("utf-16-le")),
    "UTF-32": _changed(lambda data: data.decode().encode("utf-32")),
    "half a UTF-16": _changed(lambda data: data.decode().encode("utf-16")[:-1]),
    "Latin-1": _changed(lambda data: data + "\u00e4\u00f6\u00fc\n".encode("latin-1")),
    "with a NUL": _changed(lambda data: data[:9] + b"\0" + data[9:]),
    "with control characters": _text(lambda text: text + "\x1b[2J\x07\n"),
    "a line of 140 kB": _text(lambda text: text + "A" * 140_000 + ",1,2,3\n"),
    "a field of 140 kB": _text(
        lambda text: text.replace("Road", "R" * 140_000).replace("0016", "9" * 140_000)
    ),
    "50,000 lines": _text(lambda text: text + "a\n" * 50_000),
    "300 classes": _text(lambda text: text + "".join(f"1 2 {n}\tc{n}\n" for n in range(300))),
    "every line twice": _text(lambda text: "".join(line + "\n" + line + "\n" for line in text.splitlines())),
    "an open quote": _text(lambda text: text.replace("Road", '"Road').replace("0016", '"0016')),
    "semicolons": _text(lambda text: text.replace(",", ";").replace("\t", ";")),
    "no separators": _text(lambda text: text.replace(",", "").replace("\t", "").replace(" ", "")),
    "blank lines": _text(lambda text: "\n" * 1000 + text.replace("\n", "\r\n\r\n")),
    "only blanks": _written(b" \t\r\n" * 1000),
    "only a mark": _written(b"\xef\xbb\xbf"),
    "numbers of 5000 digits": _text(lambda text: text.replace("128", "1" * 5000)),
    "negative numbers": _text(lambda text: text.replace("128", "-1")),
    "other digits": _text(lambda text: text.replace("128", "\u0661\u0662\u0668")),
    "from the right to the left": _text(lambda text: text.replace("Road", "\u202edaoR")),
    "a path": _text(lambda text: text.replace("Road", "../../etc/passwd").replace("0016", "../../0016")),
    "a picture": _written(b"\x89PNG\r\n\x1a\n" + bytes(100)),
}


def _saved(image: Image.Image, file_format: str = "PNG", **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def _as(mode: str) -> Mutation:
    def mutate(path: Path) -> None:
        with Image.open(path) as image:
            data = _saved(image.convert("RGB").convert(mode))
        path.write_bytes(data)

    return mutate


def _large(width: int, height: int) -> bytes:
    """A PNG that claims a size, without its pixels (ISO/IEC 15948, section 11.2.2)."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    parts = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _filled(value: int, mode: str = "L", side: tuple[int, int] = (48, 40)) -> bytes:
    return _saved(Image.new(mode, side, value))


def _with_palette(colours: bytes) -> bytes:
    image = Image.fromarray(_STREET)
    image.putpalette(colours)
    return _saved(image)


_PICTURES: dict[str, Mutation] = {
    **{f"mode {mode}": _as(mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA")},
    "16 bits": _written(_saved(Image.fromarray(_STREET.astype(np.uint16)))),
    "16 bits and large numbers": _written(_saved(Image.fromarray(_STREET.astype(np.uint16) + 60_000))),
    "a GIF": _written(_saved(Image.fromarray(_STREET), "GIF")),
    "a JPEG": _written(_saved(Image.fromarray(_STREET), "JPEG")),
    "a TIFF": _written(_saved(Image.fromarray(_STREET), "TIFF")),
    "a page": _written(b"<!doctype html><title>404</title>"),
    "of another size": _written(_filled(0, side=(47, 40))),
    "of one pixel": _written(_filled(0, side=(1, 1))),
    "1 x 50,000 pixels": _written(_filled(0, side=(1, 50_000))),
    "2 billion pixels wide": _written(_large(2**31 - 1, 1)),
    "a billion pixels": _written(_large(32_000, 32_000)),
    "without pixels": _written(_large(0, 0)),
    "49 megapixels of nothing": _written(_large(7000, 7000)),
    "all 0": _written(_filled(0)),
    "all 254": _written(_filled(254)),
    "all 255": _written(_filled(255)),
    "a palette of grey": _written(_with_palette(bytes(range(256)) * 3)),
    "an empty palette": _written(_with_palette(bytes(768))),
    "a palette in another order": _written(_with_palette(STREET.palette[::-1].tobytes())),
    "a palette of two colours": _written(_with_palette(STREET.palette[:2].tobytes())),
}

_NO_FOLDERS: dict[str, Mutation] = {
    **{name: mutate for name, mutate in _ANYTHING.items() if name != "in other letters"},
    **{
        f"a file called set, {name}": _instead(_written(data))
        for name, data in {"empty": b"", "a zip": b"PK\x03\x04", "a PNG": b"\x89PNG\r\n\x1a\n"}.items()
    },
    "an empty folder": _instead(Path.mkdir),
    "folders in folders": _instead(lambda path: (path / "/".join("abcdefgh" * 12)).mkdir(parents=True)),
    "1500 files": _instead(lambda path: _files(path, 1500)),
    "a folder that may not be read": lambda path: path.chmod(0),
    "all folders in one more": lambda path: _deeper(path, 1),
    "all folders in four more": lambda path: _deeper(path, 4),
    "several data sets": lambda path: _twice(path),
    "a data set beside its archive": lambda path: (path / "set.zip").write_bytes(b"PK\x03\x04"),
}


def _deeper(path: Path, levels: int) -> None:
    for level in range(levels):
        moved = path.with_name("moved")
        path.rename(moved)
        path.mkdir()
        moved.rename(path / str(level))


def _twice(path: Path) -> None:
    _deeper(path, 1)
    shutil.copytree(path / "0", path / "1")


def _files(path: Path, number: int) -> None:
    path.mkdir()
    _touch(path / f"{name}.dat" for name in range(number))
