"""Downloading CamVid: one archive, resumed after an interruption, checked, and unpacked safely."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from core.datasets.acquire.staging import clear, staging
from core.datasets.acquire.unpacking import unpack
from core.datasets.dataset import SegmentationDataset
from core.datasets.layouts.opening import open_dataset
from core.errors import DatasetError, DownloadError
from core.languages import sentence
from core.project import data_folder


@dataclass(frozen=True)
class Source:
    """An archive on the network.

    name: the data set's folder. size: of the archive, in bytes. head_md5: MD5 hash of its first mebibyte.
    """

    name: str
    url: str
    size: int
    head_md5: str


# URLs.CAMVID and URLs.CAMVID_TINY of fastai, with the sizes and hashes of its data/download_checks.py.
# Written out, since importing fastai takes seconds; a test compares them with fastai's.
CAMVID = Source(
    "camvid",
    "https://s3.amazonaws.com/fast-ai-imagelocal/camvid.tgz",
    598_913_237,
    "648371e4f3a833682afb39b08a3ce2aa",
)
CAMVID_TINY = Source(
    "camvid-tiny",
    "https://s3.amazonaws.com/fast-ai-sample/camvid_tiny.tgz",
    2_314_212,
    "2cf6daf91b7a2083ecfa3e9968e9d915",
)
SOURCES = {source.name: source for source in (CAMVID, CAMVID_TINY)}

ALLOWED = ("https://s3.amazonaws.com/",)
"""Beginnings that an address, and every address it redirects to, must have."""

_ARCHIVE, _STATE = "archive.tgz", "archive.json"
_CHUNK = 256 * 1024
_HEAD = 1024**2
_TIMEOUTS = (10, 30)  # seconds to connect, and between two pieces of data
_MAX_REDIRECTS = 5
_MAX_STATE = 4096


@dataclass(frozen=True)
class DownloadProgress:
    """A download's progress: bytes of the archive done and in all, and the seconds left if known."""

    stage: Literal["download", "unpack"]
    done: int
    total: int
    seconds_left: float | None = None


Report = Callable[[DownloadProgress], None]


def download(
    source: Source,
    folder: Path | None = None,
    report: Report = lambda progress: None,
    *,
    allowed: tuple[str, ...] = ALLOWED,
    attempts: int = 10,
    pause: float = 1.0,
) -> SegmentationDataset:
    """Download a data set into `folder` (`data/` if none is given) and open it.

    report: called with the progress; raising from it stops the download. An interrupted download continues
    where it was the next time.
    attempts: after so many broken connections it gives up; `pause`: seconds to wait after the first one,
    twice as long after the second, and so on.
    DownloadError if the network, the server or the archive fails; DatasetError if the folder exists, the
    disk is full or somebody else is downloading it. Then nothing is left that counts as a data set.
    """
    target = (folder or data_folder()) / source.name
    with staging(target) as place:
        _require_room(source, place)
        fetch(source, place, report, allowed=allowed, attempts=attempts, pause=pause)
        try:
            root = _unpacked(source, place, report)
            root.rename(target)
        except DatasetError as error:
            clear(place)
            raise DownloadError(
                sentence("The archive from {url} cannot be used: {reason}", url=source.url, reason=error)
            ) from error
    return open_dataset(target, strict=False)


def fetch(
    source: Source,
    place: Path,
    report: Report = lambda progress: None,
    *,
    allowed: tuple[str, ...] = ALLOWED,
    attempts: int = 10,
    pause: float = 1.0,
) -> Path:
    """Download a source's archive into the folder `place`, continuing with what is there.

    Parameters and errors as for `download`.
    """
    part = _Part(source, place)
    tell = _Teller(source, part.size, report)
    breaks = 0
    while part.size < source.size:
        tell(part.size)
        try:
            _receive(part, tell, allowed)
        except _BrokenOffError as broken:
            breaks += 1
            if breaks >= attempts or (tell.brought_nothing and broken.unreachable):
                raise DownloadError(_given_up(part, broken, breaks)) from broken
            _wait(pause * breaks, lambda: tell(part.size))
    if part.size != source.size or part.head_md5() != source.head_md5:
        part.discard()
        raise DownloadError(
            sentence("{url} is not the archive that was expected; start again.", url=source.url)
        )
    return part.path


class _BrokenOffError(Exception):
    """An attempt that was cut short; the next one continues from there."""

    def __init__(self, why: str, *, unreachable: bool = False) -> None:
        super().__init__(why)
        self.unreachable = unreachable


class _Teller:
    """Reports progress with the seconds left, from the speed since this download was started or resumed."""

    def __init__(self, source: Source, done: int, report: Report) -> None:
        self._total, self._first, self._report = source.size, done, report
        self._start = time.monotonic()
        self.brought_nothing = True

    def __call__(self, done: int) -> None:
        brought = done - self._first
        left = None
        if brought > 0:
            self.brought_nothing = False
            left = (time.monotonic() - self._start) / brought * (self._total - done)
        self._report(DownloadProgress("download", done, self._total, left))


