"""The download, against a server on this machine that can do everything wrong that a server can."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import io
import subprocess
import sys
import tarfile
import textwrap
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from core.datasets.acquire.download import (
    ALLOWED,
    CAMVID,
    CAMVID_TINY,
    SOURCES,
    DownloadProgress,
    Source,
    download,
)
from core.datasets.layouts.opening import find_datasets, open_dataset
from core.errors import DownloadError
from tests.conftest import ROOT


@dataclass
class Behaviour:
    """What the server has and how it behaves, and the requests that it got."""

    body: bytes
    etag: str | None = '"one"'
    status: int = 200
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)  # after how many bytes each of the next answers is cut
    announced: int | None = None  # what Content-Length says instead of the truth
    content_range: str | None = None  # what Content-Range says instead of the truth
    redirect: str | None = None
    ignore_if_range: bool = False
    no_length: bool = False
    hold: threading.Event | None = None  # waited for before an answer
    asked: threading.Event = field(default_factory=threading.Event)
    requests: list[dict[str, str]] = field(default_factory=list)


class Handler(http.server.BaseHTTPRequestHandler):
    behaviour: Behaviour

    def do_GET(self) -> None:
        does = self.behaviour
        does.requests.append(dict(self.headers))
        does.asked.set()
        if does.hold:
            does.hold.wait(60)
        if does.redirect and self.path != "/moved.tgz":
            return self._answer(302, {"Location": does.redirect}, b"")
        if does.status >= 400:
            return self._answer(does.status, {}, b"sorry")
        headers = {"ETag": does.etag} if does.etag else {}
        start = self._start()
        body = does.body[start:]
        if start:
            size = len(does.body)
            headers["Content-Range"] = does.content_range or f"bytes {start}-{size - 1}/{size}"
        return self._answer(206 if start else 200, headers, body)

    def _start(self) -> int:
        does = self.behaviour
        asked, only_if = self.headers.get("Range"), self.headers.get("If-Range")
        if not asked or not does.ranges or (only_if != does.etag and not does.ignore_if_range):
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        does = self.behaviour
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if not does.no_length:
            self.send_header("Content-Length", str(len(body) if does.announced is None else does.announced))
        self.end_headers()
        self.wfile.write(body[: does.cuts.pop(0)] if does.cuts and status < 300 else body)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def body(make_layout, street_frames) -> bytes:
    """A small archive as fastai's: a folder in fastai's layout, of several hundred kilobytes."""
    root = make_layout("fastai", street_frames, name="made")
    noise = np.random.default_rng(0).integers(0, 256, 400_000, dtype=np.uint8)
    (root / "noise.bin").write_bytes(noise.tobytes())
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.add(root, "camvid")
    return packed.getvalue()


@pytest.fixture
def serve() -> Iterator[Callable[[Behaviour], str]]:
    """Start a server; returns its address."""
    servers = []

    def start(behaviour: Behaviour) -> str:
        handler = type("Behaving", (Handler,), {"behaviour": behaviour})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def get(serve, folder):
    """Download from a server that behaves so; returns the data set."""
    addresses: dict[int, str] = {}

    def get(behaviour: Behaviour, source: Source | None = None, **options):
        if id(behaviour) not in addresses:
            addresses[id(behaviour)] = serve(behaviour)
        address = addresses[id(behaviour)]
        wanted = source or source_of(behaviour.body)
        wanted = replace(wanted, url=f"{address}camvid.tgz")
        return download(wanted, folder, **{"allowed": (address,), "pause": 0.0} | options)

    return get


def source_of(body: bytes) -> Source:
    head = hashlib.md5(body[: 1024**2], usedforsecurity=False).hexdigest()
    return Source("camvid", "", len(body), head)


def nothing_half_made(folder) -> bool:
    """Whether the folder holds no data set, and nothing that is not hidden."""
    return find_datasets(folder) == [] and not [p for p in folder.iterdir() if not p.name.startswith(".")]


# What goes well


def test_a_data_set_is_downloaded_and_opened(get, body, folder):
    dataset = get(Behaviour(body))

    assert dataset.root == folder / "camvid"
    assert [frame.name for frame in dataset.valid] == ["0016E5_07959"]
    assert [path.name for path in folder.iterdir()] == ["camvid"]
    assert dataset.read(dataset.valid[0])


def test_progress_goes_up_to_the_archives_size_then_unpacks(get, body):
    seen: list[DownloadProgress] = []
    get(Behaviour(body), report=seen.append)

    loaded = [progress.done for progress in seen if progress.stage == "download"]
    assert loaded == sorted(loaded)
    assert (loaded[0], loaded[-1]) == (0, len(body))
    assert {progress.total for progress in seen} == {len(body)}
    assert seen[0].seconds_left is None
    assert [p.seconds_left for p in seen if p.stage == "download" and p.done == len(body)] == [0.0]
    assert seen[-1] == DownloadProgress("unpack", len(body), len(body), None)


def test_the_archive_may_come_without_its_size(get, body):
    assert len(get(Behaviour(body, no_length=True)).frames()) == 4


# What breaks off


def test_a_cut_download_goes_on_where_it_broke_off(get, body):
    server = Behaviour(body, cuts=[100_000, 150_000])
    dataset = get(server)

    assert len(dataset.frames()) == 4
    assert [request.get("Range") for request in server.requests] == [None, "bytes=100000-", "bytes=250000-"]
    assert [request.get("If-Range") for request in server.requests] == [None, '"one"', '"one"']


def test_a_download_that_was_stopped_goes_on_next_time(get, body, folder):
    def stop(progress: DownloadProgress) -> None:
        if progress.done > 0:
            raise KeyboardInterrupt

    server = Behaviour(body)
    with pytest.raises(KeyboardInterrupt):
        get(server, report=stop)
    assert nothing_half_made(folder)
    done = (folder / ".camvid.part" / "archive.tgz").stat().st_size

    seen: list[DownloadProgress] = []
    assert len(get(server, report=seen.append).frames()) == 4
    assert server.requests[-1]["Range"] == f"bytes={done}-"
    assert seen[0].done == done > 0


def test_a_server_without_ranges_sends_all_again(get, body):
    server = Behaviour(body, ranges=False, cuts=[100_000])

    assert len(get(server).frames()) == 4
    assert len(server.requests) == 2


def test_without_an_etag_a_download_starts_from_the_beginning(get, body):
    server = Behaviour(body, etag=None, cuts=[100_000])

    assert len(get(server).frames()) == 4
    assert [request.get("Range") for request in server.requests] == [None, None]


def test_a_weak_etag_is_not_gone_on_with(get, body):
    server = Behaviour(body, etag='W/"one"', cuts=[100_000])

    assert len(get(server).frames()) == 4
    assert "Range" not in server.requests[1]


def test_a_file_that_changed_between_two_attempts_is_taken_whole(get, body, folder, refusal):
    server = Behaviour(body, cuts=[100_000])
    refusal(lambda: get(server, attempts=1), DownloadError)
    server.etag = '"two"'  # as long as the first, but something else in front

    assert len(get(server).frames()) == 4
    assert server.requests[1]["If-Range"] == '"one"'


def test_two_halves_of_different_files_are_noticed(get, body, folder, refusal):
    """The server goes on with another file although it was told which one is meant."""
    server = Behaviour(bytes(len(body)), cuts=[100_000], ignore_if_range=True)
    refusal(lambda: get(server, source_of(body), attempts=1), DownloadError)
    server.body = body

    assert "is not the archive that was expected" in refusal(
        lambda: get(server, source_of(body)), DownloadError
    )
    assert nothing_half_made(folder)
    assert len(get(server, source_of(body)).frames()) == 4


def test_a_part_that_was_not_asked_for_is_not_appended(get, body):
    server = Behaviour(body, cuts=[100_000], content_range=f"bytes 5-{len(body) - 1}/{len(body)}")

    assert len(get(server).frames()) == 4
    assert [request.get("Range") for request in server.requests] == [None, "bytes=100000-", None]


def test_a_connection_that_breaks_again_and_again_is_given_up_but_kept(get, body, folder, refusal):
    server = Behaviour(body, cuts=[1000, 1000, 1000])
    sentence = refusal(lambda: get(server, attempts=3), DownloadError)

    assert "was interrupted 3 times" in sentence
    assert "start again to continue from 0.0 of 0.4 MB" in sentence
    assert nothing_half_made(folder)
    assert len(get(server).frames()) == 4
    assert server.requests[3]["Range"] == "bytes=3000-"


def test_data_that_end_early_without_a_word_are_noticed(get, body):
    server = Behaviour(body, no_length=True, cuts=[1000])

    assert len(get(server).frames()) == 4
    assert len(server.requests) == 2


# What the server says


def test_a_missing_archive_is_one_sentence(get, body, folder, refusal):
    assert "the server answered with status 404" in refusal(
        lambda: get(Behaviour(body, status=404)), DownloadError
    )
    assert list(folder.iterdir()) == []


def test_a_server_in_trouble_is_asked_again(get, body, refusal):
    server = Behaviour(body, status=503)

    assert "the server answered with status 503" in refusal(lambda: get(server, attempts=3), DownloadError)
    assert len(server.requests) == 3


@pytest.mark.parametrize("announced", [1000, 10**12])
def test_a_server_that_lies_about_the_size_is_refused(get, body, folder, refusal, announced):
    sentence = refusal(lambda: get(Behaviour(body, announced=announced)), DownloadError)

    assert f"has {announced} bytes instead of {len(body)}" in sentence
    assert nothing_half_made(folder)


def test_more_than_was_expected_is_not_written(get, body, folder, refusal):
    server = Behaviour(body + bytes(10**6), no_length=True)

    assert f"has more than {len(body)} bytes" in refusal(lambda: get(server, source_of(body)), DownloadError)
    assert nothing_half_made(folder)


def test_another_file_of_the_same_size_is_refused(get, body, folder, refusal):
    other = bytes(len(body))

    assert "is not the archive that was expected" in refusal(
        lambda: get(Behaviour(other), source_of(body)), DownloadError
    )
    assert list(folder.iterdir()) == []


def test_a_truncated_archive_is_refused(get, body, folder, refusal):
    assert "is damaged or ends early" in refusal(lambda: get(Behaviour(body[:-1000])), DownloadError)
    assert list(folder.iterdir()) == []


def test_an_archive_without_a_data_set_is_refused(get, folder, refusal):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("camvid/nothing"))

    sentence = refusal(lambda: get(Behaviour(packed.getvalue())), DownloadError)
    assert "cannot be used" in sentence
    assert list(folder.iterdir()) == []


def test_an_archive_that_escapes_is_refused(get, folder, refusal, tmp_path):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("../../escaped"))

    refusal(lambda: get(Behaviour(packed.getvalue())), DownloadError)
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "escaped").exists()


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_after_an_archive_of_chained_headers_the_next_try_starts_clean(get, body, folder, refusal, kind):
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = kind, 9
    header = info.tobuf(tarfile.USTAR_FORMAT) + b"9 path=b\n".ljust(512, b"\0")
    hostile = gzip.compress(header * 3000)

    for _ in range(2):
        assert "cannot be used" in refusal(lambda: get(Behaviour(hostile)), DownloadError)
        assert list(folder.iterdir()) == []
    assert get(Behaviour(body)).frames()


# Where it may lead


def test_no_network_is_one_sentence(folder, refusal, serve, body):
    address = "http://127.0.0.1:9/"  # discard: nothing listens there
    source = replace(source_of(body), url=f"{address}camvid.tgz")

    assert refusal(lambda: download(source, folder, allowed=(address,)), DownloadError) == (
        "127.0.0.1:9 cannot be reached; check the internet connection and start again."
    )
    assert list(folder.iterdir()) == []


def test_only_the_known_host_over_https_is_asked(folder, refusal, serve, body):
    server = Behaviour(body)
    source = replace(source_of(body), url=f"{serve(server)}camvid.tgz")

    assert "Data sets are not downloaded from the address" in refusal(lambda: download(source, folder))
    assert server.requests == []
    assert ALLOWED == ("https://s3.amazonaws.com/",)


def test_a_redirection_within_what_is_allowed_is_followed(get, body):
    assert len(get(Behaviour(body, redirect="/moved.tgz")).frames()) == 4


def test_a_redirection_to_elsewhere_is_not_followed(get, serve, body, refusal):
    elsewhere = Behaviour(body)
    sentence = refusal(lambda: get(Behaviour(body, redirect=f"{serve(elsewhere)}moved.tgz")), DownloadError)

    assert "Data sets are not downloaded from the address" in sentence
    assert elsewhere.requests == []


def test_redirections_without_end_are_given_up(get, body, refusal):
    server = Behaviour(body, redirect="/again.tgz")

    assert "redirects too often" in refusal(lambda: get(server), DownloadError)
    assert len(server.requests) == 5


# Disk and neighbours


def test_an_existing_folder_is_not_touched(get, body, folder, refusal):
    (folder / "camvid").mkdir(parents=True)
    server = Behaviour(body)

    assert "exists already" in refusal(lambda: get(server))
    assert server.requests == []


def test_a_second_download_at_the_same_time_is_refused(get, body, folder, refusal):
    server = Behaviour(body, hold=threading.Event())
    results = []
    first = threading.Thread(target=lambda: results.append(get(server)))
    first.start()
    try:
        assert server.asked.wait(60)
        assert "is being made already" in refusal(lambda: get(server))
    finally:
        server.hold.set()
        first.join()

    assert len(results[0].frames()) == 4
    assert len(server.requests) == 1


def test_a_download_that_was_killed_can_be_started_again(get, body, folder):
    """Its lock is the operating system's, which takes it back from a process that is no more."""
    script = f"""
        import os
        from pathlib import Path
        from core.datasets.acquire.staging import staging
        with staging(Path({str(folder / "camvid")!r})) as place:
            (place / "archive.tgz").write_bytes(b"left")
            os._exit(9)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT)
    assert killed.returncode == 9
    assert (folder / ".camvid.part" / "archive.tgz").exists()

    assert len(get(Behaviour(body)).frames()) == 4
    assert [path.name for path in folder.iterdir()] == ["camvid"]


def test_a_download_that_cannot_fit_is_not_started(get, body, folder, refusal):
    server = Behaviour(body)

    assert "There is no room left for camvid: " in refusal(
        lambda: get(server, replace(source_of(body), size=10**18))
    )
    assert server.requests == []


@pytest.mark.parametrize("limit", [100_000, None], ids=["the archive", "a file in it"])
def test_a_full_disk_is_one_sentence_and_leaves_no_data_set(serve, get, body, folder, limit):
    """A process may be limited to files of a size; to the writer that looks like a disk that is full."""
    if limit is None:  # enough for the archive, which packs zeros well, not for what is in it
        body = _archive_of_zeros()
        limit = len(body) + 1000
    server = Behaviour(body)
    address = serve(server)
    source = replace(source_of(body), url=f"{address}camvid.tgz")
    script = f"""
        import resource
        from pathlib import Path
        from core.datasets.acquire.download import Source, download
        from core.errors import DatasetError
        resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
        try:
            download({source!r}, Path({str(folder)!r}), allowed=({address!r},), pause=0.0)
        except DatasetError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    target = folder / "camvid"
    assert done.stdout == f"There is no room on the disk for {target}: free some space and try again.\n"
    assert nothing_half_made(folder)
    assert not (folder / ".camvid.part" / "unpacked").exists()


def test_after_a_full_disk_the_download_goes_on(get, body, folder):
    place = folder / ".camvid.part"
    server = Behaviour(body, cuts=[200_000])
    with pytest.raises(DownloadError):
        get(server, attempts=1)
    assert (place / "archive.tgz").stat().st_size == 200_000

    assert open_dataset(get(server).root)
    assert server.requests[-1]["Range"] == "bytes=200000-"


def _archive_of_zeros() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        info = tarfile.TarInfo("camvid/zeros")
        info.size = 1_000_000
        tar.addfile(info, io.BytesIO(bytes(1_000_000)))
    return packed.getvalue()


# What is downloaded


def test_the_addresses_sizes_and_hashes_are_fastais():
    import fastai.data
    from fastai.data.external import URLs
    from fastdownload.core import checks_module, read_checks

    checks = read_checks(checks_module(fastai.data))
    for source, url in ((CAMVID, URLs.CAMVID), (CAMVID_TINY, URLs.CAMVID_TINY)):
        assert source.url == url
        assert source.url.startswith(ALLOWED)
        assert (source.size, source.head_md5) == checks[url]


def test_the_names_are_those_of_the_command():
    assert set(SOURCES) == {"camvid", "camvid-tiny"}
