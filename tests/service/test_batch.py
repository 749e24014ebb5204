"""Many photos in one request: each answered by itself."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import socket
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image
from starlette.datastructures import UploadFile

from core.models.paths import DEFAULT_MODEL
from service.access.clients import ClientStore
from service.engine.answers import Answer
from service.engine.requests import SegmentRequest
from service.problems import Kind
from service.rest.photos.answering import Answers
from service.rest.photos.batch import AHEAD, Batch
from service.rest.photos.kept import KeptAnswers
from service.settings import Limits
from service.topics.broker import Broker
from tests.service.by_hand import DEADLINE, hands_at
from tests.service.conftest import Running
from tests.service.test_rest import problem, send

ADDRESS = "/v1/segment/batch"


def batch(client: httpx.Client, *photos: bytes, **words: str) -> list[dict[str, object]]:
    """The lines of an answer."""
    answer = client.post(ADDRESS, files=[("photo", photo) for photo in photos], data=words)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def test_each_photo_has_a_line_in_order_and_a_bad_one_harms_no_other(client, photo, street):
    lines = batch(client, photo, b"no photo", photo, size="48", answer="index")

    assert [(line["number"], line["status"]) for line in lines] == [(0, 200), (1, 415), (2, 200)]
    for line in (lines[0], lines[2]):
        mask = Image.open(io.BytesIO(base64.b64decode(str(line["png"]))))
        assert np.array_equal(np.array(mask), street)
    assert lines[1]["problem"]["type"] == Kind.NOT_A_PHOTO.type


def test_a_document_is_what_a_photo_alone_would_have(client, photo):
    alone = send(client, photo, "/v1/segment?size=47")

    (line,) = batch(client, photo, size="47")

    assert line["document"] == alone.json()
    assert line["location"] == alone.headers["content-location"]


def test_each_photo_counts_towards_the_keys_rate(service: Running, photo):
    with service.client(service.key(rate="3/hour")) as client:
        lines = batch(client, *[photo] * 5, size="48")

    assert [line["status"] for line in lines] == [200, 200, 200, 429, 429]
    assert 3500 < int(str(lines[4]["retry_after"])) <= 3600


def refused(client: httpx.Client, kind: Kind, **request: object) -> str:
    return problem(client.post(ADDRESS, **request), kind)


def test_what_is_wrong_with_all_of_it_is_said_once(client, photo):
    one = [("photo", photo)]
    most = Limits.batch_photos
    assert f"1 to {most} photos" in refused(client, Kind.BROKEN_BODY, files=one * (most + 1))
    assert f"1 to {most} photos" in refused(client, Kind.NOT_A_PHOTO, files=[("file", photo)])
    assert f"1 to {most} photos" in refused(client, Kind.NOT_A_PHOTO, content=photo)
    assert "as it is" in refused(
        client, Kind.UNKNOWN_ENCODING, files=one, headers={"Content-Encoding": "gzip"}
    )
    assert "nobody" in refused(client, Kind.NO_SUCH_MODEL, files=one, data={"model": "nobody"})
    assert "size" in refused(client, Kind.BAD_PARAMETER, files=one, data={"size": "1"})


def test_a_scope_is_needed(service: Running, photo):
    with service.client(service.key("read")) as reader:
        refused(reader, Kind.NOT_ALLOWED, files=[("photo", photo)])


def started(service: Running, length: int) -> socket.socket:
    """A connection on which the head of a batch was sent."""
    host, port = service.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=DEADLINE)
    connection.sendall(
        f"POST {ADDRESS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.key()}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n\r\n".encode()
    )
    return connection


def test_a_batch_above_the_limit_is_refused_before_it_is_sent(service: Running):
    with started(service, Limits.batch_bytes + 1) as connection:
        answer = b""
        while not answer.endswith(b"}"):
            answer += connection.recv(4096)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"send a batch of at most 96 MB." in answer


def test_those_who_leave_make_room_for_others(service: Running, client, photo):
    form = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n' + photo + b"\r\n"
        for _ in range(20)
    )
    for _ in range(2 * Limits.batches):
        with started(service, len(form) + 5) as connection:
            connection.sendall(form + b"--x--")

    deadline = time.monotonic() + DEADLINE
    while (answer := client.post(ADDRESS, files=[("photo", photo)])).status_code == 503:
        assert time.monotonic() < deadline
    assert answer.status_code == 200


@pytest.mark.usefixtures("models")
def test_only_a_few_of_its_photos_are_in_the_queue_at_a_time(tmp_path: Path, photo: bytes):
    asked = SegmentRequest(DEFAULT_MODEL, "48", "index")

    async def story(url: str) -> tuple[list[bytes], set[int]]:
        async with hands_at(url) as hands:
            answers = Answers(hands.asker, KeptAnswers(0))
            lines = Batch(answers, asked, "me", None, lambda: None).lines(
                [UploadFile(io.BytesIO(photo)) for _ in range(3 * AHEAD)]
            )
            waiting = set()

            async def work() -> None:
                for number in range(3 * AHEAD):
                    message = await hands.take()
                    waiting.add(await hands.asker.waiting())
                    await hands.answer(message, Answer(str(number).encode(), "image/png"))

            working = asyncio.create_task(work())
            found = [line async for line in lines]
            await working
            return found, waiting

    broker = Broker(tmp_path / "broker", ClientStore(tmp_path))
    try:
        found, waiting = asyncio.run(story(broker.url))
    finally:
        broker.end()

    assert sorted(base64.b64decode(json.loads(line)["png"]) for line in found) == sorted(
        str(number).encode() for number in range(3 * AHEAD)
    )
    assert max(waiting) <= AHEAD
