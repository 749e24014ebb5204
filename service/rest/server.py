"""The process that listens, with a broker and workers beside it, until somebody ends it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from functools import partial
from typing import Any, NoReturn

import anyio.to_thread
import click
import uvicorn
from fastapi import FastAPI

from service.access.clients import ClientStore
from service.access.keys import KeyStore
from service.access.rates import Rates
from service.local import announced
from service.problems import Problem
from service.rest.app import create_app
from service.rest.bodies import Uploads
from service.rest.connections import Connection
from service.rest.context import Service
from service.rest.metrics import Metrics
from service.rest.photos.kept import KeptAnswers
from service.settings import Settings, service_folder
from service.topics import streams
from service.topics.asking import Asker
from service.topics.broker import Broker
from service.topics.supervisor import Places, Remedy, Workers

Work = Callable[[], Coroutine[Any, Any, None]]

_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
_LOOK_SECONDS = 0.1
_QUEUE = 128
_HEADER_BYTES = 16 * 1024


def serve(settings: Settings, broker_url: str) -> None:
    """Run the service until SIGTERM or Ctrl-C; requests that have begun are answered first.

    broker_url: of a broker that runs already; "" to bring one along. ServiceError.
    """
    # Handled by uvicorn while it runs, which passes it on: then what was begun here is ended in order.
    signal.signal(signal.SIGTERM, _end)
    keys = KeyStore(service_folder())
    clients = ClientStore(service_folder())
    keys.all(), clients.all()  # if a file is damaged, say so now
    if settings.host not in _THIS_MACHINE:
        click.echo(
            "Everyone who can reach this machine and has a key can now send photos. Keys and photos travel "
            "unencrypted: put a web server with HTTPS in front where you do not trust the network.",
            err=True,
        )
    with closing(_listener(settings)) as listener, _broker(broker_url, clients, settings) as (url, own):
        asyncio.run(streams.prepare(url))
        limits = settings.limits
        asker = Asker(url, limits.answer_seconds)
        workers = Workers(settings.workers, url, own)
        service = Service(
            asker, keys, Rates(), Uploads(limits), KeptAnswers(limits.kept_bytes), Metrics(), workers
        )
        places = Places(clients, url)
        works: list[Work] = [
            workers.keep_alive,
            places.keep_current,
            partial(_announce, asker, _address(listener)),
        ]
        if own:
            works.append(Remedy(own, asker.complaint).keep_working)
        app = create_app(service, partial(_beside, asker, workers, works))
        with announced(service_folder(), _address(listener, here=True), keys.make_own()):
            _run(app, listener, settings)


def _end(*_: object) -> NoReturn:
    raise SystemExit(0)


@contextmanager
def _broker(url: str, clients: ClientStore, settings: Settings) -> Iterator[tuple[str, Broker | None]]:
    """The broker's address, and the broker itself if it is our own."""
    if url:
        yield url, None
        return
    own = Broker(service_folder() / "broker", clients, settings.topics_port)
    try:
        yield own.url, own
    finally:
        own.end()


@asynccontextmanager
async def _beside(asker: Asker, workers: Workers, works: Sequence[Work], _: FastAPI) -> AsyncIterator[None]:
    """What runs for as long as requests are taken."""
    await asker.connect()
    tasks = [asyncio.create_task(work()) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await anyio.to_thread.run_sync(workers.end)
        await asker.close()


async def _announce(asker: Asker, where: str) -> None:
    """Say where to ask, once somebody is there to answer."""
    while True:
        with contextlib.suppress(Problem):
            await asker.check()
            click.echo(f"StreetScope answers at {where}; {where}/docs shows how to ask. Ctrl-C ends it.")
            return
        await asyncio.sleep(_LOOK_SECONDS)


def _listener(settings: Settings) -> socket.socket:
    """A socket where the settings say. click.ClickException with a sentence if that cannot be."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise click.ClickException(
                f"Port {settings.port} is taken, perhaps by another service; choose a different --port."
            ) from error
        raise click.ClickException(
            f"Nobody can listen at {settings.host}, port {settings.port}: {error.strerror or error}."
        ) from error
    return listener


def _address(listener: socket.socket, *, here: bool = False) -> str:
    """Where a socket listens, for a browser; here: for one on this machine."""
    host, port = listener.getsockname()[:2]
    if here:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (nothing listens here)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _run(app: FastAPI, listener: socket.socket, settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C; requests that have begun are answered first."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=Connection,
        ws="none",
        backlog=_QUEUE,
        h11_max_incomplete_event_size=_HEADER_BYTES,
        timeout_graceful_shutdown=round(settings.limits.answer_seconds),
    )
    uvicorn.Server(config).run([listener])
