"""What a set of photos says of itself: `manifest.json`, and the same as a table for people."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import PhotoSetError
from core.files import read_plain, write_text
from core.languages import sentence
from core.photos.gather.entry import Entry, Faces
from core.strict_json import first_fault, parse_json, placed

FILE, TABLE = "manifest.json", "manifest.csv"
MAX_ENTRIES = 2000
"""In a set: four lists of addresses."""

_MAX_BYTES = 32 * 1024**2
_COLUMNS = (
    "number",
    "address",
    "page",
    "author",
    "licence",
    "licence_page",
    "title",
    "outcome",
    "kept",
    "sha256",
    "bytes",
    "width",
    "height",
    "file",
    "same_as",
    "blurred",
    "gone_over",
    "detector",
    "video",
    "time",
    "confidence",
)


class Manifest(BaseModel):
    """The entries of a set, by number. faces: what its maker has said of faces and number plates in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: Literal[1] = 1
    faces: Faces = "on"
    entries: Annotated[tuple[Entry, ...], Field(max_length=MAX_ENTRIES, strict=False)] = ()


def read_manifest(root: Path) -> Manifest:
    """The manifest of the set in `root`; an empty one if there is none. PhotoSetError, FileKindError."""
    path = root / FILE
    try:
        return Manifest.model_validate(parse_json(read_plain(path, _MAX_BYTES, inside=root)))
    except FileNotFoundError:
        return Manifest()
    except ValidationError as error:
        location, said = first_fault(error)
        where = ".".join(map(str, location))
        raise PhotoSetError(
            sentence(
                "{path} cannot be used: {reason}; move it elsewhere.",
                path=path,
                reason=placed(where, said),
            )
        ) from error
    except ValueError as error:
        raise PhotoSetError(
            sentence("{path} cannot be used: {reason}; move it elsewhere.", path=path, reason=error)
        ) from error


def write_manifest(root: Path, manifest: Manifest) -> None:
    """Write both files whole, or leave the old ones."""
    # Whoever opens the file shall read what was said of faces, also if it is the usual.
    said = {"faces": manifest.faces, **manifest.model_dump(mode="json", exclude_defaults=True)}
    write_text(root / FILE, json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    write_text(root / TABLE, table(manifest.entries))


def table(entries: Iterable[Entry]) -> str:
    """The entries as CSV, one a line, with what became of each."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for entry in entries:
        writer.writerow(_harmless(cell) for cell in _row(entry))
    return file.getvalue()


def outcome(entry: Entry) -> str:
    """What became of an entry, as a sentence in any language."""
    if entry.state == "waiting":
        return sentence("waits")
    if entry.state == "refused":
        return entry.why
    return sentence("kept") if entry.kept else sentence("dropped")


def _row(entry: Entry) -> Iterable[object]:
    kept = "yes" if entry.is_in_set else "no"
    yield from (entry.number, entry.address, entry.page, entry.author, entry.licence, entry.licence_page)
    yield from (entry.title, outcome(entry), kept, entry.sha256, entry.size or "", entry.width or "")
    yield from (entry.height or "", entry.file, entry.group or "", entry.blurred or "")
    yield from ("yes" if entry.gone_over else "no", entry.detector, entry.video)
    yield from (entry.time if entry.video else "", entry.confidence or "")


def _harmless(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula: it would run when somebody opens the table."""
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
