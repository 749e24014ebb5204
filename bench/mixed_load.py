"""All kinds of requests that programs send to the service, good and bad, and what each should be answered."""

from __future__ import annotations

import asyncio
import gzip
import io
import math
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
import numpy as np
import zstandard
from PIL import Image

from core.photos import images
from core.photos.samples import SAMPLES
from service.access.keys import KeyStore

SIZES = ("trained", "256", "512", "768", "1024", "512-square")
ANSWERS = ("json", "index", "colour")
MODELS = ("street-lite0", "street32-lite0")
_SECONDS = 120.0
_NOISE_SIDES = (1500, 2000)
"""Rows and columns of a photo above what the broker takes in one message."""


@dataclass
class Outcomes:
    """What became of the requests. wrong: what was not answered as it should be. seconds: of good answers."""

    asked: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    answered_bytes: int = 0


class Load:
    """Requests to a service, chosen by chance. keys: the service's own."""

    def __init__(self, url: str, keys: KeyStore, seed: int) -> None:
        self._url, self._keys, self._chance = httpx.URL(url), keys, random.Random(seed)  # noqa: S311
        self._key = keys.make("soak", ("segment", "read", "admin"), "1000/second")[1]
        self._reader = keys.make("soak, reading", ("read",), "1000/second")[1]
        self._http = httpx.AsyncClient(base_url=url, timeout=_SECONDS)
        self._noise = np.random.default_rng(seed)
        self._number = 0
        picture = images.decode(SAMPLES[1].path.read_bytes())
        self._picture = np.asarray(picture)
        self._kinds: dict[Callable[[], Awaitable[None]], int] = {
            self._segment: 50,
            self._read: 15,
            self._again: 8,
            self._operation: 6,
            self._bad_words: 6,
            self._bad_body: 6,
            self._no_key: 3,
            self._claim: 2,
            self._slow: 1,
            self._half: 2,
            self._huge: 1,
            self._revoked: 1,
        }
        self.outcomes = Outcomes()

    async def one(self) -> None:
        """Send one request of any kind."""
        (act,) = self._chance.choices(list(self._kinds), list(self._kinds.values()))
        name = act.__name__.strip("_")
        self.outcomes.asked[name] += 1
        try:
            await act()
        except Exception as error:  # whatever it is, it is a figure of the soak
            self.outcomes.wrong.append(f"{name}: {type(error).__name__}: {str(error)[:200]}")

    async def fill(self, most_bytes: int) -> None:
        """Ask for large answers until so many bytes came: what the service keeps of them is full then."""
        while self.outcomes.answered_bytes < most_bytes:
            photo = images.encode_png(self._noise.integers(0, 256, (512, 512, 3), np.uint8), quickly=True)
            await asyncio.gather(
                *(
                    self._post("/v1/segment?size=2048&answer=json", photo, words={"model": model})
                    for model in MODELS
                )
            )

    async def waiting(self) -> float:
        """Requests in the queue, as the service says; NaN if it does not, which is wrong."""
        try:
            text = (await self._http.get("/metrics", headers=_bearer(self._key))).text
            return float(text.split("\nstreetscope_requests_waiting ")[1].split("\n")[0])
        except (httpx.HTTPError, IndexError) as error:
            self.outcomes.wrong.append(f"metrics: {type(error).__name__}: {str(error)[:200]}")
            return math.nan

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def _segment(self) -> None:
        size, answer = self._chance.choice(SIZES), self._chance.choice(ANSWERS)
        words = {"size": size, "answer": answer}
        if self._chance.random() < 0.2:
            words["model"] = MODELS[1]
        await self._send_photo("/v1/segment", words)

    async def _read(self) -> None:
        await self._send_photo("/v1/read", {"row": "100", "col": "200", "size": self._chance.choice(SIZES)})

    async def _send_photo(self, path: str, words: dict[str, str]) -> None:
        photo = self._photo(self._chance.choice(("JPEG", "PNG", "WEBP")))
        match self._chance.randrange(4):
            case 0:
                await self._post(path, gzip.compress(photo, 1), {"Content-Encoding": "gzip"}, words)
            case 1:
                packed = zstandard.ZstdCompressor().compress(photo)
                await self._post(path, packed, {"Content-Encoding": "zstd"}, words)
            case 2:
                began = time.perf_counter()
                answer = await self._http.post(
                    path, files={"photo": photo}, data=words, headers=_bearer(self._key)
                )
                self._expect(answer, 200, began=began)
            case _:
                await self._post(path, photo, words=words)

    async def _again(self) -> None:
        photo = self._photo("JPEG")
        first = await self._post("/v1/segment?answer=index", photo)
        second = await self._post("/v1/segment?answer=index", photo)
        if first.content != second.content:
            raise ValueError("the same photo has two answers")
        where, tag = first.headers["Content-Location"], first.headers["ETag"]
        headers = _bearer(self._key)
        self._expect(await self._http.get(where, headers=headers), 200)
        self._expect(await self._http.get(where, headers=headers | {"If-None-Match": tag}), 304)
        self._expect(await self._http.get(f"/v1/answers/{'0' * 32}", headers=headers), 404)

    async def _operation(self) -> None:
        for path in ("/healthz", "/readyz", "/v1/models", "/v1/classes", "/metrics", "/openapi.json"):
            self._expect(await self._http.get(path, headers=_bearer(self._key)), 200)

    async def _bad_words(self) -> None:
        photo = self._photo("JPEG")
        bad: tuple[tuple[dict[str, str], int], ...] = (
            ({"size": "5"}, 422),
            ({"answer": "poem"}, 422),
            ({"model": "../../etc/passwd"}, 404),
            ({"colour": "red"}, 422),
        )
        for words, status in bad:
            await self._post("/v1/segment", photo, words=words, status=status)
        self._expect(await self._http.get("/v1/segment", headers=_bearer(self._key)), 405)
        self._expect(await self._http.get("/v2/segment", headers=_bearer(self._key)), 404)

    async def _bad_body(self) -> None:
        photo = self._photo("PNG")
        await self._post("/v1/segment", b"no photo at all", status=415)
        await self._post("/v1/segment", b"", status=415)
        await self._post("/v1/segment", photo[: len(photo) // 2], status=422)
        await self._post("/v1/segment", photo, {"Content-Encoding": "gzip"}, status=400)
        await self._post("/v1/segment", photo, {"Content-Encoding": "br"}, status=415)
        bomb = zstandard.ZstdCompressor().compress(bytes(512 * 1024**2))
        await self._post("/v1/segment", bomb, {"Content-Encoding": "zstd"}, status=413)

    async def _no_key(self) -> None:
        photo = self._photo("JPEG")
        for headers, status in (
            ({}, 401),
            (_bearer("ss_00000000_" + "0" * 64), 401),
            (_bearer("nonsense"), 401),
            (_bearer(self._reader), 403),
        ):
            answer = await self._http.post("/v1/segment", content=photo, headers=headers)
            self._expect(answer, status)

    async def _claim(self) -> None:
        noise = self._noise.integers(0, 256, (*_NOISE_SIDES, 3), np.uint8)
        photo = await asyncio.to_thread(images.encode_png, noise, quickly=True)
        await self._post("/v1/segment", photo, words={"size": "512", "answer": "index"})

    async def _revoked(self) -> None:
        key, text = await asyncio.to_thread(self._keys.make, "soak, revoked", ("segment",))
        self._expect(await self._http.get("/v1/models", headers=_bearer(text)), 200)
        await asyncio.to_thread(self._keys.revoke, key.id)
        self._expect(await self._http.get("/v1/models", headers=_bearer(text)), 401)

    async def _slow(self) -> None:
        await self._raw(1000, b"\xff\xd8 slow", b"408")

    async def _half(self) -> None:
        await self._raw(1000, b"\xff\xd8 half", b"")

    async def _huge(self) -> None:
        await self._raw(10**12, b"", b"413")

    async def _raw(self, announced: int, body: bytes, status: bytes) -> None:
        """Announce a body and send a part of it. status: that is waited for; b"" to leave at once."""
        reader, writer = await asyncio.open_connection(self._url.host, self._url.port)
        head = f"POST /v1/segment HTTP/1.1\r\nHost: soak\r\nAuthorization: Bearer {self._key}\r\n"
        writer.write(f"{head}Content-Length: {announced}\r\n\r\n".encode() + body)
        await writer.drain()
        if status:
            line = await asyncio.wait_for(reader.readline(), _SECONDS)
            if line.split(b" ")[1:2] != [status]:
                self.outcomes.wrong.append(f"raw: {line[:80]!r} instead of {status.decode()}")
        writer.close()
        await writer.wait_closed()

    async def _post(
        self,
        path: str,
        body: bytes,
        headers: dict[str, str] | None = None,
        words: dict[str, str] | None = None,
        status: int = 200,
    ) -> httpx.Response:
        url = httpx.URL(path).copy_merge_params(words or {})
        began = time.perf_counter()
        answer = await self._http.post(url, content=body, headers=_bearer(self._key) | (headers or {}))
        self._expect(answer, status, began=began)
        return answer

    def _expect(self, answer: httpx.Response, status: int, began: float | None = None) -> None:
        if answer.status_code != status:
            self.outcomes.wrong.append(
                f"{answer.request.method} {answer.request.url.raw_path.decode()}: {answer.status_code} "
                f"instead of {status}: {answer.text[:200]}"
            )
        elif status == 200 and began is not None:
            self.outcomes.seconds.append(time.perf_counter() - began)
            self.outcomes.answered_bytes += len(answer.content)

    def _photo(self, kind: str) -> bytes:
        """A photo that nobody has sent before."""
        self._number += 1
        moved = np.roll(self._picture, 7 * self._number, axis=1)
        moved[0, 0] = self._noise.integers(0, 256, 3)
        file = io.BytesIO()
        Image.fromarray(moved).save(file, kind, quality=90, compress_level=1, method=0)
        return file.getvalue()


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
