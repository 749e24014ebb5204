"""Commands for the photos of a set: show them, keep or drop some, blur faces and number plates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from core.commands.refusal import refuse_with, tell

if TYPE_CHECKING:
    from core.photos.faces.rectangles import Rectangle
    from core.photos.gather.entry import Entry, Faces
    from core.photos.gather.store import PhotoSet

SETTINGS = ("on", "off", "already blurred")
"""Of `core.photos.gather.entry.Faces`; a test compares the two."""

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
_set = click.argument("name", metavar="SET")
_photos = click.argument("numbers", metavar="PHOTO...", nargs=-1, required=True, type=int)


class _Place(click.ParamType[tuple[int, int, int, int]]):
    """LEFT,TOP,RIGHT,BOTTOM in pixels."""

    name = "LEFT,TOP,RIGHT,BOTTOM"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int, int, int]:
        try:
            left, top, right, bottom = (int(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is no place; give four whole numbers, as in 40,60,90,120", param, ctx)
        return left, top, right, bottom


@click.command("show")
@_set
@_json
def show_set(name: str, as_json: bool) -> None:
    """List the photos of SET with their numbers, which the other commands take."""
    from core.photos.gather.blurring import faces_in_words
    from core.photos.gather.sorting import marks

    photos = _existing(name)
    taken = [entry for entry in photos.entries() if entry.state == "taken"]
    to_go_over = {entry.number for entry in photos.to_go_over()}
    if as_json:
        rows = [
            {
                "number": each.number,
                "name": each.name,
                "kept": each.kept,
                "marks": marks(each),
                "blurred": each.blurred,
                "gone_over": each.gone_over,
            }
            for each in taken
        ]
        click.echo(json.dumps({"set": photos.name, "faces": photos.faces, "photos": rows}))
        return
    for each in taken:
        facts = ["kept" if each.kept else "dropped", *marks(each)]
        facts += [f"{each.blurred} blurred"] if each.blurred else []
        facts += ["not gone over"] if each.number in to_go_over else []
        tell(f"{each.number:4d}  {each.name}: {', '.join(facts)}")
    tell(f"faces and number plates: {faces_in_words(photos)}")


@click.command("keep")
@_set
@_photos
@_json
def keep_photos(name: str, numbers: tuple[int, ...], as_json: bool) -> None:
    """Keep photos of SET by their numbers, also those that were dropped."""
    _decide(name, numbers, True, as_json)


@click.command("drop")
@_set
@_photos
@_json
def drop_photos(name: str, numbers: tuple[int, ...], as_json: bool) -> None:
    """Drop photos of SET by their numbers; nothing is deleted, and `gather keep` takes it back."""
    _decide(name, numbers, False, as_json)


@click.command("faces")
@_set
@click.argument("setting", type=click.Choice(SETTINGS))
def say_faces(name: str, setting: Faces) -> None:
    """Say what is to become of faces and number plates in SET.

    on: each kept photo is to be gone over. off: nobody asks. "already blurred": the photos' source did it.
    """
    from core.photos.gather.blurring import faces_in_words

    photos = _existing(name)
    photos.set_faces(setting)
    tell(f"{photos.name}: faces and number plates: {faces_in_words(photos)}")


@click.command("blur")
@_set
@click.argument("number", metavar="PHOTO", type=int)
@click.option(
    "--at",
    "places",
    type=_Place(),
    multiple=True,
    help="A place in pixels of the set's file; again for more.",
)
@click.option("--faces", is_flag=True, help="The faces that the detector finds, if one is installed.")
@click.option("--nothing", is_flag=True, help="Somebody has looked: there is nothing to blur.")
@click.option("--dry-run", is_flag=True, help="Only print the places.")
@_json
def blur_photo(
    name: str,
    number: int,
    places: tuple[tuple[int, int, int, int], ...],
    faces: bool,
    nothing: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make places of a photo of SET unreadable, for good: this cannot be taken back.

    With --at or --nothing the photo counts as gone over. What --faces finds may not be all: look at it.
    """
    from core.photos import images
    from core.photos.faces.finder import DETECTOR
    from core.photos.gather.blurring import blur

    if nothing:
        refuse_with("--nothing", "places", "faces", "dry_run")
    elif not (places or faces):
        raise click.UsageError(
            "say where: --at LEFT,TOP,RIGHT,BOTTOM, --faces, or --nothing if there is none"
        )
    photos = _existing(name)
    entry = _entry(photos, number)
    height, width = images.decode(photos.picture(entry)).shape[:2]
    for place in places:
        _check(place, height, width)
    wanted = [(a / width, b / height, c / width, d / height) for a, b, c, d in places]
    found = _found(photos, entry) if faces else []
    if not dry_run:
        detector = DETECTOR if faces else ""
        blur(photos, entry, [*wanted, *found], gone_over=bool(places) or nothing, detector=detector)
    pixels = [_pixels(each, height, width) for each in (*wanted, *found)]
    if as_json:
        click.echo(
            json.dumps({"set": photos.name, "number": number, "places": pixels, "blurred": not dry_run})
        )
        return
    for each in pixels:
        tell(f"--at {','.join(map(str, each))}")
    counted = "1 place" if len(pixels) == 1 else f"{len(pixels)} places"
    tell(f"photo {number} of {photos.name}: {counted} {'would be blurred' if dry_run else 'blurred'}")


def _decide(name: str, numbers: tuple[int, ...], kept: bool, as_json: bool) -> None:
    photos = _existing(name)
    entries = [_entry(photos, number) for number in numbers]
    photos.change({entry.number: {"kept": kept} for entry in entries})
    if as_json:
        click.echo(json.dumps({"set": photos.name, "kept": [each.number for each in photos.photos()]}))
        return
    taken = sum(entry.state == "taken" for entry in photos.entries())
    tell(f"{photos.name}: {len(photos.photos())} of {taken} photos kept")


def _existing(name: str) -> PhotoSet:
    from core.errors import PhotoSetError
    from core.photos.gather.store import find_set

    photos = find_set(name)
    if photos is None:
        raise PhotoSetError(f"There is no set {name}; `gather list` shows those there are.")
    return photos


def _entry(photos: PhotoSet, number: int) -> Entry:
    from core.errors import PhotoSetError

    entry = photos.entry(number)
    if entry is None or entry.state != "taken":
        raise PhotoSetError(
            f"The set {photos.name} has no photo {number}; `gather show {photos.name}` lists them."
        )
    return entry


def _check(place: tuple[int, int, int, int], height: int, width: int) -> None:
    """PhotoSetError if a place is empty, or not in a picture of that size."""
    from core.errors import PhotoSetError

    left, top, right, bottom = place
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise PhotoSetError(
            f"{','.join(map(str, place))} is no place in this photo of {width} x {height} pixels; "
            "give LEFT,TOP,RIGHT,BOTTOM with LEFT below RIGHT and TOP below BOTTOM."
        )


def _found(photos: PhotoSet, entry: Entry) -> list[Rectangle]:
    from core.errors import PhotoSetError
    from core.photos import images
    from core.photos.faces.finder import INSTALL, find_faces, is_there

    if not is_there():
        raise PhotoSetError(f"No face detector is installed; `{INSTALL}` adds one, or give places with --at.")
    return list(find_faces(images.decode(photos.picture(entry))))


def _pixels(place: Rectangle, height: int, width: int) -> list[int]:
    left, top, right, bottom = place
    return [round(left * width), round(top * height), round(right * width), round(bottom * height)]


COMMANDS = (show_set, keep_photos, drop_photos, say_faces, blur_photo)
