"""`python -m core class`: a lesson for a room full of phones."""

from __future__ import annotations

import click

from core.commands.refusal import tell


@click.command("class")
@click.option("--lesson", default="", help="A lesson's name or folder.  [default: the first one]")
@click.option("--language", type=click.Choice(["en", "id"]), default="en", show_default=True)
@click.option("--host", default="0.0.0.0", show_default=True, help="Where to listen.")  # noqa: S104
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option("--new", "anew", is_flag=True, help="Delete the class that is there, and begin anew.")
@click.option("--end", is_flag=True, help="Delete the class that is there, and all its answers.")
def classroom(lesson: str, language: str, host: str, port: int, anew: bool, end: bool) -> None:
    """Open the app to the room for a lesson: phones join by a QR code.

    A class that was not ended goes on where it was.
    """
    from core.classroom.leading import open_class, teachers_pin
    from core.classroom.lessons import first_step, lesson_name
    from core.classroom.opening import in_terminal, join_address, room_host, serving, sole_class
    from core.classroom.store import ClassStore, class_file

    with sole_class():
        store = ClassStore(class_file())
        if end:
            store.erase()
            click.echo("The class is deleted, with all its answers.")
            return
        name = lesson_name(lesson)
        now = open_class(store, name, language, first_step(name, language), anew=anew)
        pin = teachers_pin(store)
        with serving(host, port) as server:
            there = room_host(host)
            address = join_address(there, port, now.code)
            click.echo(in_terminal(address))
            tell(f"Phones    {address}")
            tell(f"Code      {now.code}")
            tell(f"Teacher   http://{there}:{port}/classroom   PIN {pin}")
            click.echo(
                "Whoever is in this network can join and look; only who types the PIN can change anything."
            )
            click.echo("Ctrl+C closes the app and keeps the class; `python -m core class --end` deletes it.")
            try:
                server.wait()
            except KeyboardInterrupt:
                click.echo("\nThe class is kept: start again to go on.")


COMMANDS = (classroom,)
