"""Hostile requests to a running service: each is refused, and meanwhile it answers everybody else."""

from __future__ import annotations

import contextlib
import gzip
import json
import math
import random
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import zstandard

from core.project import ROOT
from tests.attack._running import LOG, new_key, running_service
from tests.attack.tally import Outcome, Tally

REQUESTS = 500
AT_ONCE = 8
HEALTH_SECONDS = 0.2
"""The health of the service is answered within these, whatever else is asked."""

_HEALTH_PAUSE = 0.02
_ALONE_SECONDS = 5.0
_PATIENCE = 150.0
"""Seconds for an answer: a slow body is given up by the service after less."""

_PHOTO = (ROOT / "core/photos/sample_pictures/toytown-noon.jpg").read_bytes()
_MEGABYTE = 1024 * 1024
_END = b"the connection is closed on this side"
"""As a part: what a client that died would do."""


@dataclass(frozen=True)
class Hostile:
    """A request as it goes over the wire, in parts. what: names it.

    broken: it is no HTTP, so the connection may be closed without an answer. pause: seconds between parts.
    """

    what: str
    parts: tuple[bytes, ...] = field(repr=False)
    broken: bool = False
    pause: float = 0.0


def attack(tally: Tally, folder: Path) -> None:
    """Send all of them, some at once; a 2xx, a 5xx, no answer, or a health that lets wait is harm."""
    with running_service(folder) as url:
        host, port = url.removeprefix("http://").split(":")
        place = (host, int(port))
        tries = _tries(new_key(folder), new_key(folder, "read"))
        with _health(url) as alone:
            time.sleep(_ALONE_SECONDS)
        with _health(url) as latencies, ThreadPoolExecutor(AT_ONCE) as threads:
            for hostile, status in zip(tries, threads.map(lambda one: _sent(place, one), tries), strict=True):
                tally.count(_outcome(hostile, status), f"{hostile.what}: {status or 'no answer'}")
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {new_key(folder)}"}) as client:
            answer = client.post("/v1/segment?answer=index", content=_PHOTO, timeout=_PATIENCE)
        tally.count(
            "taken" if answer.status_code == 200 else "lost", f"a photo afterwards: {answer.status_code}"
        )
    if b"Traceback" in (folder / LOG).read_bytes():
        tally.count("traceback", "the service's log has one")
    if max(latencies) > HEALTH_SECONDS:
        tally.count("too much", f"the health: {_milliseconds(latencies)}")
    tally.notes.append(
        f"requests: the health, asked {len(latencies)} times: {_milliseconds(latencies)}; before, alone: "
        f"{_milliseconds(alone)}"
    )


def _milliseconds(seconds: list[float]) -> str:
    p99 = sorted(seconds)[math.ceil(0.99 * len(seconds)) - 1]
    return f"99th percentile {1000 * p99:.0f} ms, at most {1000 * max(seconds):.0f} ms"


def _outcome(hostile: Hostile, status: int | None) -> Outcome:
    if status is None:
        return "refused" if hostile.broken else "lost"
    if 400 <= status < 500:
        return "refused"
    return "traceback" if status >= 500 else "lost"


def _sent(place: tuple[str, int], hostile: Hostile) -> int | None:
    """The status of the first answer; None if the connection is closed without one."""
    with socket.create_connection(place, timeout=_PATIENCE) as connection:
        for part in hostile.parts:
            try:
                if part is _END:
                    connection.shutdown(socket.SHUT_WR)
                else:
                    connection.sendall(part)
            except OSError:  # refused before all of it was sent
                break
            if hostile.pause and _is_answered(connection, hostile.pause):
                break
        answer = b""
        with contextlib.suppress(OSError):
            while b"\r\n" not in answer and (more := connection.recv(4096)):
                answer += more
    words = answer.split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else None


def _is_answered(connection: socket.socket, seconds: float) -> bool:
    """Whether something comes back within so many seconds."""
    connection.settimeout(seconds)
    try:
        return connection.recv(1, socket.MSG_PEEK) is not None
    except TimeoutError:
        return False
    except OSError:
        return True
    finally:
        connection.settimeout(_PATIENCE)


@contextlib.contextmanager
def _health(url: str) -> Iterator[list[float]]:
    """How long each answer takes to whether the service lives, asked all the time by somebody else."""
    seconds: list[float] = []
    ended = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=url, timeout=_PATIENCE) as client:
            while not ended.wait(_HEALTH_PAUSE):
                start = time.perf_counter()
                client.get("/healthz").raise_for_status()
                seconds.append(time.perf_counter() - start)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield seconds
    finally:
        ended.set()
        thread.join()


