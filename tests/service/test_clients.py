"""Programs on the topics: what a client can do, and that it can do nothing to another, on real brokers."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import hashlib
import json
import os
import re
import subprocess
import sys
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import nats
import numpy as np
import pydantic_asyncapi.v3 as asyncapi
import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator
from nats.aio.client import Client as Nats
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from nats.js import JetStreamContext
from nats.js.errors import APIError

from core.photos import images
from service.__main__ import cli
from service.access.clients import MOST, Client, ClientStore
from service.engine.answers import Answer
from service.engine.requests import SegmentRequest
from service.errors import ServiceError
from service.problems import Kind, Problem
from service.topics import accounts, claims, connections, described, messages, streams
from service.topics.broker import Broker
from service.topics.supervisor import Places
from tests import debian
from tests.conftest import ROOT
from tests.service.conftest import Running

DEADLINE = 240.0
REQUEST = SegmentRequest("street-lite0", "512", "index")
SOON = 0.3
"""Seconds in which what is allowed would have come."""


@dataclass(frozen=True)
class Pair:
    """A broker with two clients that were added while it ran."""

    broker: Broker
    store: ClientStore
    ours: Client
    our_secret: str
    others: Client
    other_secret: str

    @property
    def address(self) -> str:
        return f"nats://{self.broker.url.rpartition('@')[2]}"

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[tuple[Nats, Nats, Nats]]:
        """The service, our client and the other one."""
        async with (
            connection(self.broker.url) as service,
            connection(self.address, nkeys_seed_str=self.our_secret) as ours,
            connection(self.address, nkeys_seed_str=self.other_secret) as others,
        ):
            yield service, ours, others


def connection(address: str, **how: Any) -> contextlib.AbstractAsyncContextManager[Nats]:
    """A connection that ends when the broker ends it, and whose greeting may take its time."""
    return connections.connection(address, DEADLINE, allow_reconnect=False, **how)


def calls(client: Nats, seconds: float = DEADLINE) -> JetStreamContext:
    """JetStream, so far as a client may use it. seconds: until an answer is missing."""
    return client.jetstream(prefix=accounts.API, timeout=seconds)


@contextlib.asynccontextmanager
async def looked_after(broker: Broker, store: ClientStore) -> AsyncIterator[None]:
    """Meanwhile the broker learns of clients, as from the service."""

    async def look() -> None:
        while True:
            broker.keep_alive()
            await asyncio.sleep(0.2)

    tasks = [asyncio.create_task(look()), asyncio.create_task(Places(store, broker.url).keep_current())]
    try:
        yield
    finally:
        await ended(*tasks)


async def ended(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks until they have ended: up to Python 3.11, `wait_for` may miss it."""
    while not all(task.done() for task in tasks):
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=0.05)


async def until_let_in(address: str, client: Client, secret: str) -> None:
    """Wait until a client reaches a worker and its store: the broker knows its subjects."""
    deadline = time.monotonic() + DEADLINE
    while True:
        with contextlib.suppress(NatsError, OSError, TimeoutError):
            async with connection(address, nkeys_seed_str=secret) as asking:
                await asking.request(streams.status_subject(client.id), b"", timeout=5)
                await calls(asking, 5).object_store(streams.bucket_of(client.id))
                return
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def respond(message: nats.aio.msg.Msg) -> None:
    """As a worker that lives."""
    await message.respond(b"ready")


