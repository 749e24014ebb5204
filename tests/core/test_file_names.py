"""Whatever a text holds, it becomes a name that every system takes and a reader still recognises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.file_names import file_name, identifier, is_litter, natural_order


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("0016E5_07959", "0016E5_07959"),
        ("my photo.of.me", "my-photo.of.me"),
        ("Sky / cloud", "Sky-cloud"),
        ("a - b", "a-b"),
        ("../../etc/passwd", "etc-passwd"),
        (".hidden", "hidden"),
        ("-rf", "rf"),
        ("$(rm -rf ~)", "rm-rf"),
        ("a\x00b\nc\u202e", "abc"),
        ("Straße 街道", "Straße-街道"),
        ("e\u0301", "é"),
        ("हिन्दी", "हिन्दी"),
        ("....", "photo"),
        ("\ud800", "photo"),
        ("", "photo"),
    ],
)
def test_a_file_name_keeps_letters_of_any_language(text: str, name: str) -> None:
    assert file_name(text, "photo") == name


def test_a_file_name_is_cut_between_characters() -> None:
    assert file_name("街" * 100, "photo", 121) == "街" * 40


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("street-lite0", "street-lite0"),
        ("First try, 0.003", "First-try-0-003"),
        ("Straße", "Stra-e"),
        ("街道", "run"),
        ("--", "run"),
        ("x" * 100, "x" * 64),
    ],
)
def test_an_identifier_is_ascii(text: str, name: str) -> None:
    assert identifier(text, "run") == name


@given(st.text(st.characters(), max_size=300))
def test_a_name_is_its_own_name(text: str) -> None:
    assert file_name(file_name(text, "x"), "x") == file_name(text, "x")
    assert identifier(identifier(text, "x"), "x") == identifier(text, "x")


@given(st.text(st.characters(), max_size=300), st.integers(1, 80))
def test_a_name_fits_and_has_no_sign_that_a_system_or_a_shell_would_read(text: str, longest: int) -> None:
    for name, length in (
        (file_name(text, "x", longest), len(file_name(text, "x", longest).encode())),
        (identifier(text, "x", longest), len(identifier(text, "x", longest))),
    ):
        assert 1 <= length <= longest
        assert name.isprintable()
        assert name[0] not in ".-_"
        assert not set(name) & set(" /\\<>:\"|?*'`$&;~!#%{}[]()")


@pytest.mark.parametrize(
    "names",
    [
        ["frame1", "frame2", "frame9", "frame10", "frame100"],
        ["a1b2", "a1b10", "a2b1", "a10b1"],
        ["2", "10", "a"],
        ["f9", "f010", "f11"],
        ["f01", "f1"],
        ["a", "a0", "a1"],
        ["", "0", "1" * 5000, "2" * 5000, "1" * 5001],
    ],
)
def test_names_are_ordered_as_people_count(names):
    backwards = names[::-1]

    assert sorted(backwards, key=natural_order) == names


@pytest.mark.parametrize("name", ["__MACOSX", "__macosx", "._a.png", ".hidden", "Thumbs.db", "desktop.ini"])
def test_what_systems_leave_behind_is_litter(name):
    assert is_litter(name)
    assert not is_litter(f"my{name}")
