"""Commands for corrections: list the sets, take one out in another tool's format, bring one in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import click

from core.commands.datasets import print_frames
from core.commands.refusal import tell

_T = TypeVar("_T")

FORMAT_NAMES = ("index", "camvid", "voc", "cityscapes", "coco", "cvat", "label-studio", "supervisely")
"""Of `core.annotation.formats.choice.FORMATS`; a test compares the two."""

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


@click.group()
def annotate() -> None:
    """List, export and import corrections."""


@annotate.command("list")
@_json
def list_corrections(as_json: bool) -> None:
    """List the sets of corrections."""
    from core.annotation.store import list_sets, open_set

    sets = [open_set(name) for name in list_sets()]
    if as_json:
        rows = [
            {
                "name": found.name,
                "folder": str(found.path),
                "classes": list(found.class_list.names),
                "pictures": [
                    {"key": picture.key, "name": picture.name, "reviewed": picture.reviewed}
                    for picture in found.pictures
                ],
            }
            for found in sets
        ]
        click.echo(json.dumps(rows))
        return
    for found in sets:
        reviewed = sum(picture.reviewed for picture in found.pictures) / len(found.pictures)
        count = _pictures(len(found.pictures))
        tell(f"{found.name}  {count}, {reviewed:.0%} reviewed, {len(found.class_list)} classes")
    if not sets:
        click.echo("There are no corrections yet; they begin with the first stroke, or with an import.")


@annotate.command("export")
@click.argument("name", metavar="SET")
@click.option("--format", "wanted", type=click.Choice(FORMAT_NAMES), required=True, help="The tool's format.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The zip to write."
)
@_json
def export_corrections(name: str, wanted: str, out: Path, as_json: bool) -> None:
    """Write SET as a zip in another tool's format.

    SET is a set of corrections, or the folder of any data set. The zip holds a README that says how to load
    it, and what the format cannot say.
    """
    from core.annotation.formats.choice import format_called, write
    from core.annotation.formats.transfer import to_export
    from core.files import replacing

    found = to_export(name)
    with replacing(out) as part, part.open("wb") as file:
        notes = write(_counted(found, len(found)), found.class_list, format_called(wanted), file)
    if as_json:
        result = {"file": str(out), "format": wanted, "pictures": len(found), "notes": list(notes)}
        click.echo(json.dumps(result))
        return
    tell(f"{out}: {_pictures(len(found))}")
    for note in notes:
        tell(f"note: {note}")


@annotate.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--set", "name", required=True, help="The set of corrections to add to; it is made if new.")
@_json
def import_corrections(file: Path, name: str, as_json: bool) -> None:
    """Add the pictures and labels of FILE to a set of corrections.

    FILE is a zip or a folder in any of the formats of `annotate export`; which one is found out. Where a
    picture has been corrected already, the labels of FILE are laid over it, as one step that can be undone.
    """
    from core.annotation.exchange.source import open_source
    from core.annotation.formats.choice import read
    from core.annotation.formats.transfer import bring_all
    from core.annotation.store import PREFIX, set_folder

    source = open_source(file)
    try:
        found_format, found = read(source)
        done = list(_counted(bring_all(found, name), len(found)))
    finally:
        source.close()
    skipped, name = done.count(False), set_folder(name).name.removeprefix(PREFIX)
    if as_json:
        result = {"set": name, "format": found_format.name, "pictures": len(done), "unlabelled": skipped}
        click.echo(json.dumps(result | {"notes": list(found.notes)}))
        return
    tell(f"{name}: {_pictures(len(done) - skipped)} from {found_format.title}")
    for note in found.notes:
        tell(f"note: {note}")
    if skipped:
        click.echo(f"note: {_pictures(skipped)} left as is: no labels, or those that are there already.")


def _counted(each: Iterable[_T], total: int) -> Iterator[_T]:
    """The same, with a line on the terminal of how many pictures are done."""
    for done, one in enumerate(each, start=1):
        yield one
        print_frames(done, total)


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"


COMMANDS = (annotate,)
