"""`python -m core class`: a lesson for a room full of phones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from core.commands.refusal import tell
from core.errors import ClassroomError

if TYPE_CHECKING:
    from core.classroom.records import Class
    from core.classroom.store import ClassStore


@click.command("class")
@click.option("--lesson", default="", help="A lesson's name or folder.  [default: the first one]")
@click.option("--language", default="", help="The lesson's language, such as id.  [default: en]")
@click.option("--host", default="0.0.0.0", show_default=True, help="Where to listen.")  # noqa: S104
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option("--new", "anew", is_flag=True, help="Delete the class that is there, and begin anew.")
@click.option("--end", is_flag=True, help="Delete the class that is there, and all its answers.")
def classroom(lesson: str, language: str, host: str, port: int, anew: bool, end: bool) -> None:
    """Open the app to a room of phones for a lesson.

    A class that was not ended goes on where it was.
    """
    from core.classroom.leading import current
    from core.classroom.opening import serving, sole_class
    from core.classroom.store import ClassStore, class_file

    with sole_class():
        store = ClassStore(class_file())
        if end:
            store.erase()
            click.echo("The class is deleted, with all its answers.")
            return
        now = _opened(store, lesson, language, anew)
        try:
            with serving(host, port) as server:
                _say_how_to_join(store, now, host, port)
                server.wait()
                raise ClassroomError("The app has ended by itself; the class is kept: start again to go on.")
        except KeyboardInterrupt:
            ended = "The class has ended, and its answers are deleted."
            kept = "The class is kept: start again to go on."
            click.echo("\n" + (ended if current(store) is None else kept))


def _opened(store: ClassStore, lesson: str, language: str, anew: bool) -> Class:
    """The class to give: what is not said of it is as in the one that goes on."""
    from core.classroom.leading import current, open_class
    from core.classroom.lessons import first_step, lesson_name, spoken_language

    there = None if anew else current(store)
    name = there.lesson if there is not None and not lesson else lesson_name(lesson)
    spoken = spoken_language(name, language or (there.language if there is not None else ""))
    return open_class(store, name, spoken, first_step(name, spoken), anew=anew)


def _say_how_to_join(store: ClassStore, now: Class, host: str, port: int) -> None:
    from core.classroom.leading import teachers_pin
    from core.classroom.opening import in_terminal, join_address, room_host

    there = room_host(host)
    address = join_address(there, port, now.code)
    click.echo(in_terminal(address))
    tell(f"Phones    {address}")
    tell(f"Code      {now.code}")
    tell(f"Teacher   http://{there}:{port}/classroom   PIN {teachers_pin(store)}")
    click.echo("Whoever is in this network can join and look; only who types the PIN can change anything.")
    click.echo("Ctrl+C closes the app and keeps the class; `python -m core class --end` deletes it.")


COMMANDS = (classroom,)
