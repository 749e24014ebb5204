"""Commands for sets of photos: gather by addresses, words, from files or a video, list, compare two sizes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from core.commands import photo_sets
from core.commands.datasets import print_frames
from core.commands.refusal import printable
from core.models.paths import DEFAULT_MODEL

if TYPE_CHECKING:
    from core.photos.fetch.fetcher import Fetcher
    from core.photos.gather.gathering import Shares
    from core.photos.gather.store import PhotoSet

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
_set = click.option("--set", "name", required=True, help="The set of photos to add to; it is made if new.")
_model = click.option(
    "--model", default=DEFAULT_MODEL, show_default="the shipped one", help="Says which photo shows a street."
)
_ports = click.option(
    "--port", "ports", type=click.IntRange(1, 65535), multiple=True, help="One more port than 80 and 443."
)


@click.group()
def gather() -> None:
    """Gather photos without labels into sets, and compare two sizes on them."""


@gather.command("list")
@_json
def list_photo_sets(as_json: bool) -> None:
    """List the sets of photos."""
    from core.photos.gather.blurring import faces_in_words
    from core.photos.gather.store import list_sets, open_set

    sets = [open_set(name) for name in list_sets()]
    if as_json:
        rows = [
            {
                "name": each.name,
                "folder": str(each.root),
                "photos": len(each.photos()),
                "lines": len(each.entries()),
                "faces": each.faces,
                "to_go_over": len(each.to_go_over()),
            }
            for each in sets
        ]
        click.echo(json.dumps(rows))
        return
    for each in sets:
        line = f"{each.name}  {len(each.photos())} photos of {len(each.entries())} lines"
        click.echo(printable(f"{line}, faces and number plates: {faces_in_words(each)}"))
    if not sets:
        click.echo("There are no sets of photos yet; `gather addresses` or `gather files` begins one.")


@gather.command("addresses")
@click.argument("file", type=click.File("rb"))
@_set
@_ports
@_model
@_json
def gather_addresses(file: BinaryIO, name: str, ports: tuple[int, ...], model: str, as_json: bool) -> None:
    """Fetch the photos whose addresses are in FILE: text, CSV or JSON; - reads them from the input.

    What waits since an earlier call is fetched too.
    """
    from core.hardware.allocator import use_few_heaps
    from core.photos.gather.gathering import gather as gather_all
    from core.photos.gather.gathering import try_again
    from core.photos.gather.lists import MAX_BYTES, read_list
    from core.photos.gather.store import open_set

    use_few_heaps()
    photos = open_set(name)
    read = read_list(file.read(MAX_BYTES + 1), photos.entries())
    photos.add(read.entries)
    try_again(photos, read.known)
    gather_all(photos, _fetcher(ports), _shares(model), _tell)
    _report(photos, as_json, read.left)


@gather.command("search")
@click.argument("words")
@click.option(
    "--from",
    "service",
    type=click.Choice(["openverse", "commons"]),
    default="openverse",
    show_default=True,
    help="Where to search.",
)
@click.option("--count", type=click.IntRange(1, 100), default=20, show_default=True, help="Photos at most.")
@_set
@_model
@_json
def gather_search(words: str, service: str, count: int, name: str, model: str, as_json: bool) -> None:
    """Search for WORDS and fetch what is found, with authors and licences."""
    from core.photos.gather.gathering import gather as gather_all
    from core.photos.gather.services import SERVICES, search
    from core.photos.gather.store import open_set

    photos, fetcher = open_set(name), _fetcher(())
    found = search(
        SERVICES["Openverse" if service == "openverse" else "Wikimedia Commons"], words, count, fetcher
    )
    known = {entry.address for entry in photos.entries()}
    photos.add([entry for entry in found if entry.address not in known])
    gather_all(photos, fetcher, _shares(model), _tell)
    _report(photos, as_json)


@gather.command("files")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@_set
@_model
@_json
def gather_files(paths: tuple[Path, ...], name: str, model: str, as_json: bool) -> None:
    """Take the photos in PATHS: files, zips and folders."""
    from core.photos.gather.files import add_files, files_at
    from core.photos.gather.store import open_set

    photos = open_set(name)
    add_files(photos, [file for path in paths for file in files_at(path)], _shares(model), _tell)
    _report(photos, as_json)


@gather.command("video")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--every", type=click.FloatRange(0.1, 3600), default=2.0, show_default=True, help="Seconds.")
@_set
@_model
@_json
def gather_video(file: Path, every: float, name: str, model: str, as_json: bool) -> None:
    """Take a frame of the video FILE every so many seconds, at most 500.

    Frames that the set has already are not taken twice: a second call goes on.
    """
    from core.photos.gather.store import open_set
    from core.photos.gather.videos import add_frames
    from core.photos.video.reading import video_at

    photos = open_set(name)
    note = add_frames(photos, video_at(file), every, _shares(model), _tell)
    _report(photos, as_json, note=note)


@gather.command("compare")
@click.argument("name", metavar="SET")
@click.option("--model", default=DEFAULT_MODEL, show_default="the shipped one", help="A model from `models`.")
@click.option(
    "--sheet",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a contact sheet to this file (PDF or PNG).",
)
@_json
def compare_set(name: str, model: str, sheet: Path | None, as_json: bool) -> None:
    """Segment the photos of SET at 512 and 1024 pixels and say how far the two agree."""
    from core.errors import PhotoSetError
    from core.files import write_bytes
    from core.photos.gather.store import open_set
    from core.photos.gather.two_sizes import at_two_sizes, keep_confidence
    from core.reports.contact_sheet import contact_sheet_pdf, contact_sheet_png
    from core.segmentation.segmenter import load_segmenter

    photos = open_set(name)
    if not photos.photos():
        raise PhotoSetError(f"The set {name} has no photo; `gather list` shows those there are.")
    found = at_two_sizes(photos, load_segmenter(model), _tell)
    keep_confidence(photos, found)
    if sheet is not None:
        make = contact_sheet_png if sheet.suffix.lower() == ".png" else contact_sheet_pdf
        write_bytes(sheet, make(photos, found))
    if as_json:
        result = {
            "set": photos.name,
            "model": found.model,
            "agreement": found.agreement,
            "confidence": found.confidence,
            "classes": [
                {"class": each, "agreement": a, "share": share} for each, a, share in found.by_class()
            ],
            "photos": [{"number": p.entry.number, "agreement": p.agreement} for p in found.most_different()],
        }
        click.echo(json.dumps(result))
        return
    first, second = found.confidence
    click.echo(f"{found.agreement:.1%} of the pixels have the same class at 512 and at 1024")
    click.echo(f"mean confidence {first:.1%} at 512, {second:.1%} at 1024")
    for each, agreement, share in found.by_class():
        click.echo(printable(f"{agreement:7.1%}  {each}, {share:.1%} of the pixels"))
    for photo in found.most_different()[:5]:
        click.echo(
            printable(f"photo {photo.entry.number}, {photo.entry.name}: {1 - photo.agreement:.1%} differ")
        )


def _fetcher(ports: tuple[int, ...]) -> Fetcher:
    from core.photos.fetch.fetcher import Fetcher
    from core.photos.fetch.gate import USUAL_PORTS, gate_of_this_machine

    return Fetcher(gate_of_this_machine(USUAL_PORTS | frozenset(ports)))


def _shares(model: str) -> Shares:
    from core.photos.gather.street import shares_by
    from core.segmentation.segmenter import load_segmenter

    return shares_by(load_segmenter(model))


def _tell(done: int, total: int, _: float | None, __: str) -> None:
    print_frames(done, total)


def _report(photos: PhotoSet, as_json: bool, left: tuple[str, ...] = (), note: str = "") -> None:
    """What became of every line. note: what else there is to know, in a sentence."""
    from core.photos.gather.manifest import outcome

    entries = photos.entries()
    if as_json:
        lines = [
            {"number": e.number, "address": e.address, "outcome": outcome(e), "file": e.file} for e in entries
        ]
        said = {"set": photos.name, "folder": str(photos.root), "lines": lines, "left": left}
        click.echo(json.dumps(said | ({"note": note} if note else {})))
        return
    for entry in entries:
        click.echo(printable(f"{entry.number:4d}  {entry.address}: {outcome(entry)}"))
    click.echo(printable(f"{photos.root}: {len(photos.photos())} photos"))
    if left:
        click.echo(
            printable(f"note: {len(left)} addresses beyond the first 500 were left, from {left[0]} on")
        )
    if note:
        click.echo(printable(f"note: {note}"))


for _command in photo_sets.COMMANDS:
    gather.add_command(_command)

COMMANDS = (gather,)
