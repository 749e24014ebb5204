"""From a list with every kind of fault to a set: each line has an outcome, and what is kept is clean."""

from __future__ import annotations

import csv
import hashlib
import io
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import FolderBusyError, PhotoSetError
from core.languages import translated, use
from core.photos.fetch.fetcher import Fetcher, Limits
from core.photos.fetch.gate import Gate
from core.photos.fetch.pace import Pace
from core.photos.gather.entry import Entry
from core.photos.gather.examples import example_set
from core.photos.gather.gathering import HOSTS, Seen, gather, try_again
from core.photos.gather.lists import MOST, read_list
from core.photos.gather.manifest import FILE, table
from core.photos.gather.sorting import marks
from core.photos.gather.store import PhotoSet, list_sets, open_set
from tests.hostile_server import HostileServer, hostile_server, street

LOCAL = "127.0.0.1"


@pytest.fixture(scope="module")
def server() -> Iterator[HostileServer]:
    with hostile_server(LOCAL) as server:
        server.elsewhere = "http://10.0.0.1/printer"
        yield server


@pytest.fixture
def photos(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> PhotoSet:
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    return open_set("jakarta")


@pytest.fixture
def fetcher(server: HostileServer) -> Fetcher:
    def resolve(host: str, _: int) -> Sequence[str]:
        if host == "nowhere.example":
            raise OSError
        return [host if host.startswith("10.") else LOCAL]

    gate = Gate(frozenset({80, server.port}), frozenset({(LOCAL, server.port)}), resolve)
    return Fetcher(gate, Pace(0), Limits(2 * 2**20, 3.0))


def test_files_that_waited_when_the_server_was_killed_do_not_keep_addresses_from_going_on(
    photos: PhotoSet, fetcher: Fetcher, server: HostileServer
) -> None:
    photos.add([Entry(number=0, address="street.jpg", source="file")])
    (address,) = addresses(server, "/street/7.jpg")
    photos.add([Entry(number=0, address=address)])
    file, fetched = gather(open_set("jakarta"), fetcher, None)

    assert (file.state, file.reason) == (
        "refused",
        "This was stopped before the file's turn came; give it again.",
    )
    assert fetched.state == "taken"


def addresses(server: HostileServer, *paths: str, host: str = "streets.example") -> list[str]:
    return [f"http://{host}:{server.port}{path}" for path in paths]


REFUSED = {
    "/endless": "sends more than",
    "/slow": "took longer than",
    "/cut": "was cut",
    "/no-http": "does not answer as a web server",
    "/page": "a web page, not a picture",
    "/page-as-jpeg": "a web page, not a picture",
    "/text": "not a picture in a format that we read",
    "/large": "sends more than",
    "/brotli": "packs what it sends",
    "/bomb.png": "megapixels",
    "/half": "give",
    "/tiny": "20 x 20 pixels",
    "/empty": "empty",
    "/to-private": "private network",
    "/to-mapped": "private network",
    "/to-file": "give http or https",
    "/loop": "redirects more than 3 times",
    "/gone": "nothing at this address any more",
    "/forbidden": "does not give this to everybody",
    "/trouble": "try again later",
    "/often": "try again later",
}
NO_ADDRESSES = {
    "hello": "This is no address",
    "file:///etc/passwd": "give http or https",
    "ftp://example.org/a.jpg": "give http or https",
    "data:image/png;base64,AAAA": "a small preview inside the list",
    "http://user:word@streets.example/": "a name or a password",
    "http://10.0.0.1/a.jpg": "private network",
    "http://streets.example:23/": "names port 23",
    "http://nowhere.example/a.jpg": "no host nowhere.example",
}


def test_sixty_addresses_with_every_fault_have_sixty_outcomes(
    photos: PhotoSet, fetcher: Fetcher, server: HostileServer
) -> None:
    good = [
        *(f"http://host{seed % 9}.example:{server.port}/street/{seed}.jpg" for seed in range(23)),
        *addresses(server, "/hop/1", "/gzipped", "/as-text", "/jalan raya.jpg", "/道路.jpg", "/turned"),
    ]
    bad = dict(zip(addresses(server, *REFUSED), REFUSED.values(), strict=True)) | NO_ADDRESSES
    same = {good[0]: "Line 1 has the same address.", good[1] + "#part": "Line 2 has the same address."}
    lines = [*good, *bad, *same]
    assert len(lines) == 60

    photos.add(read_list("\n".join(lines)).entries)
    entries = gather(photos, fetcher, None)

    assert [entry.address for entry in entries] == lines
    assert [entry.state for entry in entries] == ["taken"] * len(good) + ["refused"] * (60 - len(good))
    for entry, why in zip(entries[len(good) :], [*bad.values(), *same.values()], strict=True):
        assert why in entry.reason, entry.address
    assert {entry.address.rpartition(str(server.port))[2] for entry in entries if entry.retry} == {
        *("/slow", "/cut", "/trouble", "/often"),
        *("http://nowhere.example/a.jpg", "http://streets.example:23/"),
    }
    assert server.busiest <= HOSTS
    rows = list(csv.DictReader(io.StringIO(table(entries))))
    assert len(rows) == 60
    assert all(row["outcome"] for row in rows)
    assert (photos.root / "manifest.csv").read_text("utf-8") == table(photos.entries())


def test_a_kept_photo_is_upright_and_without_what_the_camera_wrote(
    photos: PhotoSet, fetcher: Fetcher, server: HostileServer
) -> None:
    photos.add(read_list("\n".join(addresses(server, "/turned"))).entries)
    (entry,) = gather(photos, fetcher, None)
    kept = photos.picture(entry)

    assert (entry.width, entry.height) == (300, 400)
    with Image.open(io.BytesIO(kept)) as picture:
        assert not picture.getexif()
        assert picture.size == (300, 400)
        red, black = (np.asarray(picture.convert("RGB"))[row].mean(axis=0) for row in (20, 380))
    assert red[0] > 200
    assert black.max() < 20
    assert b"secret camera" not in kept


def test_the_best_of_those_that_show_the_same_is_kept(
    photos: PhotoSet, fetcher: Fetcher, server: HostileServer
) -> None:
    paths = ["/street/1.jpg", "/street/1.jpg?again", "/street/2.jpg", "/small-street/1.jpg"]
    photos.add(read_list("\n".join(addresses(server, *paths))).entries)
    entries = gather(photos, fetcher, lambda _: Seen({"Road": 0.001, "Sky": 0.9}, 0.71))

    assert [entry.kept for entry in entries] == [True, False, True, False]
    assert [entry.group for entry in entries] == [1, 1, 0, 1]
    assert [entry.confidence for entry in entries] == [0.71] * 4
    assert entries[0].sha256 == hashlib.sha256(street(1)).hexdigest()
    assert [marks(entry) for entry in entries] == [
        ("no street",),
        ("same as 1", "no street"),
        ("no street",),
        ("same as 1", "small", "no street"),
    ]


def test_whoever_takes_a_duplicate_up_again_keeps_it(
    photos: PhotoSet, fetcher: Fetcher, server: HostileServer
) -> None:
    photos.add(read_list("\n".join(addresses(server, "/street/1.jpg", "/street/1.jpg?again"))).entries)
    gather(photos, fetcher, None)
    photos.change({2: {"kept": True}})

    photos.add(read_list("\n".join(addresses(server, "/street/5.jpg"))).entries)

    assert [entry.kept for entry in gather(photos, fetcher, None)] == [True, True, True]


class _StoppedError(Exception):
    pass


def test_what_was_stopped_goes_on_with_what_still_waits(
    photos: PhotoSet, fetcher: Fetcher, server: HostileServer
) -> None:
    photos.add(read_list("\n".join(addresses(server, *(f"/street/{n}.jpg" for n in range(6))))).entries)

    def stop(done: int, *_: object) -> None:
        if done == 2:
            raise _StoppedError

    server.asked.clear()
    with pytest.raises(_StoppedError):
        gather(photos, fetcher, None, stop)
    saved = PhotoSet(photos.root).entries()  # as another process finds it
    assert [entry.state for entry in saved].count("taken") == 2

    entries = gather(photos, fetcher, None)
    assert {entry.state for entry in entries} == {"taken"}
    for entry in saved:
        if entry.state == "taken":
            path = entry.address.rpartition("/")[2]
            assert server.asked.count(f"streets.example/street/{path}") == 1


def test_two_do_not_gather_into_one_set(photos: PhotoSet, fetcher: Fetcher) -> None:
    refused: list[Exception] = []

    def other() -> None:
        try:
            gather(photos, fetcher, None)
        except FolderBusyError as error:
            refused.append(error)

    with photos.gathering():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(refused) == 1


@pytest.mark.parametrize(
    "text",
    [
        "# my list\n\nhttp://a.example/1.jpg\n  http://a.example/2.jpg  \n",
        "number;url;licence\n1;http://a.example/1.jpg;CC0\n2;http://a.example/2.jpg;CC0\n",
        '["http://a.example/1.jpg", "http://a.example/2.jpg"]',
        '{"images": [{"src": "http://a.example/1.jpg", "alt": "x"}, {"src": "http://a.example/2.jpg"}]}',
        '1. see http://a.example/1.jpg\n2. "http://a.example/2.jpg"\n',
        "http://a.example/1.jpg, http://a.example/2.jpg",
        '"http://a.example/1.jpg";"http://a.example/2.jpg"',
        "http://a.example/1.jpg,Budi,CC BY\nhttp://a.example/2.jpg\tSiti\n",
    ],
)
def test_lists_are_read_as_people_have_them(text: str) -> None:
    for given in (text, text.encode(), text.encode("utf-16")):
        read = read_list(given)
        assert [entry.address for entry in read.entries] == [
            "http://a.example/1.jpg",
            "http://a.example/2.jpg",
        ]
        assert [entry.number for entry in read.entries] == [1, 2]


def test_a_list_given_once_more_goes_on_where_it_ended(
    photos: PhotoSet, fetcher: Fetcher, server: HostileServer
) -> None:
    street, other, trouble = addresses(server, "/street/1.jpg", "/street/2.jpg", "/trouble")
    photos.add(read_list(f"{street}\n{trouble}\nhello").entries)
    gather(photos, fetcher, None)
    server.asked.clear()

    again = read_list(f"{street}#x\n{trouble}\nhello\n{other}\n{other}", photos.entries())
    photos.add(again.entries)
    assert (again.known, try_again(photos, again.known)) == ((1, 2, 3), 1)
    entries = gather(photos, fetcher, None)

    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[4].reason == "Line 4 has the same address."
    assert not [path for path in server.asked if "/street/1.jpg" in path]
    assert [path for path in server.asked if "/trouble" in path]


def test_a_table_keeps_page_author_and_licence() -> None:
    text = 'title,url,creator,license,foreign_landing_url\n"Jalan, 1",http://a.example/1.jpg,Budi,CC BY,http://p/\n'
    (entry,) = read_list(text).entries

    assert (entry.title, entry.author, entry.licence, entry.page) == (
        "Jalan, 1",
        "Budi",
        "CC BY",
        "http://p/",
    )
    assert entry.credit == "Photo: Budi, CC BY, http://p/"


def test_addresses_beyond_the_most_are_named() -> None:
    read = read_list("\n".join(f"http://a.example/{n}.jpg" for n in range(MOST + 2)))

    assert len(read.entries) == MOST
    assert read.left == ("http://a.example/500.jpg", "http://a.example/501.jpg")


@pytest.mark.parametrize("given", [b"", b"\0\1\2", "[{", "{}", "# nothing"])
def test_what_is_no_list_is_said(given: str | bytes) -> None:
    with pytest.raises(PhotoSetError):
        read_list(given)


def test_a_table_runs_no_formula_in_a_spreadsheet(photos: PhotoSet) -> None:
    photos.add(read_list('[{"url": "=cmd()", "title": "+1"}]').entries)

    (row,) = csv.DictReader(io.StringIO(table(photos.entries())))
    assert (row["address"], row["title"]) == ("'=cmd()", "'+1")


def test_there_is_a_set_without_any_internet(photos: PhotoSet) -> None:
    examples = example_set()

    assert len(examples.photos()) == 9
    assert all(entry.licence and entry.author for entry in examples.photos())
    assert list_sets() == ["examples"]
    assert example_set() is examples
    with use("id"):
        assert translated(examples.entries()[0].name) == "Sebuah jalan di Jakarta, 1"
        assert translated(examples.entries()[0].credit).startswith("Foto: digambar oleh StreetScope, MIT")


def test_a_damaged_manifest_is_one_sentence(photos: PhotoSet) -> None:
    photos.root.mkdir(parents=True)
    for text in (
        "{",
        '{"entries": [{"number": 1}]}',
        '{"entries": [{"number": 1, "address": "", "file": "../x"}]}',
    ):
        (photos.root / FILE).write_text(text)
        with pytest.raises(PhotoSetError, match="cannot be used"):
            PhotoSet(photos.root)
