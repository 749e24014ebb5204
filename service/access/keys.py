"""Keys for other programs: made once, shown once, kept as hashes only.

A key reads `ss_<id>_<secret>`. The id names it to people; the secret has 256 bits of chance, so a plain
SHA-256 of it is as good as a slow hash: nobody can try them all.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

import limits
from filelock import FileLock
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from core.errors import FileKindError
from core.files import read_plain, signature, write_text
from service.errors import KeyRefusedError, ServiceError

Scope = Literal["segment", "read", "admin"]
"""What a key opens: POST /v1/segment, POST /v1/read, and the figures of the whole service."""

SCOPES: tuple[Scope, ...] = get_args(Scope)
USUAL_RATE = "120/minute"
_OWN_RATE = "1000/second"

_FILE, _LOCK = "keys.json", ".keys.lock"
_PATIENCE = 5.0
_MOST_BYTES = 4 * 1024 * 1024
_LONGEST_NAME = 60
_KEY = re.compile(r"ss_([0-9a-f]{8})_([0-9a-f]{64})", re.ASCII)
_NOBODYS = hashlib.sha256(b"").hexdigest()
"""Compared with where there is no such id, so that an answer takes as long as for one that there is."""

_HOW = 'send the header "Authorization: Bearer ss_..."; `python -m service keys make` makes a key'


class Key(BaseModel):
    """A key, as it is kept. rate: how many requests in how long, such as 120/minute."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    sha256: str
    scopes: tuple[Scope, ...]
    rate: str
    made: AwareDatetime
    expires: AwareDatetime | None = None
    revoked: AwareDatetime | None = None

    def state(self, now: datetime) -> Literal["valid", "expired", "revoked"]:
        """Whether it opens anything at that time."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now else "valid"


class _Keys(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    keys: tuple[Key, ...] = ()


class KeyStore:
    """The keys of a service, in a file of its folder. Processes may write it at once."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / _FILE
        self._seen: str | None = None
        self._by_id: dict[str, Key] = {}
        self._own: dict[str, Key] = {}

    def make(
        self, name: str, scopes: tuple[Scope, ...], rate: str = USUAL_RATE, days: float | None = None
    ) -> tuple[Key, str]:
        """A new key and its text, which nobody can see again. days: until it expires; None for never.

        ServiceError for a name or a rate that cannot be.
        """
        key, text = _new(name, scopes, rate, days)
        with self._writing():
            keys = self._read().keys
            if any(other.id == key.id for other in keys):  # one in four billion
                raise ServiceError("Chance gave two keys the same id; make the key again.")
            self._write((*keys, key))
        return key, text

    def make_own(self) -> str:
        """The text of a key that opens everything in this process, is in no file and ends with it."""
        key, text = _new("StreetScope itself", SCOPES, _OWN_RATE, None)
        self._own[key.id] = key
        return text

    def all(self) -> tuple[Key, ...]:
        """Every key that was ever made, the oldest first. ServiceError if the file cannot be used."""
        return self._read().keys

    def revoke(self, identity: str) -> Key:
        """Let a key open nothing from now on. ServiceError if there is none of that id."""
        with self._writing():
            keys = self._read().keys
            found = next((key for key in keys if key.id == identity), None)
            if found is None:
                raise ServiceError(f"There is no key with the id {identity[:20]!r}; `keys list` lists them.")
            if found.revoked is None:
                now = datetime.now(UTC).replace(microsecond=0)
                found = found.model_copy(update={"revoked": now})
            self._write(tuple(found if key.id == identity else key for key in keys))
        return found

    def check(self, text: str) -> Key:
        """The key that a program sent. KeyRefusedError if it opens nothing, ServiceError as for `all`."""
        self._refresh()
        match = _KEY.fullmatch(text)
        identity, secret = match.groups() if match else ("", "")
        key = self._own.get(identity) or self._by_id.get(identity)
        right = hmac.compare_digest(_hash(secret), key.sha256 if key else _NOBODYS)
        if key is None or not right:
            raise KeyRefusedError(
                f"This is no valid key; {_HOW}." if text else f"A key is needed here; {_HOW}."
            )
        state = key.state(datetime.now(UTC))
        if state != "valid":
            raise KeyRefusedError(f"This key is {state}; ask whoever runs the service for a new one.")
        return key

    def _refresh(self) -> None:
        """Read the file again if somebody has written it: a key is revoked at once."""
        now = signature(self._path)
        if now != self._seen or now is None:
            self._by_id = {key.id: key for key in self._read().keys}
            self._seen = now

    def _writing(self) -> FileLock:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return FileLock(self._folder / _LOCK, timeout=_PATIENCE)

    def _read(self) -> _Keys:
        try:
            return _Keys.model_validate_json(read_plain(self._path, _MOST_BYTES))
        except FileNotFoundError:
            return _Keys()
        except (ValidationError, FileKindError) as error:
            raise ServiceError(
                f"{self._path} is not a list of keys; bring back the one that it was, or remove it and make "
                "new keys."
            ) from error

    def _write(self, keys: tuple[Key, ...]) -> None:
        write_text(self._path, _Keys(keys=keys).model_dump_json(indent=1) + "\n", durable=True)


def checked_rate(rate: str) -> str:
    """The same rate. ServiceError if it is none."""
    try:
        found = limits.parse(rate)
    except ValueError:
        found = None
    if found is None or not 1 <= found.amount <= 1_000_000:
        raise ServiceError(f"{rate[:40]!r} is no rate; give one such as {USUAL_RATE} or 10/second.")
    return rate


def checked_name(name: str) -> str:
    """A name on one line. ServiceError if it is none."""
    plain = " ".join(name.split())
    if not plain or len(plain) > _LONGEST_NAME or not plain.isprintable():
        raise ServiceError(f"Give a name of 1 to {_LONGEST_NAME} letters: who it is for.")
    return plain


def _new(name: str, scopes: tuple[Scope, ...], rate: str, days: float | None) -> tuple[Key, str]:
    now = datetime.now(UTC).replace(microsecond=0)
    identity, secret = secrets.token_hex(4), secrets.token_hex(32)
    key = Key(
        id=identity,
        name=checked_name(name),
        sha256=_hash(secret),
        scopes=tuple(scope for scope in SCOPES if scope in scopes),
        rate=checked_rate(rate),
        made=now,
        expires=None if days is None else now + timedelta(days=days),
    )
    return key, f"ss_{identity}_{secret}"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
