"""The library of lessons: copies, zips, and what a hostile zip or folder is told."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from core.__main__ import main
from core.errors import FolderTakenError, LessonError
from core.lessons import library
from core.lessons.loading import load, read_files, shipped, shipped_folder


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own."""
    folder = tmp_path / "data"
    monkeypatch.setenv("STREETSCOPE_DATA", str(folder))
    return folder


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_copy_is_the_same_lesson_under_its_folders_name(tmp_path: Path) -> None:
    library.copy("street", tmp_path / "mine")

    original, copied = load(shipped_folder("street"), "id"), load(tmp_path / "mine", "id")
    assert (copied.name, copied.title, copied.steps) == ("mine", original.title, original.steps)


def test_a_copy_never_takes_the_place_of_a_folder(tmp_path: Path) -> None:
    library.copy("street", tmp_path / "mine")
    (tmp_path / "mine" / "en.md").write_text("mine")

    with pytest.raises(FolderTakenError):
        library.copy("street", tmp_path / "mine")
    assert (tmp_path / "mine" / "en.md").read_text() == "mine"


@pytest.mark.parametrize("name", shipped())
def test_a_packed_lesson_can_be_brought_back(name: str) -> None:
    files = library.unpacked(library.packed(name), "mine.zip")

    assert files == read_files(shipped_folder(name))
    assert library.put(files, "mine").name == "mine"
    assert library.own() == ["mine"]
    assert library.find("mine", "id").steps == load(shipped_folder(name), "id").steps


def test_a_lesson_of_ones_own_is_only_replaced_where_that_is_meant() -> None:
    files = library.unpacked(library.packed("street"), "mine.zip")
    library.put(files, "mine")

    with pytest.raises(
        LessonError, match="There is a lesson 'mine' of yours already; give this one another name"
    ):
        library.put(files, "mine")
    library.put(files, "mine", replace=True)
    with pytest.raises(LessonError, match="A lesson that comes with StreetScope is called 'street'"):
        library.put(files, "street")


def test_names_that_lead_out_of_a_zip_lead_nowhere(data: Path) -> None:
    files = read_files(shipped_folder("street"))
    hostile = {f"../../../{name}": content for name, content in files.items()} | {"/etc/cron.d/x.py": b"x"}

    library.put(library.unpacked(zipped(hostile), "mine.zip"), "../../mine")

    written = sorted(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file())
    assert written == ["lessons/mine/en.md", "lessons/mine/id.md", "lessons/mine/lesson.toml"]


HOSTILE = {
    "no zip": (b"languages = []", "this is no zip; give one of a folder with a lesson.toml"),
    "cut": (library.packed("street")[:2000], "This zip is damaged"),
    "too large": (b"PK\x03\x04" + bytes(3 * 1024**2), "it has more than 2 MB; no lesson is as large"),
    "bomb": (zipped({"lesson.toml": bytes(90 * 1024**2)}), "lesson.toml: This file"),
    "empty": (zipped({}), "This zip contains no files"),
    "zip in a zip": (
        zipped({"lesson.toml": library.packed("street")}),
        "lesson.toml: This is a zip in a zip",
    ),
    "hundred files": (zipped({f"{n}.md": b"x" for n in range(100)}), "This zip was not read to its end"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_is_refused_with_a_sentence(name: str, data: Path) -> None:
    content, sentence = HOSTILE[name]

    with pytest.raises(LessonError) as caught:
        library.put(library.unpacked(content, "mine.zip"), "mine")
    assert sentence in str(caught.value)
    assert not (data / "lessons" / "mine").exists()


def test_a_locked_zip_is_refused() -> None:
    packed = bytearray(library.packed("street"))
    for at in (packed.find(b"PK\x03\x04") + 6, packed.find(b"PK\x01\x02") + 8):
        struct.pack_into("<H", packed, at, 1)

    with pytest.raises(LessonError, match="locked with a password"):
        library.unpacked(bytes(packed), "mine.zip")


def test_an_unknown_lesson_names_those_there_are() -> None:
    with pytest.raises(LessonError, match="There is no lesson 'x'; there are street, learning, put-it-right"):
        library.find("x", "en")
    for name in ("../street", "", "a/b"):
        with pytest.raises(LessonError):
            library.folder_of(name)


def test_the_command_lists_copies_checks_and_adds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine"

    assert main(["lesson", "copy", "street", str(mine)]) == 0
    assert main(["lesson", "check", str(mine)]) == 0
    assert "12 steps, 45 minutes, in en, id. Nothing is wrong with it." in capsys.readouterr().out
    assert main(["lesson", "add", str(mine)]) == 0
    capsys.readouterr()
    assert main(["lesson", "list", "--language", "id", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["lessons"]
    assert [each["name"] for each in listed] == [*shipped(), "mine"]
    assert listed[-1]["title"] == "Apa yang dilihat mesin di jalan?"


def test_the_command_tells_each_fault_on_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine"
    library.copy("street", mine)
    (mine / "id.md").unlink()
    toml = (mine / "lesson.toml").read_text("utf-8").replace('"truth_at"', '"true_at"')
    (mine / "lesson.toml").write_text(toml, "utf-8")

    assert main(["lesson", "check", str(mine)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "The lesson 'mine' cannot be used:"
    assert lines[1].startswith("lesson.toml, line 14: there is no key function 'true_at'")
    assert lines[2].startswith("id.md: this file is missing")
    assert main(["lesson", "check", str(mine), "--json"]) == 2
    said = json.loads(capsys.readouterr().out)
    assert (said["usable"], said["faults"][0]["line"]) == (False, 14)


def test_a_place_that_is_nothing_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesson", "check", str(tmp_path / "nowhere")]) == 2
    assert "is neither a folder nor a zip of one" in capsys.readouterr().err
