"""Commands for lessons: list them, check one that somebody wrote, copy one to change it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from core.commands.refusal import tell

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


@click.group()
def lesson() -> None:
    """Lessons: list them, check one, copy one to change it."""


@lesson.command("list")
@click.option("--language", default="en", help="Of the titles, such as id; English by default.")
@_json
def list_lessons(language: str, as_json: bool) -> None:
    """List all lessons with their titles and minutes: those that come with StreetScope, then your own."""
    from core.lessons.library import find, own
    from core.lessons.loading import shipped

    found = [find(name, language) for name in (*shipped(), *own())]
    if as_json:
        rows = [
            {"name": each.name, "title": each.title, "minutes": each.minutes, "steps": len(each.steps)}
            for each in found
        ]
        click.echo(json.dumps({"lessons": rows}))
        return
    for each in found:
        tell(f"{each.name}: {each.title} ({each.minutes} minutes, {len(each.steps)} steps)")


@lesson.command("check")
@click.argument("folder", type=click.Path(path_type=Path))
@_json
def check_lesson(folder: Path, as_json: bool) -> int:
    """Check the lesson in FOLDER: what is wrong with it, by file and line. Exit status 2 if anything is."""
    from core.errors import LessonError
    from core.lessons.library import files_at
    from core.lessons.loading import languages, parse

    try:
        files, name = files_at(folder)
        found = parse(files, name, "en")
    except LessonError as error:
        faults = [{"file": each.file, "line": each.line, "reason": each.reason} for each in error.faults]
        if as_json:
            click.echo(json.dumps({"usable": False, "faults": faults}))
        else:
            for line in str(error).splitlines():
                click.echo(line, err=True)
        return 2
    if as_json:
        click.echo(json.dumps({"usable": True, "faults": []}))
        return 0
    said = ", ".join(languages(files))
    told = f"{len(found.steps)} steps, {found.minutes} minutes, in {said}"
    tell(f"{found.title}: {told}. Nothing is wrong with it.")
    return 0


@lesson.command("copy")
@click.argument("name")
@click.argument("folder", type=click.Path(path_type=Path))
def copy_lesson(name: str, folder: Path) -> None:
    """Copy the lesson NAME into the new FOLDER, to change it; `lesson add FOLDER` brings it into the app."""
    from core.lessons.library import copy

    copy(name, folder)
    tell(f"{name} is in {folder}: change its words and steps, then check it with `lesson check {folder}`.")


@lesson.command("add")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Take the place of a lesson of yours with the same name.")
def add_lesson(folder: Path, replace: bool) -> None:
    """Put the lesson in FOLDER, or in a zip, among the app's lessons."""
    from core.lessons.library import files_at, put

    files, name = files_at(folder)
    found = put(files, name, replace=replace)
    tell(f"{found.title}: the page Lessons has it, as {found.name}.")


COMMANDS = (lesson,)
