"""A photo's answer: one that is kept, or a worker's, which is then kept too."""

from __future__ import annotations

from dataclasses import dataclass

import anyio.to_thread

from core.models.store import read_card
from core.project import own_version
from service.engine.answers import Answer
from service.engine.requests import Request
from service.rest.photos.identities import UsedIds, request_identity
from service.rest.photos.kept import KeptAnswers, answer_key
from service.topics.asking import Asker


@dataclass(frozen=True)
class Answered:
    """An answer and its key. kept: whether it was there already."""

    key: str
    answer: Answer
    kept: bool

    @property
    def location(self) -> str | None:
        """Where it can be fetched again; None if it is a problem."""
        return f"/v1/answers/{self.key}" if self.answer.status == 200 else None


@dataclass(frozen=True)
class Answers:
    """Who computes, and what is kept."""

    asker: Asker
    kept: KeptAnswers

    async def of(
        self, asked: Request, photo: bytes, client: str, given: str | None = None, ids: UsedIds | None = None
    ) -> Answered:
        """The answer to a client's request. Problem, ModelError.

        given: an id that the client gave it. ids: if the id must not have been another request's.
        """
        key = await anyio.to_thread.run_sync(_key, asked, photo)
        if given and ids is not None:
            ids.use(client, given, key)
        found = self.kept.find(key)
        if found is not None:
            return Answered(key, found, kept=True)
        identity = request_identity(client, given, key) if given else None
        async with self.asker.published(asked, photo, client, identity) as pending:
            del photo  # others may send one while this one waits
            answer = await pending.answer()
        if answer.status == 200:
            self.kept.keep(key, answer)
        return Answered(key, answer, kept=False)


def _key(asked: Request, photo: bytes) -> str:
    return answer_key(photo, asked, read_card(asked.model).weights_sha256, own_version())
