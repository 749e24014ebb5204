"""The process that listens: a socket of its own choice, and uvicorn on it until somebody ends it."""

from __future__ import annotations

import errno
import socket

import click
import uvicorn
from fastapi import FastAPI

from service.settings import Settings

_QUEUE = 128
_HEADER_BYTES = 16 * 1024


def listen(settings: Settings) -> socket.socket:
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


def address(listener: socket.socket) -> str:
    """Where a socket listens, for a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def run(app: FastAPI, listener: socket.socket, settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C; requests that have begun are answered first."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        backlog=_QUEUE,
        h11_max_incomplete_event_size=_HEADER_BYTES,
        timeout_graceful_shutdown=round(settings.limits.answer_seconds),
    )
    uvicorn.Server(config).run([listener])