@pytest.fixture(scope="module", params=["own", "debian"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two clients, added while the broker ran and somebody was connected."""
    folder = tmp_path_factory.mktemp("pair")
    store = ClientStore(folder)
    if request.param == "own":
        broker = Broker(folder / "broker", store)
    else:
        broker = debian.DebianBroker(folder / "broker", store, debian.needed())
    try:
        yield asyncio.run(_added(broker, store))
    finally:
        broker.end()


async def _added(broker: Broker, store: ClientStore) -> Pair:
    await streams.prepare(broker.url)
    async with connection(broker.url) as service:
        await service.subscribe(streams.status_subject("*"), cb=respond)
        pair = Pair(broker, store, *store.add("ours"), *store.add("others"))
        async with looked_after(broker, store):
            await until_let_in(pair.address, pair.ours, pair.our_secret)
            await until_let_in(pair.address, pair.others, pair.other_secret)
        assert service.is_connected  # the broker was not started anew
    return pair


@pytest.fixture
def told(pair: Pair) -> Callable[[Callable[[Nats, Nats, Nats], Any]], Any]:
    """Run a story with the service, our client and the other one."""

    def tell(story: Callable[[Nats, Nats, Nats], Any]) -> Any:
        async def run() -> Any:
            async with pair.connected() as everybody:
                return await asyncio.wait_for(story(*everybody), DEADLINE)

        return asyncio.run(run())

    return tell


async def publish(client: Nats, identity: str, who: Client, seconds: float = DEADLINE) -> Any:
    """Put a request with this id into the queue."""
    headers = {messages.ID: identity, messages.OPERATION: "segment"}
    return await calls(client, seconds).publish(streams.request_subject(who.id), b"photo", headers=headers)


async def answer(service: Nats, who: Client, identity: str) -> None:
    """Answer, as a worker does."""
    letter = await messages.answer_letter(service, who.id, identity, Answer(b"mask", "image/png"))
    await service.jetstream(timeout=DEADLINE).publish(
        streams.response_subject(who.id, identity), letter.payload, headers=dict(letter.headers)
    )


def test_the_brokers_are_two_versions(pair: Pair, told):
    async def story(service: Nats, *_: Nats) -> str:
        return service.connected_server_version

    version = str(told(story))

    assert (debian.VERSION if isinstance(pair.broker, debian.DebianBroker) else "2.15.") in version


def test_a_request_counts_once_and_its_answer_comes_live_and_later_until_it_is_confirmed(pair: Pair, told):
    async def story(service: Nats, ours: Nats, _: Nats) -> list[str]:
        live = await ours.subscribe(streams.response_subject(pair.ours.id, "*"))
        await ours.flush()
        confirmed = [(await publish(ours, "once", pair.ours)).duplicate for _ in range(2)]
        await answer(service, pair.ours, "once")
        came = await live.next_msg(timeout=DEADLINE)
        direct = await calls(ours).get_last_msg(streams.RESPONSES, came.subject, direct=True)
        later = await calls(ours).pull_subscribe_bind(pair.ours.id, streams.RESPONSES)
        (kept,) = await later.fetch(1, timeout=DEADLINE)
        await kept.ack_sync()
        with pytest.raises(TimeoutError):
            await later.fetch(1, timeout=SOON)
        assert confirmed == [None, True]
        return [message.headers[messages.WITH_ID] for message in (came, direct, kept)]

    assert told(story) == ["once"] * 3


def test_a_body_can_lie_in_the_clients_own_store(pair: Pair, told):
    body = os.urandom(1024**2)

    async def story(service: Nats, ours: Nats, _: Nats) -> bytes:
        await (await calls(ours).object_store(streams.bucket_of(pair.ours.id))).put("large", body)
        found = await claims.get(service.jetstream(timeout=DEADLINE), pair.ours.id, "large", len(body))
        with pytest.raises(Problem, match="not in the object store"):
            await claims.get(service.jetstream(timeout=DEADLINE), pair.others.id, "large", len(body))
        with pytest.raises(Problem, match="larger than"):
            await claims.get(service.jetstream(timeout=DEADLINE), pair.ours.id, "large", len(body) - 1)
        return found

    assert told(story) == body


@pytest.mark.parametrize("lie", ["a link", "parts that never come", "another digest", "no object"])
def test_an_object_that_is_not_what_it_says_is_refused(pair: Pair, told, lie: str):
    bucket = streams.bucket_of(pair.ours.id)
    secret = base64.urlsafe_b64encode(hashlib.sha256(b"theirs").digest()).decode()
    meta: dict[str, Any] = {"name": "lie", "bucket": bucket, "nuid": "none", "size": 6, "chunks": 1}
    meta["digest"] = f"SHA-256={secret}"
    if lie == "a link":
        meta["options"] = {"link": {"bucket": streams.bucket_of(pair.others.id), "name": f"theirs {lie}"}}
    elif lie == "another digest":
        meta |= {"nuid": "some"}

    async def story(service: Nats, ours: Nats, others: Nats) -> None:
        await (await calls(others).object_store(streams.bucket_of(pair.others.id))).put(
            f"theirs {lie}", b"theirs"
        )
        await calls(ours).publish(f"$O.{bucket}.C.some", b"foobar")
        name = base64.urlsafe_b64encode(b"lie").decode()
        said = b"[1]" if lie == "no object" else json.dumps(meta).encode()
        await calls(ours).publish(f"$O.{bucket}.M.{name}", said)
        with pytest.raises(Problem) as refused:
            await asyncio.wait_for(
                claims.get(service.jetstream(timeout=DEADLINE), pair.ours.id, "lie", 100), DEADLINE
            )
        assert refused.value.kind is Kind.BROKEN_BODY

    told(story)


async def _all_states(service: Nats, pair: Pair) -> list[object]:
    """All that a client could change: every stream's messages, and the place of each consumer."""
    js = service.jetstream(timeout=DEADLINE)
    stores = [f"OBJ_{streams.bucket_of(who)}" for who in ("", pair.ours.id, pair.others.id)]
    names = (streams.REQUESTS, streams.RESPONSES, streams.DEAD, *stores)
    consumers = ((streams.REQUESTS, streams.CONSUMER), (streams.RESPONSES, pair.ours.id))
    found: list[object] = []
    for name in names:
        state = (await js.stream_info(name)).state
        found.append((name, state.messages, state.bytes, state.first_seq, state.last_seq))
    for stream, name in consumers:
        consumer = await js.consumer_info(stream, name)
        found.append((name, consumer.delivered.consumer_seq, consumer.ack_floor.stream_seq))
    return found


def forbidden(ours: str, others: str) -> list[str]:
    """Subjects on which the client `others` must reach nothing."""
    stores = [f"OBJ_{streams.bucket_of(who)}" for who in ("", ours)]
    everyones = (streams.REQUESTS, streams.RESPONSES, streams.DEAD, *stores)
    own = f"OBJ_{streams.bucket_of(others)}"
    api = [
        "INFO",
        "STREAM.NAMES",
        "STREAM.LIST",
        f"STREAM.CREATE.{others}",
        *(f"STREAM.{call}.{name}" for call in ("INFO", "MSG.GET") for name in everyones),
        *(f"DIRECT.GET.{name}" for name in everyones),
        *(
            f"STREAM.{call}.{name}"
            for call in ("PURGE", "DELETE", "UPDATE", "MSG.DELETE", "SNAPSHOT")
            for name in (*everyones, own)
        ),
        f"CONSUMER.MSG.NEXT.{streams.REQUESTS}.{streams.CONSUMER}",
        f"CONSUMER.MSG.NEXT.{streams.RESPONSES}.{ours}",
        f"CONSUMER.DELETE.{streams.REQUESTS}.{streams.CONSUMER}",
        f"CONSUMER.DELETE.{streams.RESPONSES}.{others}",
        f"CONSUMER.CREATE.{streams.REQUESTS}",
        f"CONSUMER.DURABLE.CREATE.{streams.REQUESTS}.mine",
        f"CONSUMER.INFO.{streams.REQUESTS}.{streams.CONSUMER}",
        f"DIRECT.GET.{streams.RESPONSES}.{streams.response_subject(ours, 'told')}",
    ]
    return [
        *(f"{prefix}.{call}" for prefix in ("$JS.API", accounts.API) for call in api),
        streams.request_subject(ours),
        streams.status_subject(ours),
        streams.STATUS,
        streams.response_subject(ours, "forged"),
        streams.response_subject(others, "forged"),
        streams.dead_subject(others),
        f"$JS.ACK.{streams.RESPONSES}.{ours}.1.1.1.1.0",
        f"$JS.ACK.{streams.REQUESTS}.{streams.CONSUMER}.1.1.1.1.0",
        f"$O.{streams.bucket_of(ours)}.M.x",
        f"$O.{streams.CLAIMS}.M.x",
        "$SYS.REQ.SERVER.PING",
    ]


def payload(subject: str) -> bytes:
    """What the broker wants to be told at a subject: it would refuse anything else for that alone."""
    if "MSG.GET" in subject or "DIRECT.GET" in subject or "MSG.DELETE" in subject:
        return b'{"seq": 1}'
    if "CONSUMER.CREATE" in subject or "DURABLE.CREATE" in subject:
        return json.dumps({"stream_name": streams.REQUESTS, "config": {"ack_policy": "none"}}).encode()
    if "STREAM.CREATE" in subject or "UPDATE" in subject:
        return json.dumps({"name": subject.rpartition(".")[2], "subjects": ["mine"]}).encode()
    return b'{"deliver_subject": "mine"}' if "SNAPSHOT" in subject else b""


def test_a_client_can_do_nothing_to_another_nor_to_the_queue(pair: Pair, told):
    async def reached(others: Nats, subject: str) -> str:
        """What came of a try; "" for nothing."""
        try:
            reply = await others.request(subject, payload(subject), timeout=SOON)
        except (NoRespondersError, TimeoutError):
            return ""
        if b"JetStream not enabled for account" in reply.data:  # its own account's: there is none
            return ""
        return f"{subject}: {reply.data[:100]!r}"

    async def story(service: Nats, ours: Nats, others: Nats) -> list[str]:
        await publish(ours, "told", pair.ours)
        await answer(service, pair.ours, "told")
        before = await _all_states(service, pair)
        subjects = forbidden(pair.ours.id, pair.others.id)
        found = await asyncio.gather(*(reached(others, subject) for subject in subjects))
        assert await _all_states(service, pair) == before
        return [each for each in found if each]

    assert told(story) == []


def test_a_client_hears_nothing_of_another(pair: Pair, told):
    async def story(service: Nats, ours: Nats, others: Nats) -> list[str]:
        heard = [await others.subscribe(subject) for subject in (">", "*.>", "_INBOX.>", "_R_.>")]
        await others.flush()
        await publish(ours, "private", pair.ours)
        await answer(service, pair.ours, "private")
        await (await calls(ours).object_store(streams.bucket_of(pair.ours.id))).put("private", b"photo")
        await calls(ours).get_last_msg(
            streams.RESPONSES, streams.response_subject(pair.ours.id, "private"), direct=True
        )
        # Whatever had been for the other one would have come before this.
        await answer(service, pair.others, "for-the-other-one")
        subjects = []
        for one in heard[:2]:
            while (
                message := await one.next_msg(timeout=DEADLINE)
            ) and "for-the-other" not in message.subject:
                subjects.append(message.subject)
        return subjects

    assert told(story) == []


def test_a_reply_goes_nowhere_outside_the_account_of_who_asked(pair: Pair, told):
    """The broker itself sends replies, and no permission is asked there: an answer could be forged."""
    answers = streams.response_subject(pair.ours.id, "forged")

    async def story(service: Nats, ours: Nats, others: Nats) -> None:
        await answer(service, pair.others, "mine")
        before = await _all_states(service, pair)
        mine = f"{streams.RESPONSES}.{streams.response_subject(pair.others.id, 'mine')}"
        for subject in (
            f"{accounts.API}.DIRECT.GET.{mine}",
            f"{accounts.API}.CONSUMER.MSG.NEXT.{streams.RESPONSES}.{pair.others.id}",
            f"{accounts.API}.STREAM.INFO.OBJ_{streams.bucket_of(pair.others.id)}",
            streams.status_subject(pair.others.id),
        ):
            for reply in (answers, streams.request_subject(pair.ours.id), streams.dead_subject("x")):
                await others.publish(subject, b"", reply=reply)
        await others.flush()
        await publish(others, "after", pair.others)
        await asyncio.sleep(SOON)
        after = await _all_states(service, pair)
        assert after[1:] == before[1:]  # the queue alone has one more

    told(story)


def test_without_a_clients_secret_nobody_comes_in(pair: Pair):
    stranger = ClientStore(pair.broker._folder / "elsewhere").add("stranger")[1]

    async def story() -> None:
        for how in (
            {},
            {"nkeys_seed_str": stranger},
            {"user": accounts.SERVICE, "password": ""},
            {"user": pair.ours.id, "password": pair.ours.public_key},
            {"token": "s"},
        ):
            with pytest.raises((NatsError, OSError)):
                async with connection(pair.address, **how):
                    pass

    asyncio.run(story())


def test_a_client_has_a_share_of_the_queue_and_no_more(pair: Pair, told):
    async def story(service: Nats, ours: Nats, others: Nats) -> None:
        await service.jetstream(timeout=DEADLINE).purge_stream(streams.REQUESTS)
        for number in range(streams.QUEUE_SHARE):
            await publish(others, f"many-{number}", pair.others)
        with pytest.raises(APIError) as refused:
            await publish(others, "one-more", pair.others)
        assert refused.value.err_code == 10077
        await publish(ours, "first", pair.ours)
        await service.jetstream(timeout=DEADLINE).purge_stream(streams.REQUESTS)

    told(story)


def test_a_client_that_is_removed_is_let_in_no_more_and_leaves_nothing(pair: Pair, told):
    async def story(service: Nats, ours: Nats, others: Nats) -> None:
        gone, secret = pair.store.add("leaving")
        await service.subscribe(streams.status_subject("*"), cb=respond)
        async with looked_after(pair.broker, pair.store):
            await until_let_in(pair.address, gone, secret)
            async with connection(pair.address, nkeys_seed_str=secret) as leaving:
                pair.store.remove(gone.id)
                deadline = time.monotonic() + DEADLINE
                while leaving.is_connected:
                    assert time.monotonic() < deadline
                    await asyncio.sleep(0.02)
            js = service.jetstream(timeout=DEADLINE)
            while any(gone.id in stream.config.name for stream in await js.streams_info()):
                assert time.monotonic() < deadline
                await asyncio.sleep(0.02)
        left = {each.name for each in await js.consumers_info(streams.RESPONSES)}
        assert left == {pair.ours.id, pair.others.id}
        assert ours.is_connected
        while True:  # while the broker learns of clients, it may not confirm
            with contextlib.suppress(NatsError, TimeoutError):
                await publish(ours, "still-here", pair.ours, 5)
                return
            assert time.monotonic() < deadline

    told(story)


def test_a_clients_connections_are_limited(pair: Pair):
    async def story() -> int:
        async with contextlib.AsyncExitStack() as stack:
            for number in range(100):
                try:
                    await stack.enter_async_context(connection(pair.address, nkeys_seed_str=pair.our_secret))
                except (NatsError, OSError):
                    return number
        return -1

    assert asyncio.run(story()) == 16


def test_a_greeting_that_is_given_up_in_its_middle_leaves_no_socket_open(tmp_path: Path):
    store = ClientStore(tmp_path)
    store.add("program")

    async def story() -> None:
        greeted = asyncio.Event()

        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            greeted.set()
            await reader.read()
            writer.close()

        async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
            address = "nats://{}:{}".format(*server.sockets[0].getsockname())
            looking = asyncio.create_task(Places(store, address).keep_current())
            await asyncio.wait_for(greeted.wait(), DEADLINE)
            await ended(looking)

    with warnings.catch_warnings(record=True) as left_open:
        warnings.simplefilter("always")
        asyncio.run(story())
        gc.collect()
    assert not left_open


def test_only_the_public_half_of_a_clients_key_is_kept(tmp_path: Path):
    store = ClientStore(tmp_path)
    client, secret = store.add("  one  program ")

    kept = (tmp_path / "clients.json").read_text()

    assert client.name == "one program"
    assert re.fullmatch("client_[0-9a-f]{8}", client.id)
    assert secret.startswith("SU")
    assert secret not in kept
    assert client.public_key in kept
    assert store.all() == (client,)


def test_there_are_only_so_many_clients_and_a_removed_one_makes_room(tmp_path: Path):
    store = ClientStore(tmp_path)
    first = store.add("first")[0]
    for number in range(MOST - 1):
        store.add(f"client {number}")
    with pytest.raises(ServiceError, match="There are 32 clients already"):
        store.add("one more")

    assert store.remove(first.id).state == "removed"
    store.add("one more")
    with pytest.raises(ServiceError, match="There is no client with the id 'client_x'"):
        store.remove("client_x")


def test_the_commands_add_list_and_remove_a_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STREETSCOPE_SERVICE", str(tmp_path))

    added = CliRunner().invoke(cli, ["clients", "add", "counting"])
    client = ClientStore(tmp_path).all()[0]

    assert added.stdout.startswith("SU")
    assert client.id in added.stderr
    assert client.public_key in CliRunner().invoke(cli, ["clients", "configuration"]).stdout
    assert added.stdout.strip() not in CliRunner().invoke(cli, ["clients", "list", "--json"]).stdout
    assert f"{client.id}  valid" in CliRunner().invoke(cli, ["clients", "list"]).stdout
    CliRunner().invoke(cli, ["clients", "remove", client.id])
    assert f"{client.id}  removed" in CliRunner().invoke(cli, ["clients", "list"]).stdout
    assert client.public_key not in CliRunner().invoke(cli, ["clients", "configuration"]).stdout


def test_a_damaged_list_of_clients_is_said(tmp_path: Path):
    (tmp_path / "clients.json").write_text("{}x")

    with pytest.raises(ServiceError, match="is not a list of clients"):
        ClientStore(tmp_path).all()


@dataclass(frozen=True)
class Program:
    """The program of docs/topics.md, for a client of a service that runs."""

    running: Running
    client: Client
    environment: dict[str, str]

    def connected(self) -> contextlib.AbstractAsyncContextManager[Nats]:
        return connection(self.environment["BROKER"], nkeys_seed_str=self.environment["SECRET"])

    async def send(self, client: Nats, letter: messages.Letter) -> bool | None:
        """Publish a request; whether it was there already."""
        subject = streams.request_subject(self.client.id)
        return (await calls(client).publish(subject, letter.payload, headers=dict(letter.headers))).duplicate

    def run(self, *photos: Path) -> list[list[str]]:
        """What it prints: for each answer the photo's path, status, type, and size or problem."""
        text = (ROOT / "docs/topics.md").read_text("utf-8")
        (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        ended = subprocess.run(
            [sys.executable, "-W", "error", "-c", code, *map(str, photos)],
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        assert (ended.returncode, ended.stderr) == (0, "")
        return [line.split(" ", 3) for line in ended.stdout.splitlines()]


@pytest.fixture(scope="module")
def program(service: Running) -> Program:
    """A client of the service, added while it runs."""
    store = ClientStore(service.folder)
    client, secret = store.add("program")
    (ports,) = (service.folder / "broker").glob("*.ports")
    address = json.loads(ports.read_text())["nats"][0]

    asyncio.run(until_let_in(address, client, secret))
    return Program(service, client, {"BROKER": address, "CLIENT": client.id, "SECRET": secret})


def test_the_documented_program_works(program: Program, photo: bytes, tmp_path: Path):
    small, none, large = tmp_path / "small.png", tmp_path / "none.jpg", tmp_path / "large.png"
    small.write_bytes(photo)
    none.write_bytes(b"not a photo")
    noise = np.random.default_rng(0).integers(0, 256, (1500, 2000, 3), np.uint8)
    large.write_bytes(images.encode_png(noise, quickly=True))
    assert large.stat().st_size > 8 * 1024**2

    found = {path: said for path, *said in program.run(small, none, large)}

    assert found[str(small)][:2] == ["200", "image/png"]
    assert found[str(large)][:2] == ["200", "image/png"]
    assert found[str(none)][:2] == ["415", "application/problem+json"]
    assert "give a JPEG, PNG" in json.loads(found[str(none)][2])["detail"]


def test_a_client_that_was_away_gets_its_answer_later(program: Program, photo: bytes):
    async def story() -> tuple[list[str], list[bool | None]]:
        async with program.connected() as away:
            letter = await messages.request_letter(away, "while-away", REQUEST, photo)
            duplicates = [await program.send(away, letter)]
        async with program.connected() as back:
            later = await calls(back).pull_subscribe_bind(program.client.id, streams.RESPONSES)
            (message,) = await later.fetch(1, timeout=DEADLINE)
            await message.ack_sync()
            duplicates.append(await program.send(back, letter))  # again, after its answer
            with pytest.raises(TimeoutError):
                await later.fetch(1, timeout=SOON)
        return [message.headers[name] for name in (messages.WITH_ID, messages.STATUS)], duplicates

    assert asyncio.run(story()) == (["while-away", "200"], [None, True])


def test_a_client_that_fills_its_share_does_not_starve_who_asks_over_http(
    program: Program, client: httpx.Client, photo: bytes
):
    async def fill() -> None:
        async with program.connected() as flooding:
            for number in range(2 * streams.QUEUE_SHARE):
                letter = await messages.request_letter(flooding, f"flood-{number}", REQUEST, photo)
                with contextlib.suppress(APIError):  # the share is used up
                    await program.send(flooding, letter)

    asyncio.run(fill())

    answered = client.post("/v1/segment?answer=index", content=photo)

    assert answered.status_code == 200


def test_the_topics_document_is_sound_and_has_every_subject():
    document = described.document()

    parsed = asyncapi.AsyncAPI.model_validate(document)

    assert {channel.address for channel in parsed.channels.values()} == {
        streams.request_subject("{client}"),
        streams.response_subject("{client}", "{request}"),
        streams.status_subject("{client}"),
        streams.dead_subject("{client}"),
    }
    for message in document["components"]["messages"].values():
        Draft7Validator.check_schema(message["payload"])
        Draft7Validator.check_schema(message.get("headers", {}))
    named = set(re.findall(r'"#/([^"]+)"', json.dumps(document)))
    for reference in named:
        part = document
        for step in reference.split("/"):
            part = part[step]


def test_the_topics_document_describes_what_is_published():
    headers = described.document()["components"]["messages"]

    async def letters() -> list[messages.Letter]:
        connection = Nats()
        sent = await messages.request_letter(connection, "one", REQUEST, b"photo")
        given = await messages.answer_letter(connection, "client_1", "one", Answer(b"mask", "image/png"))
        return [sent, given]

    connection_free = asyncio.run(letters())

    for name, letter in zip(("segment", "mask"), connection_free, strict=True):
        Draft7Validator(headers[name]["headers"]).validate(dict(letter.headers))
        assert set(letter.headers) <= set(headers[name]["headers"]["properties"])


def test_the_service_has_the_document_too(client: httpx.Client):
    assert client.get("/asyncapi.json").json() == described.document()
