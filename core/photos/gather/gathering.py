"""Fetches what a set wants: eight hosts at once, a request a second to each, an outcome for every line."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from queue import Empty, Full, Queue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import FetchError, ImageError, StreetScopeError
from core.hardware.allocator import return_free_memory
from core.jobs import Tell
from core.languages import sentence, sentence_of
from core.photos.fetch.address import Address, parse_address
from core.photos.fetch.fetcher import Fetched, Fetcher
from core.photos.gather.checking import Checked, check
from core.photos.gather.entry import Entry, refused
from core.photos.gather.sorting import grouped
from core.photos.gather.store import PhotoSet

HOSTS = 8
"""Hosts that are asked at once."""

NEVER_READ: Mapping[str, Any] = refused(
    sentence("This was stopped before the file's turn came; give it again.")
)
"""For an entry whose file is not at hand any more."""

_WAITING: Mapping[str, Any] = {"state": "waiting", "reason": "", "said": "", "retry": False}

_TIDIED = 8
"""After so many photos, freed memory goes back to the system."""

_PATIENCE = 0.2
"""Seconds between two looks at what has come: a click on Cancel waits no longer."""


@dataclass(frozen=True)
class Seen:
    """What a network sees in a photo: the share of each class, and its mean confidence, all in [0, 1]."""

    shares: dict[str, float]
    confidence: float


Shares = Callable[[NDArray[np.uint8]], Seen]
"""What a network sees in a small picture (H, W, 3)."""


@dataclass(frozen=True)
class Came:
    """What became of an entry: a photo, or the error that says why there is none."""

    entry: Entry
    checked: Checked | None
    error: StreetScopeError | None


def gather(
    photos: PhotoSet, fetcher: Fetcher, shares: Shares | None, tell: Tell = lambda *_: None
) -> tuple[Entry, ...]:
    """Fetch all entries of a set that wait, check and sort them; returns the set's entries then.

    shares: None leaves out whether a photo shows a street. tell: called several times a second; raising from
    it ends the work, and the next call goes on with what still waits.
    FolderBusyError; PhotoSetError if the disk does not take them.
    """
    with photos.gathering():
        waiting = [entry for entry in photos.entries() if entry.state == "waiting"]
        wanted = [entry for entry in waiting if entry.is_fetched]
        # The server was killed while it took in files: they were here only then.
        photos.change({entry.number: NEVER_READ for entry in waiting if not entry.is_fetched})
        queue = _Hosts(wanted, fetcher)
        came: Queue[Came] = Queue(HOSTS)  # bounded: photos may come faster than they are kept
        workers = min(HOSTS, queue.hosts)
        for _ in range(workers):
            threading.Thread(target=_work, args=(queue, fetcher, came), daemon=True).start()
        try:
            for done in range(len(wanted)):
                take_in(photos, _next(came, done, len(wanted), tell), shares)
        finally:
            queue.stop()
            photos.change(grouped(photos.entries()))
        tell(len(wanted), len(wanted), None, "")
        return photos.entries()


def _next(came: Queue[Came], done: int, total: int, tell: Tell) -> Came:
    while True:
        tell(done, total, None, "")
        try:
            return came.get(timeout=_PATIENCE)
        except Empty:
            continue


def take_in(photos: PhotoSet, came: Came, shares: Shares | None) -> None:
    """Keep a photo that has come, or why none has."""
    number = came.entry.number
    if came.checked is None:
        reason = sentence_of(came.error) if came.error else ""
        retry = isinstance(came.error, FetchError) and may_pass(reason)
        photos.change({number: refused(reason, retry=retry)}, later=True)
        return
    facts: dict[str, Any] = dict(came.checked.facts)
    if shares is not None:
        seen = shares(came.checked.image)
        facts.update(shares=seen.shares, confidence=seen.confidence)
    photos.write_picture(facts["file"], came.checked.picture, came.checked.small)
    photos.change({number: facts}, later=True)
    if number % _TIDIED == 0:
        return_free_memory()  # pictures of many sizes leave holes


def try_again(photos: PhotoSet, numbers: Iterable[int]) -> int:
    """Let those of these entries wait again whose refusal may pass; how many. PhotoSetError for the disk."""
    some = frozenset(numbers)
    again = [entry.number for entry in photos.entries() if entry.retry and entry.number in some]
    if again:
        photos.change(dict.fromkeys(again, _WAITING))
    return len(again)


def may_pass(reason: str) -> bool:
    """Whether a second try may do better than a refusal of this kind."""
    return any(
        sign in reason
        for sign in (
            "try again",
            "took longer",
            "cannot be reached",
            "was cut",
            "looked up now",
            "has been asked",
            "names port",  # somebody may allow it
            "not one that is used",
        )
    )


def came_of(entry: Entry, bytes_of: Callable[[], bytes]) -> Came:
    """What becomes of an entry when its file is read and checked."""
    try:
        return Came(entry, check(entry.number, bytes_of()), None)
    except StreetScopeError as error:
        return Came(entry, None, error)


def _work(queue: _Hosts, fetcher: Fetcher, came: Queue[Came]) -> None:
    while (taken := queue.take()) is not None:
        entry, address = taken
        what = came_of(entry, lambda address=address: _picture(fetcher.fetch(address)))  # type: ignore[misc]
        queue.give_back(address.host)
        while not queue.stopped:
            try:
                came.put(what, timeout=_PATIENCE)
                break
            except Full:
                continue


def _picture(fetched: Fetched) -> bytes:
    begin = fetched.data[:512].lstrip().lower()
    if fetched.content_type == "text/html" or begin.startswith((b"<!doctype", b"<html")):
        raise ImageError(
            sentence("This address gives a web page, not a picture; copy the picture's own address.")
        )
    return fetched.data


class _Hosts:
    """The waiting entries by host. Each host is asked by one worker at a time, the one that is due first."""

    def __init__(self, entries: Sequence[Entry], fetcher: Fetcher) -> None:
        self._pace = fetcher.pace
        self._waiting: dict[str, deque[tuple[Entry, Address]]] = defaultdict(deque)
        for entry in entries:
            address = parse_address(entry.address)
            self._waiting[address.host].append((entry, address))
        self.hosts = len(self._waiting)
        self._busy: set[str] = set()
        self._change = threading.Condition()
        self.stopped = False

    def take(self) -> tuple[Entry, Address] | None:
        """The next entry of a free host, once that may be asked; None when there is nothing left to do."""
        with self._change:
            while not self.stopped and any(self._waiting.values()):
                free = [host for host, some in self._waiting.items() if some and host not in self._busy]
                due = {host: self._pace.due(host) for host in free}
                host = min(free, key=lambda host: (due[host], -len(self._waiting[host])), default="")
                if host and due[host] == 0:
                    self._busy.add(host)
                    return self._waiting[host].popleft()
                self._change.wait(due[host] if host else None)
        return None

    def give_back(self, host: str) -> None:
        """This host may be asked by another worker."""
        with self._change:
            self._busy.discard(host)
            self._change.notify_all()

    def stop(self) -> None:
        """Let every worker end after what it does now."""
        with self._change:
            self.stopped = True
            self._change.notify_all()
