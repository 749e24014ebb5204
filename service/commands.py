"""`python -m service status` and `dead`: how the service here does, and what it could not answer."""

from __future__ import annotations

import json
from typing import Any

import click

from core.commands.refusal import tell
from service.local import running_or_say_so
from service.settings import service_folder

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
_NUMBER = click.argument("number", metavar="NUMBER", type=click.IntRange(min=1))
_PAGE = 100


@click.command()
@_JSON
def status(as_json: bool) -> None:
    """Say how the service that runs here does."""
    service = running_or_say_so(service_folder())
    now = service.get("/v1/admin/status")
    workers = [worker["pid"] for worker in service.get("/v1/admin/workers")]
    if as_json:
        click.echo(json.dumps({"url": service.url, "pid": service.pid} | now | {"worker_pids": workers}))
        return
    tell(f"StreetScope {now['version']} answers at {service.url}, process {service.pid}.")
    tell(
        f"In the last {now['window']:.0f} s: {_counted(now['photos'], 'photo')}, {now['failed']} refused or "
        "failed; "
        f"{_seconds(now['p50'])} (p50), {_seconds(now['p95'])} (p95), {_seconds(now['p99'])} (p99)."
    )
    tell(
        f"Now: {_known(now['waiting'])} in the queue, {now['workers'] - now['workers_silent']} of "
        f"{now['workers_wanted']} workers answer, "
        f"{_counted(now['kept_answers'], 'answer')} kept, {_counted(now['dead'], 'dead letter')}."
    )


@click.group()
def dead() -> None:
    """List, remove and send again the requests that nobody could answer."""


@dead.command("list")
@_JSON
def list_dead(as_json: bool) -> None:
    """List them, the oldest first, with the reason."""
    found = _letters()
    if as_json:
        click.echo(json.dumps(found))
        return
    if not found:
        tell("There are no dead letters.")
    for letter in found:
        number, when = f"{letter['number']:>5}", letter["when"][:19]
        weight = f"{letter['bytes']} bytes" if letter["bytes"] else "a large photo"
        what = f"model {letter['model'] or 'none'}, size {letter['size'] or 'none'}, {weight}"
        tell(f"{number}  {when}  {what}, from {letter['sender']}: {letter['reason']}")


@dead.command()
@_NUMBER
@_JSON
def remove(number: int, as_json: bool) -> None:
    """Remove the one with this NUMBER, as `dead list` shows it."""
    running_or_say_so(service_folder()).delete(f"/v1/admin/dead/{number}")
    if as_json:
        click.echo(json.dumps({"number": number}))
        return
    tell(f"The dead letter {number} is removed.")


@dead.command()
@_NUMBER
@_JSON
def resend(number: int, as_json: bool) -> None:
    """Put the one with this NUMBER into the queue again, under a new id."""
    sent = running_or_say_so(service_folder()).post(f"/v1/admin/dead/{number}/resend")
    if as_json:
        click.echo(json.dumps(sent))
        return
    tell(f"The dead letter {number} is in the queue again, as {sent['request']}.")


def _letters() -> list[dict[str, Any]]:
    service = running_or_say_so(service_folder())
    found: list[dict[str, Any]] = []
    while page := service.get("/v1/admin/dead", after=found[-1]["number"] if found else 0, limit=_PAGE):
        found += page
    return found


def _seconds(seconds: float | None) -> str:
    return "no time" if seconds is None else f"{seconds:.3f} s"


def _counted(number: int | None, what: str) -> str:
    return f"{_known(number)} {what}{'' if number == 1 else 's'}"


def _known(number: int | None) -> str:
    return "unknown" if number is None else str(number)
