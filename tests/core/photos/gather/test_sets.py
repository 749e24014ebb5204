"""Files into a set, places blurred in it, two sizes compared on it, and the commands that do the same."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from core.errors import PhotoSetError
from core.photos import images
from core.photos.gather.blurring import blur
from core.photos.gather.entry import Entry
from core.photos.gather.files import MOST, add_files, files_at, files_in, files_of
from core.photos.gather.store import PhotoSet, open_set
from core.photos.gather.two_sizes import at_two_sizes
from core.reports.contact_sheet import PAGE, contact_sheet_pdf, contact_sheet_png, font
from core.segmentation.segmenter import load_segmenter
from tests.conftest import COLOURS, ROAD, SKY
from tests.core.photos.gather.conftest import Run
from tests.hostile_server import street


@pytest.fixture
def photos(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> PhotoSet:
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path / "data"))
    return open_set("mine")


def zipped(**files: bytes) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def picture(rows_of_sky: int) -> bytes:
    """Sky above, road below, 64 x 96."""
    pixels = np.full((64, 96, 3), COLOURS.palette[ROAD], np.uint8)
    pixels[:rows_of_sky] = COLOURS.palette[SKY]
    return images.encode_png(pixels)


def test_files_and_zips_become_entries_with_outcomes(photos: PhotoSet) -> None:
    given = [("a.jpg", street(1)), ("two.zip", zipped(**{"b.jpg": street(2), "c.txt": b"x"})), ("d.png", b"")]
    taken = add_files(photos, files_of(given), None)

    assert taken == 2
    assert [(entry.address, entry.state) for entry in photos.entries()] == [
        ("a.jpg", "taken"),
        ("b.jpg", "taken"),
        ("c.txt", "refused"),
        ("d.png", "refused"),
    ]


def test_a_zip_may_hold_a_whole_set() -> None:
    many = zipped(**{f"{number}.jpg": b"x" for number in range(MOST + 1)})
    found = files_of([("many.zip", many)])
    assert [name for name, _ in found[MOST - 1 :]] == [f"{MOST - 1}.jpg", "1 more file"]


def test_a_folder_gives_its_pictures_in_the_order_of_people(photos: PhotoSet, tmp_path: Path) -> None:
    for name in ("10.jpg", "9.JPG", "notes.txt", ".hidden.jpg"):
        (tmp_path / name).write_bytes(street(1))

    assert [name for name, _ in files_in(tmp_path)] == ["9.JPG", "10.jpg"]
    (tmp_path / "empty").mkdir()
    for nothing in (tmp_path / "empty", tmp_path / "not there"):
        with pytest.raises(PhotoSetError):
            files_in(nothing)


class _StoppedError(Exception):
    pass


def test_files_whose_turn_never_came_are_said_to_be_left_out(photos: PhotoSet) -> None:
    def stop(done: int, *_: object) -> None:
        if done == 1:
            raise _StoppedError

    with pytest.raises(_StoppedError):
        add_files(photos, files_of([("a.jpg", street(1)), ("b.jpg", street(2))]), None, stop)
    assert [entry.state for entry in photos.entries()] == ["taken", "refused"]


def test_what_is_dropped_elsewhere_while_photos_come_stays_dropped(photos: PhotoSet) -> None:
    photos.add([Entry(number=0, address=f"{name}.jpg", state="taken") for name in "abc"])
    photos.change({1: {"brightness": 40.0}}, later=True)
    elsewhere = PhotoSet(photos.root)  # as another process has it
    elsewhere.change({1: {"kept": False}, 2: {"kept": False}})
    elsewhere.set_faces("off")
    photos.add([Entry(number=0, address="d.jpg")])

    saved = PhotoSet(photos.root)
    assert [entry.kept for entry in saved.entries()] == [False, False, True, True]
    assert (saved.entries()[0].brightness, saved.faces) == (40.0, "off")
    assert saved.entries() == photos.entries()


def test_a_blurred_place_is_gone_and_the_rest_as_it_was(photos: PhotoSet) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (120, 160, 3), dtype=np.uint8)
    add_files(photos, files_of([("a.png", images.encode_png(noise))]), None)
    (before,) = photos.entries()
    first = images.decode(photos.picture(before))

    assert (
        blur(photos, before, [(0.25, 0.25, 0.75, 0.75), (0.5, 0.5, 0.5, 0.9), (float("nan"), 0, 1, 1)]) == 1
    )
    (after,) = photos.entries()
    second = images.decode(photos.picture(after))

    assert after.blurred == 1
    assert first[40:80, 50:110].std() > 50
    assert second[40:80, 50:110].std() < 20
    assert np.abs(first[:20].astype(int) - second[:20]).mean() < 8
    assert images.decode(photos.small(after))[40:80, 50:110].std() < 20


def test_two_sizes_of_even_areas_agree_but_for_their_border(
    photos: PhotoSet, store: Path, colour_model: str
) -> None:
    add_files(photos, files_of([("even.png", picture(64)), ("half.png", picture(20))]), None)
    found = at_two_sizes(photos, load_segmenter(colour_model))

    assert [photo.entry.address for photo in found.most_different()] == ["half.png", "even.png"]
    even, half = found.photos
    assert even.agreement == 1
    assert 0.97 < half.agreement <= 1
    assert found.agreement == pytest.approx((1 + half.agreement) / 2)
    (sky, sky_agrees, sky_share), (road, _, road_share) = found.by_class()
    assert (sky, road) == (COLOURS.names[SKY], COLOURS.names[ROAD])
    assert sky_agrees > 0.97
    assert sky_share == pytest.approx((64 + 20) / 128, abs=0.02)
    assert sky_share + road_share == pytest.approx(1, abs=0.02)
    with Image.open(io.BytesIO(contact_sheet_png(photos, found))) as sheet:
        assert sheet.size == PAGE
        foot = np.asarray(sheet)[-60:]
        # The key of its two classes: a square of each one's colour.
        areas = [(foot == found.palette[found.names.index(name)]).all(-1).sum() for name in ("Sky", "Road")]
        assert min(areas) >= 12 * 12
    many = replace(found, photos=found.photos * 10)
    with Image.open(io.BytesIO(contact_sheet_png(photos, many))) as sheet:
        assert sheet.size == (PAGE[0], 2 * PAGE[1])
    pdf = contact_sheet_pdf(photos, many)
    assert pdf.startswith(b"%PDF")
    assert pdf.rfind(b"/Count 2") > pdf.rfind(b"/Count 1") > 0


def test_names_from_everywhere_can_be_set() -> None:
    """Letters that a type lacks are all drawn as the same box."""
    for letter in "éÉñüßŁżğЖ":
        drawn, box = (bytes(font(20, text).getmask(text)) for text in (letter, "\ufffe"))
        assert drawn != box, letter


def test_the_commands_take_files_list_compare_and_draw(
    photos: PhotoSet, store: Path, colour_model: str, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.png").write_bytes(picture(64))
    (tmp_path / "b.png").write_bytes(picture(20))
    status, printed, _ = run(
        "files", tmp_path / "in", tmp_path / "b.png", "--set", "mine", "--model", colour_model, "--json"
    )
    assert status == 0
    assert [line["outcome"] for line in json.loads(printed)["lines"]] == ["kept", "kept"]

    assert json.loads(run("list", "--json")[1])[0]["photos"] == 2
    sheet = tmp_path / "sheet.pdf"
    status, printed, _ = run("compare", "mine", "--model", colour_model, "--sheet", sheet, "--json")
    assert status == 0
    assert json.loads(printed)["agreement"] > 0.97
    assert all(0.5 < entry.confidence <= 1 for entry in open_set("mine").photos())
    assert sheet.read_bytes().startswith(b"%PDF")

    (tmp_path / "list.txt").write_text("http://10.0.0.1/a.jpg\nhello\n")
    status, printed, _ = run("addresses", tmp_path / "list.txt", "--set", "other", "--model", colour_model)
    assert status == 0
    assert "private network" in printed
    assert run("compare", "nobody", "--model", colour_model)[2].startswith("The set nobody has no photo")


def test_a_single_file_is_taken_too(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(street(3))
    ((name, read),) = files_at(tmp_path / "a.jpg")

    assert (name, read()) == ("a.jpg", street(3))
