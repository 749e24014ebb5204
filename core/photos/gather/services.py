"""Photos found by words, with author and licence: Openverse and Wikimedia Commons, by their public services.

Neither needs a key. Written by their documentation: https://api.openverse.org/v1/ and
https://www.mediawiki.org/wiki/API:Imageinfo.
"""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from core.errors import FetchError, PhotoSetError
from core.languages import sentence
from core.photos.fetch.fetcher import Fetcher
from core.photos.gather.entry import Entry, Source, words
from core.photos.gather.lists import words_of_address

EXAMPLE = "jakarta kondisi jalan utama mobil motor sepeda orang"
"""What the article searched for: Jakarta, state of main roads, cars, motorcycles, bicycles, people."""

MOST = 100
"""Photos of one search."""

OTHER_SERVERS = {"Openverse": "STREETSCOPE_OPENVERSE", "Wikimedia Commons": "STREETSCOPE_COMMONS"}
"""In the environment: another server that speaks the same language, such as a mirror."""

_TAG = re.compile(r"<[^>]*>")
_PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")

Page = tuple[list[Entry], bool]
"""What one answer holds, and whether there is more."""


@dataclass(frozen=True)
class Service:
    """name: what people call it, and what its photos' entries say. server: where it is.

    page: how many photos it gives at once, at most. ask: the path of a search for words, a page number from 0
    and a number of photos. read: what an answer holds.
    """

    name: Source
    about: str
    server: str
    page: int
    ask: Callable[[str, int, int], str]
    read: Callable[[Mapping[str, Any]], Page]

    @property
    def address(self) -> str:
        """Where it is asked, without a slash at the end."""
        return (os.environ.get(OTHER_SERVERS[self.name]) or self.server).rstrip("/")


def search(service: Service, wanted: str, count: int, fetcher: Fetcher) -> list[Entry]:
    """Up to `count` photos that a service finds for words. FetchError; PhotoSetError if it finds none."""
    if not wanted.strip():
        raise PhotoSetError(sentence("There is no word to search for yet."))
    found: dict[str, Entry] = {}
    size = min(service.page, count)
    for number in range(-(-min(count, MOST) // size)):
        answer = _answer(service, fetcher.ask_service(service.address + service.ask(wanted, number, size)))
        entries, more = service.read(answer)
        found.update((entry.address, entry) for entry in entries)
        if not more:
            break
    if not found:
        raise PhotoSetError(
            sentence(
                "{name} finds nothing for {wanted!r}; try fewer or other words.",
                name=service.name,
                wanted=wanted[:80],
            )
        )
    return list(found.values())[:count]


def _answer(service: Service, data: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise FetchError(
            sentence("{name} does not answer as it is documented; try again later.", name=service.name)
        )
    return answer


def _ask_openverse(wanted: str, number: int, size: int) -> str:
    return "/v1/images/?" + urlencode({"q": wanted, "page": number + 1, "page_size": size})


def _read_openverse(answer: Mapping[str, Any]) -> Page:
    results = [each for each in _list(answer.get("results")) if isinstance(each.get("url"), str)]
    entries = [
        _entry(
            "Openverse",
            each["url"],
            page=each.get("foreign_landing_url"),
            author=each.get("creator"),
            licence=_openverse_licence(each),
            licence_page=each.get("license_url"),
            title=each.get("title"),
        )
        for each in results
    ]
    pages, page = answer.get("page_count"), answer.get("page")
    return entries, isinstance(pages, int) and isinstance(page, int) and page < pages


def _openverse_licence(result: Mapping[str, Any]) -> str:
    """As people write it: CC BY-SA 2.0; CC0 1.0 and the public domain mark have no "CC" in front."""
    name, version = words(result.get("license")).lower(), words(result.get("license_version"))
    spelled = {"cc0": "CC0", "pdm": "Public Domain Mark"}.get(name, f"CC {name.upper()}" if name else "")
    return f"{spelled} {version}".strip()


def _ask_commons(wanted: str, number: int, size: int) -> str:
    asked = {
        "action": "query",
        "format": "json",
        "formatversion": 2,
        "generator": "search",
        "gsrsearch": f"filetype:bitmap {wanted}",
        "gsrnamespace": 6,  # files
        "gsrlimit": size,
        "gsroffset": number * size,
        "prop": "imageinfo",
        "iiprop": "url|mime|extmetadata",
        "iiurlwidth": 2048,
        "iiextmetadatafilter": "Artist|LicenseShortName|LicenseUrl|ObjectName",
    }
    return "/w/api.php?" + urlencode(asked)


def _read_commons(answer: Mapping[str, Any]) -> Page:
    query = answer.get("query")
    pages = _list(query.get("pages") if isinstance(query, dict) else [])
    # The generator's order, which the pages do not keep.
    entries = [
        entry
        for page in sorted(pages, key=lambda page: page.get("index") or 0)
        for info in _list(page.get("imageinfo"))[:1]
        if (entry := _of_commons(info, page)) is not None
    ]
    return entries, "continue" in answer


def _of_commons(info: Mapping[str, Any], page: Mapping[str, Any]) -> Entry | None:
    # The picture at a width that is enough, where it is larger: its own may have a hundred megabytes.
    address = info.get("thumburl") or info.get("url")
    if not isinstance(address, str) or info.get("mime") not in _PICTURES:
        return None
    said = info.get("extmetadata")
    metadata = said if isinstance(said, dict) else {}

    def named(name: str) -> str:
        value = metadata.get(name)
        return _plain(value.get("value") if isinstance(value, dict) else "")

    title = words(page.get("title")).removeprefix("File:").rpartition(".")[0]
    return _entry(
        "Wikimedia Commons",
        address,
        page=info.get("descriptionurl"),
        author=named("Artist"),
        licence=named("LicenseShortName"),
        licence_page=named("LicenseUrl"),
        title=title or named("ObjectName"),
    )


def _plain(text: object) -> str:
    """A text that may be HTML, without its tags."""
    return words(html.unescape(_TAG.sub(" ", words(text))))


def _list(values: object) -> list[Mapping[str, Any]]:
    """The objects in a list of a stranger's."""
    return [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []


def _entry(source: Source, address: str, *, page: object, **others: object) -> Entry:
    said = {name: words(value) for name, value in others.items()}
    where = words_of_address(page) if isinstance(page, str) else ""
    entry = Entry(number=0, address=words_of_address(address), source=source, page=where)
    return entry.model_copy(update=said)


def _services() -> Iterator[Service]:
    yield Service(
        "Openverse",
        "Photos with open licences from Flickr, Wikimedia and many others.",
        "https://api.openverse.org",
        20,  # without a key, no page may be longer
        _ask_openverse,
        _read_openverse,
    )
    yield Service(
        "Wikimedia Commons",
        "The photos of Wikipedia and its sisters.",
        "https://commons.wikimedia.org",
        50,
        _ask_commons,
        _read_commons,
    )


SERVICES = {service.name: service for service in _services()}