class _Part:
    """The part of an archive that is there, and the server's name for that version (its validator)."""

    def __init__(self, source: Source, place: Path) -> None:
        self.source = source
        self.path, self._state = place / _ARCHIVE, place / _STATE
        if self.size > source.size or not self.validator:
            self.discard()

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def validator(self) -> str:
        """The file's ETag or date; empty if the download cannot be resumed."""
        with contextlib.suppress(OSError, ValueError):
            with self._state.open("rb") as file:
                kept = json.loads(file.read(_MAX_STATE))
            if isinstance(kept, dict) and kept.get("url") == self.source.url:
                return str(kept.get("validator", ""))
        return ""

    def start(self, validator: str) -> None:
        self.discard()
        self._state.write_text(json.dumps({"url": self.source.url, "validator": validator}), "utf-8")

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self._state.unlink(missing_ok=True)

    def head_md5(self) -> str:
        with self.path.open("rb") as file:
            return hashlib.md5(file.read(_HEAD), usedforsecurity=False).hexdigest()


def _receive(part: _Part, tell: _Teller, allowed: tuple[str, ...]) -> None:
    """One request: append what arrives to the part. _BrokenOffError if it is cut short."""
    headers = {"Accept-Encoding": "identity"}
    if part.size and not part.validator:
        part.discard()
    if part.size:
        headers |= {"Range": f"bytes={part.size}-", "If-Range": part.validator}
    with _open(part.source.url, headers, allowed) as response:
        _accept(response, part)
        pieces = response.raw.stream(_CHUNK, decode_content=False)
        with part.path.open("ab") as file:
            while piece := _next(pieces):
                if file.tell() + len(piece) > part.source.size:
                    part.discard()
                    raise DownloadError(
                        sentence(
                            "{url} has more than {size} bytes; it is another archive.",
                            url=part.source.url,
                            size=part.source.size,
                        )
                    )
                file.write(piece)
                tell(file.tell())
    if part.size < part.source.size:
        raise _BrokenOffError(sentence("the data ended early"))


def _open(url: str, headers: dict[str, str], allowed: tuple[str, ...]) -> requests.Response:
    """Request an address, following redirections that are allowed."""
    for _ in range(_MAX_REDIRECTS):
        if not url.startswith(allowed):
            raise DownloadError(sentence("Data sets are not downloaded from the address {url}.", url=url))
        try:
            response = requests.get(
                url, headers=headers, stream=True, allow_redirects=False, timeout=_TIMEOUTS
            )
        except requests.RequestException as error:
            raise _BrokenOffError(sentence("the server cannot be reached"), unreachable=True) from error
        if not response.is_redirect:
            return response
        url = urljoin(url, response.headers["Location"])
        response.close()
    raise DownloadError(sentence("The address {url} redirects too often.", url=url))


def _accept(response: requests.Response, part: _Part) -> None:
    """Prepare the part for this response, or refuse it."""
    source, status = part.source, response.status_code
    if status == 206:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        if not found or int(found[1]) != part.size or found[2] not in {"*", str(source.size)}:
            part.discard()
            raise _BrokenOffError(sentence("the server sent a different part from the one requested"))
    elif status == 200:
        announced = response.headers.get("Content-Length", str(source.size))
        if announced != str(source.size):
            part.discard()
            raise DownloadError(
                sentence(
                    "{url} has {announced} bytes instead of {size}; it is another archive.",
                    url=source.url,
                    announced=announced,
                    size=source.size,
                )
            )
        part.start(_validator(response))
    elif status == 416:
        part.discard()
        raise _BrokenOffError(sentence("the server does not have the requested part"))
    elif status >= 500:
        raise _BrokenOffError(sentence("the server answered with status {status}", status=status))
    else:
        raise DownloadError(
            sentence(
                "{url} cannot be downloaded: the server answered with status {status}.",
                url=source.url,
                status=status,
            )
        )


def _validator(response: requests.Response) -> str:
    """What a later request sends so that only the same file is continued; a weak ETag cannot do that.

    Source: RFC 9110, section 13.1.5.
    """
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified", "")


def _next(pieces: Iterator[bytes]) -> bytes:
    try:
        return next(pieces, b"")
    except (HTTPError, requests.RequestException, OSError) as error:
        raise _BrokenOffError(sentence("the connection was cut")) from error


def _given_up(part: _Part, broken: _BrokenOffError, breaks: int) -> str:
    host = urlsplit(part.source.url).netloc
    if broken.unreachable and breaks == 1:
        return sentence("{host} cannot be reached; check the internet connection and start again.", host=host)
    return sentence(
        "The download from {host} was interrupted {breaks} times, the last time because "
        "{reason}; start again to continue from {have:.1f} of {total:.1f} MB.",
        host=host,
        breaks=breaks,
        reason=broken,
        have=part.size / 1024**2,
        total=part.source.size / 1024**2,
    )


def _wait(seconds: float, tell: Callable[[], None]) -> None:
    """Wait, but keep reporting, so that the download can be stopped."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        tell()
        time.sleep(min(left, 0.25))


def _require_room(source: Source, place: Path) -> None:
    missing = source.size - _Part(source, place).size
    if shutil.disk_usage(place).free < missing:
        raise DatasetError(
            sentence(
                "There is no room left for {name}: {missing:.0f} MB more are needed; free some space on "
                "that disk and start again.",
                name=source.name,
                missing=missing / 1024**2,
            )
        )


def _unpacked(source: Source, place: Path, report: Report) -> Path:
    """Unpack the archive; returns the data set's folder in it."""
    folder = place / "unpacked"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        unpack(place / _ARCHIVE, folder, lambda done, total: report(DownloadProgress("unpack", done, total)))
        return open_dataset(folder, strict=False).root
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
