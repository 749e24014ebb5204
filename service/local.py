"""How programs of the same user on this machine find the service that runs here, and ask it.

The service says where it is in a file of its folder, with a key of its own beside it that only its user can
read. The app and the command line come here; neither starts or imports the service.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from core.errors import FileKindError, FileSizeError
from core.files import read_plain, replacing, write_json
from service.errors import ServiceError

if TYPE_CHECKING:
    import httpx

_FILE, _KEY = "running.json", "running.key"
_MOST_BYTES = 4096
_ASK_SECONDS = 2.0
"""For each step of a question about the service: one that hangs must not hang who asks. On a busy machine a
second is not enough."""

_PHOTO_SECONDS = 75.0
"""For the answer about a photo: longer than the service itself allows."""


class NotRunningError(ServiceError):
    """There is no service here, or it does not answer; `str()` says which."""


class RefusedError(ServiceError):
    """What the service answered instead of what was asked. status: of HTTP."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Running:
    """A service of this folder. url: where it listens. pid: its process. started: when it began."""

    url: str
    pid: int
    started: datetime
    key: str = field(repr=False)

    def get(self, path: str, **words: object) -> Any:
        """What the service says at an address, as plain data. NotRunningError, RefusedError."""
        return self._ask("GET", path, words)

    def delete(self, path: str) -> Any:
        """As `get`, with DELETE."""
        return self._ask("DELETE", path, {})

    def post(self, path: str) -> Any:
        """As `get`, with POST and no body."""
        return self._ask("POST", path, {})

    def send(self, photo: bytes, words: Mapping[str, str], key: str = "") -> Answered:
        """Have a photo segmented. words: model, size, answer. key: another than the service's own.

        NotRunningError; a refusal is an answer too.
        """
        start = time.perf_counter()
        response = self._exchange("POST", "/v1/segment", words, photo, key or self.key, _PHOTO_SECONDS)
        seconds = time.perf_counter() - start
        kind = response.headers.get("content-type", "").partition(";")[0]
        return Answered(response.status_code, kind, response.content, seconds)

    def _ask(self, method: str, path: str, words: Mapping[str, object]) -> Any:
        response = self._exchange(method, path, words, b"", self.key, _ASK_SECONDS)
        said = _plain(response.content)
        if response.is_success:
            return said
        detail = said.get("detail") if isinstance(said, dict) else None
        raise RefusedError(
            str(detail or f"The service answered {response.status_code}."), response.status_code
        )

    def _exchange(
        self, method: str, path: str, words: Mapping[str, object], body: bytes, key: str, seconds: float
    ) -> httpx.Response:
        # Not before it is needed: it takes a moment, and the app's start has none to spare.
        import httpx

        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/octet-stream"}
        timeout = httpx.Timeout(seconds, connect=_ASK_SECONDS)
        parameters = {name: str(word) for name, word in words.items()}
        try:
            # A proxy of the environment must not get the key.
            with httpx.Client(base_url=self.url, timeout=timeout, trust_env=False) as client:
                return client.request(method, path, params=parameters, headers=headers, content=body or None)
        except httpx.TimeoutException as error:
            raise NotRunningError(
                f"The service at {self.url} (process {self.pid}) does not answer; it may be starting, or "
                "be stuck."
            ) from error
        except httpx.HTTPError as error:
            raise NotRunningError("No service runs here; `make serve` starts one.") from error


@dataclass(frozen=True)
class Answered:
    """An answer about a photo. kind: its media type. seconds: from sending it to the last byte."""

    status: int
    kind: str
    body: bytes = field(repr=False)
    seconds: float

    @property
    def problem(self) -> str:
        """Why there is no answer; "" if there is one."""
        if self.status < 400:
            return ""
        said = _plain(self.body)
        detail = said.get("detail") if isinstance(said, dict) else None
        return str(detail or f"The service answered {self.status}.")


def running(folder: Path) -> Running | None:
    """The service of this folder; None if there is none, or only what a dead one has left."""
    try:
        said = json.loads(read_plain(folder / _FILE, _MOST_BYTES))
        key = read_plain(folder / _KEY, _MOST_BYTES).decode("ascii").strip()
        url, pid = str(said["url"]), int(said["pid"])
        started = datetime.fromtimestamp(float(said["started"]), UTC)
        address = urlsplit(url)
    except (OSError, FileKindError, FileSizeError, ValueError, KeyError, TypeError, OverflowError):
        return None
    sound = address.scheme == "http" and address.hostname and key.isprintable()
    return Running(url, pid, started, key) if sound and _lives(pid) else None


def running_or_say_so(folder: Path) -> Running:
    """As `running`. NotRunningError if there is none."""
    found = running(folder)
    if found is None:
        raise NotRunningError("No service runs here; `make serve` starts one.")
    return found


@contextmanager
def announced(folder: Path, url: str, key: str) -> Iterator[None]:
    """Meanwhile others of the same user find this process by its folder. key: opens what they may do."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The key first: who finds the address finds a key that is as new.
    with replacing(folder / _KEY) as part:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(key + "\n")
    write_json(folder / _FILE, {"url": url, "pid": os.getpid(), "started": time.time()})
    try:
        yield
    finally:
        # Another service may have come to the same folder meanwhile.
        if (found := running(folder)) is not None and found.pid == os.getpid():
            for name in (_FILE, _KEY):
                with contextlib.suppress(OSError):
                    (folder / name).unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OverflowError:  # no process has so large a number
        return False
    except PermissionError:  # it lives, and is somebody else's
        return True
    return True


def _plain(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