def _tries(key: str, reader: str) -> list[Hostile]:
    """All requests, in an order by chance: the slow ones, and each other kind in turn."""
    chance = random.Random(18)
    slow = [_slow_head(key), _slow_body(key), _too_large(key)] * 3
    tries = slow + [
        _KINDS[number % len(_KINDS)](chance, reader if number % len(_KINDS) == 0 else key)
        for number in range(REQUESTS - len(slow))
    ]
    chance.shuffle(tries)
    return tries


def _request(
    what: str,
    key: str,
    address: str = "/v1/segment",
    *headers: str,
    body: bytes = b"",
    method: str = "POST",
    length: int | None = None,
    broken: bool = False,
) -> Hostile:
    lines = [f"{method} {address} HTTP/1.1", "Host: streetscope", f"Authorization: Bearer {key}", *headers]
    if length is None or length >= 0:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
    return Hostile(what, (head, body), broken)


def _wrong_key(chance: random.Random, key: str) -> Hostile:
    _, identity, secret = key.split("_")
    wrong = chance.choice(
        [
            f"ss_{identity}_{chance.randbytes(32).hex()}",
            f"ss_{chance.randbytes(4).hex()}_{secret}",
            "",
            key[:-1],
            f"{key}, {key}",
            "' OR 1=1 --",
            "ss_" * chance.randrange(1, 3000),
            "\xe9" * 40,
        ]
    )
    address = chance.choice(["/v1/segment", "/v1/read?row=1&col=1", "/v1/segment/batch"])
    return _request(f"a wrong key, {wrong[:20]!r}", wrong, address, body=_PHOTO)


def _no_scope(_: random.Random, key: str) -> Hostile:
    return _request("a key without the scope", key, body=_PHOTO)


def _half_body(chance: random.Random, key: str) -> Hostile:
    sent = chance.randrange(len(_PHOTO))
    whole = _request("half a body", key, body=_PHOTO[:sent], length=len(_PHOTO))
    return Hostile(whole.what, (*whole.parts, _END), broken=True)


def _bomb(chance: random.Random, key: str) -> Hostile:
    megabytes = chance.choice([64, 128, 256])
    if chance.random() < 0.5:
        packer = zlib.compressobj(9, wbits=31)
        packed = b"".join(packer.compress(bytes(_MEGABYTE)) for _ in range(megabytes)) + packer.flush()
        return _request("a gzip bomb", key, "/v1/segment", "Content-Encoding: gzip", body=packed)
    packed = zstandard.ZstdCompressor().compress(bytes(megabytes * _MEGABYTE))
    return _request("a zstd bomb", key, "/v1/segment", "Content-Encoding: zstd", body=packed)


def _no_photo(chance: random.Random, key: str) -> Hostile:
    body = chance.choice(
        [
            b"",
            b"hello",
            b"<svg onload=alert(1)>",
            b"%PDF-1.7\n",
            b"MZ" + bytes(1000),
            b"PK\x03\x04" + bytes(1000),
            b"\x1f\x8b\x08" + bytes(100),
            bytes(chance.randrange(1, 5 * _MEGABYTE)),
            chance.randbytes(chance.randrange(1, 100_000)),
            json.dumps({"photo": "street.jpg"}).encode(),
        ]
    )
    kind = chance.choice(["image/jpeg", "application/json", "text/html", "x", "image/png; charset=\xff"])
    return _request(f"no photo, {body[:10]!r}", key, "/v1/segment", f"Content-Type: {kind}", body=body)


def _cut_photo(chance: random.Random, key: str) -> Hostile:
    body = bytearray(_PHOTO[: chance.randrange(4, 600)])
    for _ in range(chance.randrange(1, 20)):
        body[chance.randrange(2, len(body))] = chance.randrange(256)
    return _request("a damaged photo", key, "/v1/read?row=1&col=1", body=bytes(body))


def _injected_header(chance: random.Random, key: str) -> Hostile:
    header = chance.choice(
        [
            "X-A: b\nSet-Cookie: c=d",
            "X-A: b\r\n : c",
            "X A: b",
            "X-A\0: b",
            "X-A: b\0c",
            ": nothing",
            "Content-Length: 5\r\nContent-Length: 6",
            "\r Folded: line",
        ]
    )
    return _request(f"a header {header!r}", key, "/v1/segment", header, body=b"no photo", broken=True)


