"""Lists of addresses as people have them: one a line, a table, or JSON that a browser's extension saves."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import FetchError, PhotoSetError
from core.languages import sentence, sentence_of
from core.photos.fetch.address import LONGEST, parse_address
from core.photos.gather.entry import Entry, refused, words

MOST = 500
"""Addresses of one list that are fetched; the article gathered as many."""

MAX_BYTES = 4 * 1024**2
"""Of a list: five hundred addresses with all that is said of them take a tenth."""

_ADDRESS_NAMES = ("url", "address", "image", "image_url", "imageurl", "src", "link", "murl", "original", "ou")
_OTHER_NAMES = {
    "page": ("page", "foreign_landing_url", "source_page", "ru", "purl", "descriptionurl", "referrer"),
    "author": ("author", "creator", "artist", "photographer", "credit"),
    "licence": ("licence", "license"),
    "licence_page": ("licence_page", "license_url", "licence_url"),
    "title": ("title", "name", "caption", "pt"),
}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
# Several addresses in a line. Only before the next one: a comma and a space may be part of an address.
_BETWEEN = re.compile(r"[\s,;|\"](?=https?://)", re.IGNORECASE)
# The other cells of a table without a header.
_CELLS = re.compile(
    r"[\t\"<>].*|(?<=\.(?:jpg|png|gif|bmp))[,;].*|(?<=\.(?:jpeg|webp|heic))[,;].*", re.IGNORECASE
)
_DEEPEST = 8


@dataclass(frozen=True)
class Read:
    """entries: what is wanted, and why some of it cannot be fetched. left: addresses beyond MOST.

    known: the numbers of the entries that a set has for some of them already.
    """

    entries: tuple[Entry, ...]
    left: tuple[str, ...]
    known: tuple[int, ...] = ()


def read_list(data: bytes | str, have: Sequence[Entry] = ()) -> Read:
    """The addresses of a list, in its order. PhotoSetError if it has none, or is no text.

    have: the entries of the set that they are for. What it has already is not wanted again, so that a long
    list can be given once more, and numbers go on from there.
    """
    text = data if isinstance(data, str) else _decoded(data)
    if len(text) > MAX_BYTES:
        raise _too_large()
    found = list(_of_json(text) if text.lstrip()[:1] in ("[", "{") else _of_lines(text))
    if not found:
        raise PhotoSetError(
            sentence("This list holds no address; give one a line, each beginning with http.")
        )
    there: dict[str, int] = {}
    for entry in have:
        if entry.is_fetched:
            there.setdefault(_written(entry.address), entry.number)
    known = {number: None for entry in found if there and (number := there.get(_written(entry.address)))}
    wanted = [entry for entry in found if not there or _written(entry.address) not in there]
    before: dict[str, int] = {}
    first = 1 + max((entry.number for entry in have), default=0)
    entries = tuple(_checked(entry, number, before) for number, entry in enumerate(wanted[:MOST], first))
    return Read(entries, tuple(entry.address for entry in wanted[MOST:]), tuple(known))


def _written(address: str) -> str:
    """An address as a server expects it; as it is if it is none."""
    try:
        return str(parse_address(address))
    except FetchError:
        return address


def _checked(entry: Entry, number: int, before: dict[str, int]) -> Entry:
    """The entry, numbered, and refused if it cannot be fetched or was there before."""
    try:
        same = before.setdefault(str(parse_address(entry.address)), number)
        reason = "" if same == number else sentence("Line {number} has the same address.", number=same)
    except FetchError as error:
        reason = sentence_of(error)
    said = refused(reason) if reason else {}
    return entry.model_copy(update={"number": number, **said})


def _too_large() -> PhotoSetError:
    return PhotoSetError(
        sentence(
            "This list has more than {most} MB; give one of at most {lines} lines.",
            most=MAX_BYTES // 2**20,
            lines=MOST,
        )
    )


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _too_large()
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise PhotoSetError(sentence("This is no list of addresses; give a text, CSV or JSON file."))
    return text


def _of_lines(text: str) -> Iterator[Entry]:
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    header = _header(lines[0]) if lines else None
    if header is None:
        yield from (_entry({"url": each}) for line in lines for each in _addresses_in(line))
        return
    separator, names = header
    for line in lines[1:]:
        cells = next(csv.reader([line[: 4 * LONGEST]], delimiter=separator), [])
        yield _entry(dict(zip(names, cells, strict=False)) or {"url": line})


def _addresses_in(line: str) -> Iterator[str]:
    """The addresses in a line that may have words around them; the line if there is none."""
    found = [part for part in _BETWEEN.split(line) if _WEB.match(part)]
    if len(found) < 2:
        own = None if _SCHEME.match(line) else _WEB.search(line)
        found = [own[0] if own else line]
    yield from (_CELLS.sub("", part).strip(" ,;|") for part in found)


def _header(line: str) -> tuple[str, list[str]] | None:
    """What separates the cells of a table whose first line names its columns, and those names."""
    if _SCHEME.match(line):
        return None
    for separator in ",;\t":
        names = [name.strip().strip('"').lower() for name in line.split(separator)]
        if any(name in _ADDRESS_NAMES for name in names):
            return separator, names
    return None


def _of_json(text: str) -> Iterator[Entry]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PhotoSetError(
            sentence("This list begins as JSON does, but is damaged; save it again.")
        ) from error
    yield from _within(values, _DEEPEST)


def _within(values: Any, depth: int) -> Iterator[Entry]:
    """The addresses in lists, and in objects that have one, wherever they are."""
    if depth == 0:
        return
    if isinstance(values, str):
        if _SCHEME.match(values.strip()):
            yield _entry({"url": values})
    elif isinstance(values, list):
        for each in values:
            yield from _within(each, depth - 1)
    elif isinstance(values, dict):
        named = {str(name).lower(): value for name, value in values.items()}
        if any(isinstance(named.get(name), str) for name in _ADDRESS_NAMES):
            yield _entry(named)
        else:
            for each in values.values():
                yield from _within(each, depth - 1)


def _entry(named: Mapping[str, Any]) -> Entry:
    others = {key: words(_first(named, names)) for key, names in _OTHER_NAMES.items()}
    # What is no address is an entry too: whoever gave the list is told so.
    address = words_of_address(_first(named, _ADDRESS_NAMES))
    return Entry(number=0, address=address).model_copy(update=others)


def _first(named: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((named[name] for name in names if isinstance(named.get(name), str) and named[name]), "")


def words_of_address(text: object) -> str:
    """An address as somebody gave it, cut to what is read of one."""
    return str(text).strip().strip("\"'<>,").encode(errors="replace").decode()[:LONGEST]
