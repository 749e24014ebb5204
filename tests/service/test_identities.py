"""A request that is sent again with the same id is the same request."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from service.access.clients import ClientStore
from service.engine.answers import Answer
from service.engine.requests import SegmentRequest
from service.problems import Kind, Problem
from service.rest.photos.identities import HEADER, given_id, request_identity
from service.topics.broker import Broker
from tests.service.by_hand import hands_at
from tests.service.test_rest import problem, send

REQUEST = SegmentRequest("street-lite0", "512", "index")
ANSWER = Answer(b"one answer", "image/png")


@pytest.fixture
def url(tmp_path: Path):
    broker = Broker(tmp_path / "broker", ClientStore(tmp_path))
    yield broker.url
    broker.end()


def test_the_same_id_twice_at_once_is_computed_once_and_later_not_again(url: str, photo: bytes):
    async def story() -> tuple[list[Answer], int]:
        async with hands_at(url) as hands:
            ask = hands.asker.published
            async with ask(REQUEST, photo, "me", "same") as one, ask(REQUEST, photo, "me", "same") as other:
                assert await hands.asker.waiting() == 1
                await hands.answer(await hands.take(), ANSWER)
                answers = [await one.answer(), await other.answer()]
            async with ask(REQUEST, photo, "me", "same") as later:
                answers.append(await later.answer())
            return answers, await hands.asker.waiting()

    assert asyncio.run(story()) == ([ANSWER] * 3, 0)


def test_another_client_with_the_same_id_has_an_answer_of_its_own(url: str, photo: bytes):
    async def story() -> list[Answer]:
        async with hands_at(url) as hands:
            ask = hands.asker.published
            of_me, of_you = (request_identity(client, "same", "0") for client in ("me", "you"))
            async with ask(REQUEST, photo, "me", of_me) as mine, ask(REQUEST, photo, "you", of_you) as yours:
                for body in (b"mine", b"yours"):
                    await hands.answer(await hands.take(), Answer(body, "image/png"))
                return [await mine.answer(), await yours.answer()]

    assert [answer.body for answer in asyncio.run(story())] == [b"mine", b"yours"]


def test_a_late_answer_is_there_for_those_who_come_again(url: str, photo: bytes):
    async def story() -> Answer:
        async with hands_at(url, seconds=0.2) as hands:
            async with hands.asker.published(REQUEST, photo, "me", "same") as impatient:
                with pytest.raises(Problem) as late:
                    await impatient.answer()
            assert late.value.kind is Kind.LATE
            await hands.answer(await hands.take(), ANSWER)
            async with hands.asker.published(REQUEST, photo, "me", "same") as again:
                return await again.answer()

    assert asyncio.run(story()) == ANSWER


def test_an_id_stands_for_one_request(client, photo):
    def ask(address: str, given: str):
        return client.post(address, content=photo, headers={HEADER: given})

    first = ask("/v1/segment?size=44&answer=index", "once")
    again = ask("/v1/segment?size=44&answer=index", '"once"')
    other = ask("/v1/segment?size=45&answer=index", "once")

    assert again.content == first.content
    assert first.status_code == again.status_code == 200
    assert "each request its own" in problem(other, Kind.REUSED_ID)
    assert ask("/v1/segment?size=45&answer=index", "another").status_code == 200


@pytest.mark.parametrize("given", ["", "a b", "a" * 65, '"open', "x.y", "\xe9", "*", ">"])
def test_what_no_id_can_be_is_refused(client, photo, given):
    headers = [(HEADER.encode(), given.encode("latin-1"))]

    refused = client.post("/v1/segment", content=photo, headers=headers)

    assert "letters, digits" in problem(refused, Kind.BAD_PARAMETER)


def test_two_ids_are_refused(client, photo):
    refused = client.post("/v1/segment", content=photo, headers=[(HEADER, "a"), (HEADER, "b")])

    assert "is given once" in problem(refused, Kind.BAD_PARAMETER)


def test_without_an_id_each_request_is_its_own(client, photo):
    assert given_id([]) is None
    assert send(client, photo, "/v1/segment?size=46").status_code == 200


def test_an_identity_is_of_a_client_an_id_and_a_request():
    made = {
        request_identity(*words)
        for words in [("a", "b", "c"), ("a", "b", "d"), ("a", "e", "c"), ("f", "b", "c")]
    }

    assert len(made) == 4
    assert all(len(identity) == 32 for identity in made)