def _model_path(chance: random.Random, key: str) -> Hostile:
    model = chance.choice(
        [
            "../../etc/passwd",
            "..%2F..%2Fetc%2Fpasswd",
            "%2e%2e/street-lite0",
            "/etc/passwd",
            "street-lite0%00.json",
            "street-lite0/../street-lite0",
            "C:%5CWindows",
            "%0d%0aX-Evil:%201",
            "street-lite0%2F",
            ".",
            "..",
            "-",
            "~root",
            "a" * 5000,
            "%F0%9F%9A%97",
            "%ff%fe",
            "$(id)",
            "{{7*7}}",
        ]
    )
    return _request(f"a model {model[:30]!r}", key, f"/v1/segment?model={model}", body=_PHOTO)


def _giant_header(chance: random.Random, key: str) -> Hostile:
    size = chance.choice([17_000, 100_000, 1_000_000])
    many = chance.random() < 0.5
    headers = [f"X-{number}: y" for number in range(size // 10)] if many else ["X-A: " + "b" * size]
    return _request(f"headers of {size:,} bytes", key, "/v1/segment", *headers, body=_PHOTO, broken=True)


def _twice(chance: random.Random, key: str) -> Hostile:
    query = chance.choice(
        ["size=64&size=128", "model=a&model=b", "answer=json&answer=json", "size=64&size=64"]
    )
    return _request(f"parameters twice, {query}", key, f"/v1/segment?{query}", body=_PHOTO)


def _lying_chunks(chance: random.Random, key: str) -> Hostile:
    body = chance.choice(
        [
            b"ffffffffffffffff\r\nx",
            b"-5\r\nhello\r\n0\r\n\r\n",
            b"zz\r\nhello\r\n0\r\n\r\n",
            b"5\r\nhello world\r\n0\r\n\r\n",
            b"0x5\r\nhello\r\n0\r\n\r\n",
            b"5;" + b"a" * 20_000 + b"\r\nhello\r\n0\r\n\r\n",
            b"5\nhello\n0\n\n",
        ]
    )
    said = f"lying chunks, {body[:12]!r}"
    one = _request(said, key, "/v1/segment", "Transfer-Encoding: chunked", body=body, length=-1, broken=True)
    return Hostile(one.what, (*one.parts, _END), broken=True)


def _smuggled(chance: random.Random, key: str) -> Hostile:
    inner = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
    headers, body = chance.choice(
        [
            (["Content-Length: 6", "Transfer-Encoding: chunked"], b"0\r\n\r\n" + inner),
            (["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], b"0\r\n\r\n" + inner),
            (["Transfer-Encoding: xchunked"], b"0\r\n\r\n" + inner),
            (["Transfer-Encoding : chunked"], b"0\r\n\r\n" + inner),
            (["Content-Length: +5"], b"hello" + inner),
            (["Content-Length: 5, 6"], b"hello" + inner),
            (["Content-Length: -1"], inner),
            (["Transfer-Encoding: chunked, gzip"], b"0\r\n\r\n" + inner),
        ]
    )
    what = f"smuggling by {headers}"
    return _request(what, key, "/v1/segment", *headers, body=body, length=-1, broken=True)


def _wrong_method(chance: random.Random, key: str) -> Hostile:
    method = chance.choice(["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "CONNECT", "PROPFIND", "A" * 300])
    address = chance.choice(["/v1/segment", "/v1/models", "/healthz", "/v1/segment/batch"])
    return _request(f"{method[:10]} {address}", key, address, method=method)


def _form(fields: list[tuple[str, str | None, bytes]]) -> bytes:
    parts = []
    for name, file, value in fields:
        named = f'; filename="{file}"' if file is not None else ""
        head = f'--x\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
        parts.append(head.encode("latin-1", "replace") + value + b"\r\n")
    return b"".join(parts) + b"--x--\r\n"


_FORM = "Content-Type: multipart/form-data; boundary=x"


def _many_fields(chance: random.Random, key: str) -> Hostile:
    photo = ("photo", "a.jpg", _PHOTO)
    body = chance.choice(
        [
            _form([(f"f{number}", None, b"x") for number in range(2000)]),
            _form([photo] * 3),
            _form([("size", None, b"6" * 100_000), photo]),
            _form([("n" * 100_000, None, b"x")]),
            _form([("photo", "../../etc/passwd", b"root")]),
            _form([photo])[: chance.randrange(10, len(_PHOTO))],
            _form([("photo", None, _PHOTO[:2000])]),
            b"--x\r\n" * 20_000,
            b"--y--",
            _form([("size", None, b"64"), ("size", None, b"128"), ("answer", None, b"exe"), photo]),
        ]
    )
    return _request(f"a form {body[:60]!r}", key, "/v1/segment", _FORM, body=body)


def _strange_letters(chance: random.Random, key: str) -> Hostile:
    word = "".join(chance.choice("\u202e\u0000\ufeff\u0661\U0001f697\u0130\ud7ff\x1b[") for _ in range(20))
    name = chance.choice(["model", "size", "answer", "row", word])
    query = httpx.QueryParams({name: word})
    return _request(f"strange letters in {name!r}", key, f"/v1/segment?{query}", body=_PHOTO)


def _odd_address(chance: random.Random, key: str) -> Hostile:
    address = chance.choice(
        [
            "/v1/segment/",
            "//v1/segment",
            "/v1/../v1/segment",
            "/V1/SEGMENT",
            "/v1/answers/../../etc/passwd",
            "/docs/assets/..%2f..%2fetc%2fpasswd",
            "/.git/config",
            "/wp-login.php",
            "/v1/segment%00",
            "/" + "a" * 10_000,
            "/v1/segment;x",
            "/problems/..%2fdocs",
        ]
    )
    return _request(f"the address {address[:40]}", key, address, body=_PHOTO)


def _bad_id(chance: random.Random, key: str) -> Hostile:
    given = chance.choice(["", "a" * 65, "a b", "*", ">", "a.b", '"', "\xff", "a\r\nIdempotency-Key: b"])
    return _request(f"the id {given[:20]!r}", key, "/v1/segment", f"Idempotency-Key: {given}", body=_PHOTO)


def _bad_batch(chance: random.Random, key: str) -> Hostile:
    body = chance.choice(
        [
            _form([("photo", f"{number}", b"x") for number in range(chance.randrange(33, 300))]),
            _form([]),
            _form([("model", None, b"../.."), ("photo", "a", _PHOTO)]),
            _form([("photo", "a", _PHOTO), ("what", None, b"x")]),
            _PHOTO,
        ]
    )
    return _request(f"a batch {body[:60]!r}", key, "/v1/segment/batch", _FORM, body=body)


def _wrong_encoding(chance: random.Random, key: str) -> Hostile:
    encoding, body = chance.choice(
        [
            ("br", _PHOTO),
            ("gzip", _PHOTO),
            ("zstd", _PHOTO),
            ("gzip, gzip", gzip.compress(gzip.compress(_PHOTO))),
            ("gzip", gzip.compress(_PHOTO)[:-20]),
            ("zstd", zstandard.ZstdCompressor().compress(_PHOTO)[:-20]),
            ("gzip", b""),
        ]
    )
    return _request(f"as {encoding}", key, "/v1/segment", f"Content-Encoding: {encoding}", body=body)


def _no_http(chance: random.Random, _: str) -> Hostile:
    said = chance.choice(
        [
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
            b"\0" * 9000,
            b"GET / HTTP/1\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"SSH-2.0-OpenSSH_9.9\r\n",
            b"POST /v1/segment\r\n\r\n",
            chance.randbytes(2000) + b"\r\n\r\n",
            b"GET http://[::1 HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        ]
    )
    return Hostile(f"no HTTP, {said[:20]!r}", (said, _END), broken=True)


def _slow_head(key: str) -> Hostile:
    head = _request("slowloris", key).parts[0][:60]
    return Hostile("a head, a letter at a time", tuple(bytes((each,)) for each in head), pause=0.5)


def _slow_body(key: str) -> Hostile:
    head = _request("", key, length=100_000).parts[0]
    return Hostile("a body that pauses", (head, b"\xff", b"\xff"), broken=False, pause=15.0)


def _too_large(key: str) -> Hostile:
    return _request("a body of 100 GB", key, length=100 * 1024 * _MEGABYTE)


_KINDS: tuple[Callable[[random.Random, str], Hostile], ...] = (
    _no_scope,  # the first one has another key
    _wrong_key,
    _half_body,
    _bomb,
    _no_photo,
    _cut_photo,
    _injected_header,
    _model_path,
    _giant_header,
    _twice,
    _lying_chunks,
    _smuggled,
    _wrong_method,
    _many_fields,
    _strange_letters,
    _odd_address,
    _bad_id,
    _bad_batch,
    _wrong_encoding,
    _no_http,
)
