"""The app's server: `streamlit run serve.py` serves `app.py`, with Streamlit's own JavaScript compressed.

Streamlit sends its JavaScript as it lies on the disk, for a proxy in front of it to compress. StreetScope has
no such proxy: in a classroom thirty browsers open it at once, over one wireless network.
"""

from __future__ import annotations

import gzip
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import anyio.to_thread
import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.hardware.allocator import use_few_heaps
from pages.widgets.shared.guests import in_class, is_own_address
from pages.widgets.shared.last_messages import keep_last_messages
from pages.widgets.shared.page_changes import keep_page_changes
from pages.widgets.shared.upload_addresses import keep_upload_addresses

COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg")
"""How the types of files begin that get smaller; fonts and pictures are compressed already."""


class CompressedFiles:
    """Compresses files that never change, each once: Streamlit's JavaScript and style sheets.

    Their names have a hash of what is in them, and their headers say that they are immutable.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[str, tuple[list[tuple[bytes, bytes]], bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request: compressed if it is for such a file and the browser takes it, else as it is."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _takes_gzip(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if path not in self._kept:
            answer = _Answer(send)
            await self._app(scope, receive, answer.take)
            if not answer.held or not answer.complete:
                return
            body = await anyio.to_thread.run_sync(gzip.compress, bytes(answer.body), 6)
            self._kept[path] = (_headers_of(answer.start, len(body)), body)
        headers, body = self._kept[path]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class _Answer:
    """What the app answers: held back if it is a file to compress, passed on if not."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.start: MutableMapping[str, Any] = {}
        self.body = bytearray()
        self.held = False
        self.complete = False

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
            self.held = message["status"] == 200 and _is_for_good(Headers(raw=message["headers"]))
        if not self.held:
            await self._send(message)
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            # Where the browser leaves in the middle, the rest of the file is never read.
            size = int(Headers(raw=self.start["headers"])["content-length"])
            self.complete = not message.get("more_body", False) and len(self.body) == size


def _takes_gzip(request: Headers) -> bool:
    return "gzip" in request.get("accept-encoding", "") and "range" not in request


def _is_for_good(answer: Headers) -> bool:
    """Whether a file is one that never changes and gets smaller."""
    kept = "immutable" in answer.get("cache-control", "")
    return kept and "content-encoding" not in answer and answer["content-type"].startswith(COMPRESSED)


def _headers_of(start: MutableMapping[str, Any], size: int) -> list[tuple[bytes, bytes]]:
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["content-encoding"] = "gzip"
    headers["content-length"] = str(size)
    headers.add_vary_header("accept-encoding")
    del headers["etag"]  # it is the file's, as it lies on the disk
    return headers.raw


class NoUploadsInClass:
    """In class mode only the machine that StreetScope runs on may send files.

    Pages show students no uploader, but the server would take a file for any session, and keep it in memory.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request: 403 to a file from another machine."""
        if scope["type"] == "http" and scope["method"] != "GET" and _UPLOADS in scope["path"] and in_class():
            host, _port = scope.get("client") or ("", 0)
            if not is_own_address(host):
                answer = PlainTextResponse("In class, only the teacher's computer can add files.", 403)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


_UPLOADS = "/_stcore/upload_file"

use_few_heaps()
keep_upload_addresses()
keep_last_messages()
keep_page_changes()
app = st.App(
    Path(__file__).with_name("app.py"),
    middleware=[Middleware(NoUploadsInClass), Middleware(CompressedFiles)],
)
