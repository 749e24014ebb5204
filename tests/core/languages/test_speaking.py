"""Texts in the language of whoever they are for."""

from __future__ import annotations

import asyncio
import threading

import pytest

from core.languages import (
    PSEUDO,
    class_name,
    current,
    gettext,
    ngettext,
    pgettext,
    use,
)
from core.languages.catalogues import pseudo


def test_without_a_language_all_is_english():
    assert current() == "en"
    assert gettext("Explore") == "Explore"
    assert [ngettext("one", "several", count) for count in (0, 1, 2)] == ["several", "one", "several"]


def test_a_language_is_spoken_as_long_as_it_is_used():
    with use("id"):
        assert current() == "id"
        assert gettext("Explore") == "Jelajahi"
        with use("en"):
            assert gettext("Explore") == "Explore"
        assert gettext("Explore") == "Jelajahi"
    assert gettext("Explore") == "Explore"


def test_a_text_without_a_translation_stays_as_it_is():
    with use("id"):
        assert gettext("Nobody has ever written this.") == "Nobody has ever written this."


@pytest.mark.parametrize("language", ["xx", "../id", "ID", ""])
def test_an_unknown_language_is_english(language: str):
    with use(language):
        assert gettext("Explore") == "Explore"


def test_a_class_has_its_own_name_beside_the_translated_one():
    with use("id"):
        assert class_name("Road") == "Road (jalan)"
        assert class_name("Somebody's own class") == "Somebody's own class"
    assert class_name("Road") == "Road"


def test_threads_speak_each_their_own_language():
    heard: dict[str, str] = {}
    meeting = threading.Barrier(2)

    def speak(language: str) -> None:
        with use(language):
            meeting.wait()
            heard[language] = gettext("Explore")

    threads = [threading.Thread(target=speak, args=(language,)) for language in ("en", "id")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert heard == {"en": "Explore", "id": "Jelajahi"}


def test_coroutines_speak_each_their_own_language():
    async def speak(language: str) -> str:
        with use(language):
            await asyncio.sleep(0)
            return gettext("Explore")

    async def both() -> list[str]:
        return await asyncio.gather(speak("en"), speak("id"))

    assert asyncio.run(both()) == ["Explore", "Jelajahi"]


def test_the_pseudo_language_shows_what_is_translated():
    with use(PSEUDO):
        assert gettext("Stop") == "Šţôƥ"
        assert pgettext("class", "Sky") == "Šķý"


@pytest.mark.parametrize(
    "kept", ["{count:.1%}", "<strong>", "&nbsp;", "`make run`", ":material/lock:", "](https://example.org/)"]
)
def test_the_pseudo_language_leaves_what_programs_read(kept: str):
    assert pseudo(f"a {kept} b") == f"à {kept} ƀ"
