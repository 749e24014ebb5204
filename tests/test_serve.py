"""The server compresses what never changes, once, and passes everything else on as it is."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_cache import populate_hash_if_needed

from core.classroom.store import CLASS
from serve import CompressedFiles, NoUploadsInClass

BODY = b"let street = 'scope';\n" * 200
FOR_GOOD = "public, immutable, max-age=31536000"


class Files:
    """An app whose every file is BODY, sent in two pieces; it counts how often it was asked."""

    def __init__(self, kind: str = "text/javascript", cache: str = FOR_GOOD, status: int = 200) -> None:
        self.asked = 0
        self._status = status
        self._headers = {
            "content-type": kind,
            "cache-control": cache,
            "content-length": str(len(BODY)),
            "etag": '"1"',
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        headers = [(name.encode(), value.encode()) for name, value in self._headers.items()]
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        await send({"type": "http.response.body", "body": BODY[:100], "more_body": True})
        await send({"type": "http.response.body", "body": BODY[100:]})


def ask(app: CompressedFiles, path: str = "/static/js/a.js", **headers: str) -> tuple[dict[str, str], bytes]:
    """The headers and the body of an answer; the headers of the request have _ for -."""
    given = {"accept_encoding": "gzip, br"} | headers
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items() if value]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "headers": raw}
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(app(scope, receive, send))
    start = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    return start, b"".join(message["body"] for message in messages[1:])


def test_a_file_for_good_is_compressed_once() -> None:
    files = Files()
    app = CompressedFiles(files)
    for _ in range(2):
        headers, body = ask(app)
        assert headers["content-encoding"] == "gzip"
        assert headers["content-length"] == str(len(body))
        assert headers["vary"] == "accept-encoding"
        assert headers["cache-control"] == FOR_GOOD
        assert "etag" not in headers
        assert len(body) < len(BODY) / 10
        assert gzip.decompress(body) == BODY
    assert files.asked == 1
    ask(app, "/static/js/b.js")
    assert files.asked == 2


@pytest.mark.parametrize(
    ("files", "headers"),
    [
        (Files(), {"accept_encoding": ""}),
        (Files(), {"range": "bytes=0-99"}),
        (Files(cache="no-cache"), {}),
        (Files(kind="font/woff2"), {}),
        (Files(status=404), {}),
    ],
    ids=["a browser that takes no gzip", "a part", "a page", "a font", "no such file"],
)
def test_everything_else_is_passed_on_as_it_is(files: Files, headers: dict[str, str]) -> None:
    app = CompressedFiles(files)
    for _ in range(2):
        answered, body = ask(app, **headers)
        assert "content-encoding" not in answered
        assert answered["etag"] == '"1"'
        assert body == BODY
    assert files.asked == 2


def test_a_file_that_breaks_off_is_not_kept() -> None:
    class Broken(Files):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            async def send_first_part(message: Message) -> None:
                if message["type"] == "http.response.start" or message.get("more_body"):
                    await send(message)

            await super().__call__(scope, receive, send_first_part if self.asked == 0 else send)

    app = CompressedFiles(Broken())
    with pytest.raises(IndexError):  # there is no answer: whoever asked has gone
        ask(app)
    _, body = ask(app)
    assert gzip.decompress(body) == BODY


def test_no_message_is_named_by_its_hash_for_a_browser_that_may_have_thrown_it_away() -> None:
    message = ForwardMsg()
    message.delta.new_element.markdown.body = "a" * 2_000_000
    populate_hash_if_needed(message)
    assert message.hash
    assert not message.metadata.cacheable


def send_file(client: str, path: str = "/_stcore/upload_file/session/file", method: str = "PUT") -> int:
    """The status with which the server answers a file from that address; 200 is the app's own."""
    files = Files()
    messages: list[Message] = []
    headers: list[tuple[bytes, bytes]] = []
    scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": headers}
    scope["client"] = (client, 50000)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(NoUploadsInClass(files)(scope, receive, send))
    return int(messages[0]["status"])


def test_in_class_no_other_machine_sends_files(monkeypatch: pytest.MonkeyPatch) -> None:
    assert send_file("192.0.2.77") == 200  # no class
    monkeypatch.setenv(CLASS, "1")
    assert send_file("192.0.2.77") == 403
    assert send_file("192.0.2.77", "/base/_stcore/upload_file/session/file", "POST") == 403
    assert send_file("") == 403
    assert send_file("127.0.0.1") == 200
    assert send_file("192.0.2.77", "/_stcore/health", "GET") == 200
