"""A web server with photos and with every fault that one can have, on this machine."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import unquote, urlsplit

import numpy as np
from PIL import Image


@cache
def street(seed: int, width: int = 480, height: int = 360) -> bytes:
    """A JPEG that looks like no other seed's."""
    cells = np.random.default_rng(seed).integers(40, 250, (6, 8, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(cells).resize((width, height)).save(file, "JPEG", quality=85)
    return file.getvalue()


def turned_with_exif() -> bytes:
    """A JPEG stored lying on its side, with a place and a maker in its EXIF."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A secret camera"
    exif.get_ifd(0x8825)[2] = (52.0, 12.0, 30.0)
    picture = np.zeros((300, 400, 3), np.uint8)
    picture[:, :200] = (250, 20, 20)  # the left half, which is the top once it is upright
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", exif=exif)
    return file.getvalue()


@cache
def bomb() -> bytes:
    """A PNG of 64 million pixels in some kilobytes."""
    file = io.BytesIO()
    Image.new("1", (8000, 8000)).save(file, "PNG")
    return file.getvalue()


class HostileServer:
    """asked: the hosts and paths of all requests. busiest: how many it answered at one time."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self._server = server
        self.asked: list[str] = []
        self.connections = 0
        self.busiest = 0
        self.robots: dict[str, str] = {}
        self.elsewhere = ""
        self._now = 0
        self._lock = threading.Lock()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @contextmanager
    def busy(self) -> Iterator[None]:
        with self._lock:
            self._now += 1
            self.busiest = max(self.busiest, self._now)
        try:
            yield
        finally:
            with self._lock:
                self._now -= 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    ours: HostileServer
    routes: ClassVar[dict[str, Callable[[_Handler], None]]] = {}

    def handle(self) -> None:
        self.ours.connections += 1
        with contextlib.suppress(ConnectionError, TimeoutError):
            super().handle()

    def do_GET(self) -> None:
        host = self.headers.get("Host", "").partition(":")[0]
        self.ours.asked.append(host + self.path)
        path = unquote(urlsplit(self.path).path)
        with self.ours.busy(), contextlib.suppress(ConnectionError):
            if path == "/robots.txt":
                text = self.ours.robots.get(host)
                self.send(b"" if text is None else text.encode(), "text/plain", 404 if text is None else 200)
            elif path.startswith("/street/"):
                self.send(street(int(path.split("/")[2].partition(".")[0])))
            elif path.startswith("/small-street/"):
                self.send(street(int(path.split("/")[2].partition(".")[0]), 240, 180))
            else:
                _ROUTES.get(path, _Handler.gone)(self)

    def send(self, body: bytes, kind: str = "image/jpeg", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        headers.setdefault("Content_Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def gone(self) -> None:
        self.send(b"gone", "text/plain", 404)

    def to(self, location: str) -> None:
        self.send(b"", status=302, Location=location)

    def endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.end_headers()
        for _ in range(2000):
            self.wfile.write(b"x" * 65536)

    def slow(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(b"x")
            time.sleep(0.02)

    def slow_head(self) -> None:
        for _ in range(1000):
            self.wfile.write(b"x")
            time.sleep(0.02)

    def cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.wfile.write(street(1)[:2000])
        self.close_connection = True

    def openverse(self) -> None:
        """As https://api.openverse.org/v1/images/ answers, with one photo of this server."""
        here = f"http://{self.headers['Host']}"
        photo = {
            "title": "Jalan Thamrin",
            "url": f"{here}/street/9.jpg",
            "foreign_landing_url": f"{here}/photos/9",
            "creator": "Budi",
            "license": "by-sa",
            "license_version": "2.0",
            "license_url": "https://creativecommons.org/licenses/by-sa/2.0/",
        }
        answer = {"result_count": 1, "page_count": 1, "page": 1, "results": [photo]}
        self.send(json.dumps(answer).encode(), "application/json")

    def no_http(self) -> None:
        self.wfile.write(b"SSH-2.0-nonsense\r\n")
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass


_ROUTES: dict[str, Callable[[_Handler], None]] = {
    "/hop/1": lambda asked: asked.to("/hop/2"),
    "/hop/2": lambda asked: asked.to("/hop/3"),
    "/hop/3": lambda asked: asked.to("/street/7.jpg"),
    "/loop": lambda asked: asked.to("/loop"),
    "/to-private": lambda asked: asked.to(asked.ours.elsewhere),
    "/to-mapped": lambda asked: asked.to("http://[::ffff:10.0.0.1]/x.jpg"),
    "/to-file": lambda asked: asked.to("file:///etc/passwd"),
    "/endless": _Handler.endless,
    "/slow": _Handler.slow,
    "/slow-head": _Handler.slow_head,
    "/cut": _Handler.cut,
    "/no-http": _Handler.no_http,
    "/page": lambda asked: asked.send(b"<!doctype html><p>Not a picture</p>", "text/html"),
    "/page-as-jpeg": lambda asked: asked.send(b"<html>Not a picture</html>"),
    "/text": lambda asked: asked.send(b"hello", "text/plain"),
    "/as-text": lambda asked: asked.send(street(21), "text/plain"),
    "/large": lambda asked: asked.send(b"", Content_Length="99999999"),
    "/gzipped": lambda asked: asked.send(gzip.compress(street(22)), Content_Encoding="gzip"),
    "/gzip-bomb": lambda asked: asked.send(gzip.compress(bytes(4 * 2**20)), Content_Encoding="gzip"),
    "/brotli": lambda asked: asked.send(b"xx", Content_Encoding="br"),
    "/bomb.png": lambda asked: asked.send(bomb(), "image/png"),
    "/half": lambda asked: asked.send(street(23)[:3000]),
    "/tiny": lambda asked: asked.send(street(24, 20, 20)),
    "/empty": lambda asked: asked.send(b""),
    "/v1/images/": _Handler.openverse,
    "/turned": lambda asked: asked.send(turned_with_exif()),
    "/forbidden": lambda asked: asked.send(b"", status=403),
    "/trouble": lambda asked: asked.send(b"", status=503),
    "/often": lambda asked: asked.send(b"", status=429),
    "/jalan raya.jpg": lambda asked: asked.send(street(25)),
    "/道路.jpg": lambda asked: asked.send(street(26)),
}


@contextmanager
def hostile_server(host: str = "127.0.0.1", port: int = 0) -> Iterator[HostileServer]:
    """The server, until the block ends."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer((host, port), handler) as server:
        server.daemon_threads = True
        ours = handler.ours = HostileServer(server)  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield ours
        finally:
            server.shutdown()
            thread.join()
