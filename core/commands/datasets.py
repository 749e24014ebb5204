"""Commands for data sets: check, import, download, count."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.commands.refusal import printable, tell
from core.durations import duration

if TYPE_CHECKING:
    from core.datasets.acquire.download import DownloadProgress
    from core.datasets.contents.check import Report
    from core.datasets.contents.statistics import Statistics

_MEGABYTE = 1024**2
_FOLDER = click.Path(path_type=Path)


class _Size(click.ParamType[tuple[int, int]]):
    """WIDTHxHEIGHT: two whole numbers."""

    name = "WIDTHxHEIGHT"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        try:
            width, height = (int(part) for part in str(value).lower().split("x"))
        except ValueError:
            self.fail(f"{value!r} is not a size; give width and height in pixels, as in 320x240", param, ctx)
        return width, height


@click.command("check-data")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def check_data(folder: Path, as_json: bool) -> int:
    """Report what is wrong with a data set.

    Reads every file. Exit status 0 if it is clean, 1 if it has problems, 2 if DIR is not a data set.
    """
    from core.datasets.contents.check import check

    report = check(folder, print_frames)
    click.echo(json.dumps(report.as_dict()) if as_json else _report(report))
    return 0 if report.clean else 1


@click.command("import")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--to", "target", type=_FOLDER, required=True, help="The new folder, such as data/NAME.")
def import_data(folder: Path, target: Path) -> None:
    """Copy a data set of any known layout into fastai's layout."""
    from core.datasets.acquire.importing import import_dataset
    from core.datasets.layouts.opening import list_dataset

    dataset = import_dataset(folder, target, print_frames)
    tell(f"{target}: {len(dataset.frames())} frames")
    for note in list_dataset(target).notes:
        tell(f"note: {note}")


@click.command()
@click.argument("name", type=click.Choice(["camvid", "camvid-tiny"]))
@click.option(
    "--to", "folder", type=_FOLDER, help="Parent folder for the data set's folder.  [default: data]"
)
def download(name: str, folder: Path | None) -> None:
    """Download CamVid or CamVid tiny.

    CamVid is 571 MB, CamVid tiny 2 MB. An interrupted download continues when you run this again.
    """
    from core.datasets.acquire.download import SOURCES
    from core.datasets.acquire.download import download as fetch

    dataset = fetch(SOURCES[name], folder, _print_download)
    click.echo(f"{dataset.root}: {len(dataset.frames())} frames")


@click.command()
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def statistics(folder: Path, as_json: bool) -> None:
    """Count how often each class occurs.

    In pixels and in frames. The counts are cached.
    """
    from core.datasets.contents.statistics import measure
    from core.datasets.layouts.opening import open_dataset

    counted = measure(open_dataset(folder), print_frames)
    click.echo(json.dumps(counted.as_dict()) if as_json else _table(counted))


@click.command()
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--count", default=120, show_default=True, help="How many frames.")
@click.option(
    "--size", type=_Size(), default="320x240", show_default=True, help="Width and height in pixels."
)
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same pixels.")
@click.option(
    "--town",
    type=click.Choice(["toytown", "jakarta"]),
    default="toytown",
    show_default=True,
    help="Which town: Toytown is European, Jakarta is full of motorcycles.",
)
def toytown(folder: Path, count: int, size: tuple[int, int], seed: int, town: str) -> None:
    """Draw Toytown, the built-in data set, into a new folder.

    Or another town: the names of the files say which.
    """
    from core.toytown import toytown as draw

    draw(folder, count, size, seed, print_frames, town)
    click.echo(f"{folder}: {count} frames")


@click.command()
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--data", type=_FOLDER, required=True, help="The data set whose frames they are pasted into.")
@click.option(
    "--photos", type=_FOLDER, help="Where the photos are kept.  [default: motorcycle-photos beside DIR]"
)
def motorcycles(folder: Path, data: Path, photos: Path | None) -> None:
    """Make a data set of real motorcycles in a new folder.

    It fetches photos under free licences once, and pastes their motorcycles into frames of a street. Photos
    in which nothing is a motorcycle become a second data set beside it, other-things. Photos that are in the
    folder of photos already are not fetched, and what was cut short goes on when it is started again.
    """
    from core.datasets.cutouts.writing import motorcycles as make
    from core.datasets.layouts.opening import open_dataset

    kept = photos or folder.with_name("motorcycle-photos")
    made = make(folder, open_dataset(data), kept, print_frames, fetched=_print_photos)
    for each, count in made.items():
        click.echo(f"{each}: {count} frames")


def print_frames(done: int, total: int) -> None:
    """One line that counts up in a terminal; prints nothing into a log or a pipe."""
    _print_line(f"{done} of {total} frames", done == total)


def _print_photos(done: int, total: int) -> None:
    _print_line(f"{done} of {total} photos", done == total)


def _print_download(progress: DownloadProgress) -> None:
    done, total = (f"{size / _MEGABYTE:.1f}" for size in (progress.done, progress.total))
    verb = {"download": "downloaded", "unpack": "unpacked"}[progress.stage]
    left = "" if progress.seconds_left is None else f", {duration(progress.seconds_left)} left"
    _print_line(f"{done} of {total} MB {verb}{left}", progress.done == progress.total)


def _print_line(text: str, last: bool) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{text:<60}", nl=last, err=True)


def _report(report: Report) -> str:
    splits = ", ".join(f"{split} {count}" for split, count in report.splits.items() if count)
    sizes = ", ".join(f"{size} ({count})" for size, count in report.sizes.items())
    lines = [
        f"{report.dataset}: {report.frames} frames in the layout {report.layout}",
        f"splits    {splits}",
        f"sizes     {sizes or '-'}",
        f"classes   {len(report.pixels)} of {report.classes} of {report.class_list}",
        f"occurring {', '.join(report.pixels) or '-'}",
        f"absent    {', '.join(report.absent) or '-'}",
        *(f"note      {note}" for note in report.notes),
        *(f"problem   {problem.kind}: {problem.message}" for problem in report.problems),
    ]
    count = len(report.problems)
    lines = [printable(line) for line in lines]
    return "\n".join([*lines, "clean" if report.clean else f"{count} problem{'s' if count > 1 else ''}"])


def _table(counted: Statistics) -> str:
    rows = sorted(counted.as_dict()["classes"], key=lambda row: -row["pixels"])
    lines = [
        f"{row['share']:8.3%}  {row['frames']:5d} frames  {row['class']}" for row in rows if row["pixels"]
    ]
    return "\n".join([f"{counted.dataset}: {len(counted.names)} frames", *lines])


COMMANDS = (check_data, import_data, download, statistics, toytown, motorcycles)
