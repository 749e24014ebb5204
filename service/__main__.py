"""`python -m service` runs the service; `python -m service COMMAND` does what belongs to it.

Exit status 0 if all went well; 2 with one sentence on stderr for anything wrong with the input.
"""

from __future__ import annotations

import sys

import anyio.to_thread
import click

from core.commands.refusal import refuse
from core.errors import StreetScopeError
from core.files import system_error_sentence
from core.models.paths import DEFAULT_MODEL
from service.access.commands import keys
from service.settings import Settings, service_folder


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", default=Settings.host, show_default=True, help="Who may come: this machine alone.")
@click.option("--port", type=click.IntRange(0, 65535), default=Settings.port, show_default=True)
@click.pass_context
def cli(context: click.Context, host: str, port: int) -> None:
    """StreetScope for other programs: without a COMMAND, run the service until Ctrl-C."""
    if context.invoked_subcommand is None:
        _serve(Settings(host, port))


def _serve(settings: Settings) -> None:
    from service.access.keys import KeyStore
    from service.access.rates import Rates
    from service.engine.answers import Answer
    from service.engine.engine import Engine
    from service.engine.requests import Request
    from service.rest import server
    from service.rest.app import create_app
    from service.rest.bodies import Uploads
    from service.rest.context import Service
    from service.rest.kept import KeptAnswers
    from service.rest.metrics import Metrics

    engine, limits = Engine(), settings.limits

    async def ask(request: Request, photo: bytes) -> Answer:
        return await anyio.to_thread.run_sync(engine.answer, request, photo)

    async def check() -> None:
        await anyio.to_thread.run_sync(engine.load, DEFAULT_MODEL)

    store = KeyStore(service_folder())
    store.all()  # if the file is damaged, say so now
    service = Service(ask, check, store, Rates(), Uploads(limits), KeptAnswers(limits.kept_bytes), Metrics())
    listener = server.listen(settings)
    where = server.address(listener)
    click.echo(f"StreetScope answers at {where}; {where}/docs shows how to ask. Ctrl-C ends it.")
    server.run(create_app(service), listener, settings)


cli.add_command(keys)


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status; every error becomes one sentence on stderr."""
    try:
        status = cli.main(arguments, prog_name="python -m service", standalone_mode=False)
    except click.ClickException as error:
        return refuse(error.format_message())
    except StreetScopeError as error:
        return refuse(str(error))
    except OSError as error:
        return refuse(system_error_sentence(error))
    except (click.Abort, KeyboardInterrupt):
        return 130
    return status if isinstance(status, int) else 0


if __name__ == "__main__":
    sys.exit(main())
