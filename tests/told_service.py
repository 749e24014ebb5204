"""A service that says what it is told to: the Service page shows it as one that runs here."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from service.local import announced

KEY = "ss_00000000_" + 64 * "0"
FIGURES = {
    "version": "1",
    "window": 60.0,
    "photos": 120,
    "failed": 2,
    "rate": 2.0,
    "p50": 0.0612,
    "p95": 0.25,
    "p99": 1.75,
    "started": "2026-11-29T05:00:00Z",
    "waiting": 3,
    "workers": 2,
    "workers_silent": 1,
    "workers_wanted": 2,
    "kept_answers": 40,
    "kept_bytes": 1_500_000,
    "dead": 1,
}
LETTER: dict[str, object] = {
    "number": 7,
    "when": "2026-01-02T03:04:05Z",
    "sender": "0123abcd",
    "request": "mine",
    "operation": "segment",
    "model": "![x](http://elsewhere)",
    "size": "512",
    "bytes": 77_000,
    "reason": "3 workers began it, and none ended it.",
}


class Told(BaseHTTPRequestHandler):
    """Says figures, one worker and one dead letter. asked: the method and path of each request."""

    asked: list[tuple[str, str]] = []  # noqa: RUF012 (emptied when a service begins)
    letter = LETTER

    def _tell(self) -> None:
        assert self.headers["Authorization"] == f"Bearer {KEY}"
        self.asked.append((self.command, self.path))
        workers = [{"pid": os.getpid(), "silent": True}]
        said: object = (
            FIGURES if "status" in self.path else workers if "workers" in self.path else [self.letter]
        )
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = _tell  # noqa: N815 (what the library calls)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def told_service(folder: Path, letter: dict[str, object] = LETTER) -> Iterator[list[tuple[str, str]]]:
    """Meanwhile such a service runs in a folder; what it is asked. letter: the dead one."""
    Told.asked.clear()
    Told.letter = letter
    with ThreadingHTTPServer(("127.0.0.1", 0), Told) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        with announced(folder, f"http://127.0.0.1:{server.server_port}", KEY):
            yield Told.asked
        server.shutdown()
        thread.join()
