"""Programs that use the topics themselves: each proves who it is by a key pair, and we keep its public half.

The broker asks for a signature (nkeys, Ed25519): the secret half never travels, and is not kept here.
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import nkeys
from filelock import FileLock
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from core.errors import FileKindError
from core.files import read_plain, signature, write_text
from service.access.keys import checked_name
from service.errors import ServiceError

PREFIX = "client_"
"""What ids begin with: those of keys never do, so a topic says whose it is."""

MOST = 32
"""Clients at a time: a part of the broker's disk is set aside for each."""

_FILE, _LOCK = "clients.json", ".clients.lock"
_PATIENCE = 5.0
_MOST_BYTES = 1024 * 1024


class Client(BaseModel):
    """A program, as it is kept. id: its part of each topic. public_key: of its key pair."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    public_key: str
    made: AwareDatetime
    removed: AwareDatetime | None = None

    @property
    def state(self) -> Literal["valid", "removed"]:
        """Whether the broker lets it in."""
        return "valid" if self.removed is None else "removed"


class _Clients(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    clients: tuple[Client, ...] = ()


class ClientStore:
    """The clients of a service, in a file of its folder. Processes may write it at once."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / _FILE

    def add(self, name: str) -> tuple[Client, str]:
        """A new client and its secret, which nobody can see again.

        ServiceError for a name that cannot be, or if there are as many as there can be.
        """
        seed = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
        client = Client(
            id=PREFIX + secrets.token_hex(4),
            name=checked_name(name),
            public_key=nkeys.from_seed(seed).public_key.decode(),
            made=_now(),
        )
        with self._writing():
            clients = self.all()
            if sum(each.removed is None for each in clients) >= MOST:
                raise ServiceError(f"There are {MOST} clients already; remove one that is not used any more.")
            if any(other.id == client.id for other in clients):  # one in four billion
                raise ServiceError("Chance gave two clients the same id; add the client again.")
            self._write((*clients, client))
        return client, seed.decode()

    def all(self) -> tuple[Client, ...]:
        """Every client that was ever added, the oldest first. ServiceError if the file cannot be used."""
        try:
            return _Clients.model_validate_json(read_plain(self._path, _MOST_BYTES)).clients
        except FileNotFoundError:
            return ()
        except (ValidationError, FileKindError) as error:
            raise ServiceError(
                f"{self._path} is not a list of clients; bring back the one that it was, or remove it and "
                "add the clients anew."
            ) from error

    def remove(self, identity: str) -> Client:
        """Let a client in no more. ServiceError if there is none of that id."""
        with self._writing():
            clients = self.all()
            found = next((client for client in clients if client.id == identity), None)
            if found is None:
                raise ServiceError(
                    f"There is no client with the id {identity[:20]!r}; `clients list` lists them."
                )
            if found.removed is None:
                found = found.model_copy(update={"removed": _now()})
            self._write(tuple(found if client.id == identity else client for client in clients))
        return found

    def version(self) -> str | None:
        """Changes whenever the file does; None as long as there is none."""
        return signature(self._path)

    def _writing(self) -> FileLock:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return FileLock(self._folder / _LOCK, timeout=_PATIENCE)

    def _write(self, clients: tuple[Client, ...]) -> None:
        write_text(self._path, _Clients(clients=clients).model_dump_json(indent=1) + "\n", durable=True)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
