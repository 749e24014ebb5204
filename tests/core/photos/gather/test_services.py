"""Searches of Openverse and Wikimedia Commons, against answers as their documentation gives them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core.errors import FetchError, PhotoSetError
from core.photos.fetch.fetcher import Fetcher
from core.photos.gather.online import is_online
from core.photos.gather.services import EXAMPLE, SERVICES, search

OPENVERSE = {
    "result_count": 3,
    "page_count": 2,
    "page_size": 2,
    "page": 1,
    "results": [
        {
            "id": "36537842-b067-4ca0-ad67-e00ff2e06b2d",
            "title": "Jalan Thamrin <at night>",
            "foreign_landing_url": "https://www.flickr.com/photos/1/2",
            "url": "https://live.staticflickr.com/1/2_b.jpg",
            "creator": "Budi",
            "creator_url": "https://www.flickr.com/photos/1",
            "license": "by-sa",
            "license_version": "2.0",
            "license_url": "https://creativecommons.org/licenses/by-sa/2.0/",
            "provider": "flickr",
            "attribution": '"Jalan Thamrin" by Budi is licensed under CC BY-SA 2.0.',
            "height": 683,
            "width": 1024,
            "mature": False,
        },
        {"id": "no address", "url": None, "title": None, "license": "by"},
    ],
}
LAST = {
    "result_count": 3,
    "page_count": 2,
    "page": 2,
    "results": [
        {"url": "https://x.example/3.jpg", "license": "cc0", "license_version": "1.0", "creator": None}
    ],
}
COMMONS = {
    "continue": {"gsroffset": 2, "continue": "gsroffset||"},
    "query": {
        "pages": [
            {
                "pageid": 2,
                "ns": 6,
                "title": "File:Map.svg",
                "index": 2,
                "imageinfo": [{"mime": "image/svg+xml"}],
            },
            {
                "pageid": 1,
                "ns": 6,
                "title": "File:Jalan Sudirman, Jakarta.jpg",
                "index": 1,
                "imageinfo": [
                    {
                        "thumburl": "https://upload.wikimedia.org/thumb/2048px-Jalan.jpg",
                        "url": "https://upload.wikimedia.org/Jalan.jpg",
                        "descriptionurl": "https://commons.wikimedia.org/wiki/File:Jalan.jpg",
                        "mime": "image/jpeg",
                        "extmetadata": {
                            "Artist": {"value": '<a href="//x" title="y">Siti &amp; <b>Ayu</b></a>'},
                            "LicenseShortName": {"value": "CC BY-SA 4.0"},
                            "LicenseUrl": {"value": "https://creativecommons.org/licenses/by-sa/4.0"},
                        },
                    }
                ],
            },
        ]
    },
}


class _Recorded(Fetcher):
    """Gives answers in turn, and remembers what it was asked."""

    def __init__(self, *answers: object) -> None:
        super().__init__()
        self.asked: list[str] = []
        self._answers = iter(answers)

    def ask_service(self, address: str, most: int = 0) -> bytes:
        self.asked.append(address)
        answer = next(self._answers)
        return answer if isinstance(answer, bytes) else json.dumps(answer).encode()


def asked(fetcher: _Recorded) -> list[dict[str, Any]]:
    return [
        {name: values[0] for name, values in parse_qs(urlsplit(each).query).items()} for each in fetcher.asked
    ]


def test_openverse_gives_address_page_author_and_licence() -> None:
    fetcher = _Recorded(OPENVERSE, LAST)
    first, second = search(SERVICES["Openverse"], EXAMPLE, 40, fetcher)

    assert first.address == "https://live.staticflickr.com/1/2_b.jpg"
    assert first.title == "Jalan Thamrin <at night>"
    assert first.credit == "Photo: Budi, CC BY-SA 2.0, https://www.flickr.com/photos/1/2"
    assert (second.author, second.licence, second.credit) == ("", "CC0 1.0", "CC0 1.0")
    assert [(each["q"], each["page"], each["page_size"]) for each in asked(fetcher)] == [
        (EXAMPLE, "1", "20"),
        (EXAMPLE, "2", "20"),
    ]
    assert fetcher.asked[0].startswith("https://api.openverse.org/v1/images/?")


def test_commons_gives_them_without_tags_and_leaves_drawings_out() -> None:
    fetcher = _Recorded(COMMONS, {"batchcomplete": True})
    (found,) = search(SERVICES["Wikimedia Commons"], "jakarta", 60, fetcher)

    assert found.address == "https://upload.wikimedia.org/thumb/2048px-Jalan.jpg"
    assert (found.title, found.author, found.licence) == (
        "Jalan Sudirman, Jakarta",
        "Siti & Ayu",
        "CC BY-SA 4.0",
    )
    assert [(each["gsrlimit"], each["gsroffset"]) for each in asked(fetcher)] == [("50", "0"), ("50", "50")]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"<html>", FetchError),
        (b"[]", FetchError),
        (b"[" * 100_000, FetchError),
        ({}, PhotoSetError),
        ({"results": "no", "query": [1]}, PhotoSetError),
        ({"results": [1, {"url": 3}], "query": {"pages": {"1": 2}}}, PhotoSetError),
        (
            {"query": {"pages": [{"title": 1, "imageinfo": [{"url": 1, "mime": "image/jpeg"}]}]}},
            PhotoSetError,
        ),
    ],
)
@pytest.mark.parametrize("name", SERVICES)
def test_other_answers_are_one_sentence(name: str, answer: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        search(SERVICES[name], "jakarta", 20, _Recorded(answer))


def test_another_server_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREETSCOPE_OPENVERSE", "http://127.0.0.1:8000/")
    fetcher = _Recorded(LAST)
    search(SERVICES["Openverse"], "jakarta", 1, fetcher)

    assert fetcher.asked == ["http://127.0.0.1:8000/v1/images/?q=jakarta&page=1&page_size=1"]


def test_offline_is_found_out_at_once() -> None:
    def fails(*_: object) -> Sequence[str]:
        raise OSError

    answers: dict[bool, Callable[..., Sequence[str]]] = {True: lambda *_: ["1.1.1.1"], False: fails}
    assert {online: is_online(resolve=resolve) for online, resolve in answers.items()} == {
        True: True,
        False: False,
    }
