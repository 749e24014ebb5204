"""`python -m service` runs the service; `python -m service COMMAND` does what belongs to it.

Exit status 0 if all went well; 2 with one sentence on stderr for anything wrong with the input.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

import click

from core.commands.refusal import run
from service.access.commands import keys
from service.commands import dead, status
from service.settings import Settings
from service.topics.commands import clients


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", default=Settings.host, show_default=True, help="Who may come: this machine alone.")
@click.option("--port", type=click.IntRange(0, 65535), default=Settings.port, show_default=True)
@click.option(
    "--workers",
    type=click.IntRange(0, 64),
    default=Settings.workers,
    show_default=True,
    help="Processes that segment; 0 where they run on other machines.",
)
@click.option(
    "--topics-port",
    type=click.IntRange(0, 65535),
    default=Settings.topics_port,
    show_default=True,
    help="Where programs on this machine find the topics; 0 for any free port.",
)
@click.pass_context
def cli(context: click.Context, host: str, port: int, workers: int, topics_port: int) -> None:
    """StreetScope for other programs: without a COMMAND, run the service until Ctrl-C.

    NATS_URL names a broker that runs already; without it, the service brings its own.
    """
    if context.invoked_subcommand is None:
        from service.rest.server import serve

        broker = os.environ.get("NATS_URL", "")
        if not (workers or broker):
            raise click.UsageError(
                "Without a worker here, let NATS_URL name a broker that workers elsewhere can reach too"
            )
        serve(Settings(host, port, workers, topics_port), broker)


@cli.command()
@click.option("--threads", type=click.IntRange(1, 256), help="That compute; without, one on each core.")
def worker(threads: int | None) -> None:
    """Segment what comes to the broker that NATS_URL names, until SIGTERM."""
    from uvicorn.loops.auto import auto_loop_factory

    from service.topics.worker import work

    url = os.environ.get("NATS_URL")
    if not url:
        raise click.UsageError("Let NATS_URL name the broker, as in NATS_URL=nats://10.0.0.5:4222")
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(work(url, threads))


@cli.command()
def asyncapi() -> None:
    """Print the AsyncAPI document of the topics."""
    from service.topics.described import document

    click.echo(json.dumps(document(), indent=1))


cli.add_command(keys)
cli.add_command(clients)
cli.add_command(status)
cli.add_command(dead)


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status; every error becomes one sentence on stderr."""
    return run(cli, arguments, "python -m service")


if __name__ == "__main__":
    sys.exit(main())
