"""Corrections survive what befalls a server, and their sets are data sets; damaged ones are one sentence."""

from __future__ import annotations

import errno
import gc
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from core.annotation import journal, store
from core.annotation.folder import SetFolder
from core.annotation.keys import picture_key
from core.annotation.manifest import free_colour
from core.annotation.runs import NOT_REVIEWED, between
from core.annotation.store import (
    Source,
    list_sets,
    open_correction,
    open_saved,
    open_set,
    remove_correction,
    set_folder,
)
from core.classes import CAMVID_11, CAMVID_32, ClassList, SegmentationClass
from core.datasets.contents.check import check
from core.datasets.layouts.opening import find_datasets, open_dataset
from core.errors import AnnotationError, DiskFullError, FileKindError, FolderBusyError, StreetScopeError
from core.folders import sole_writer
from core.project import data_folder
from tests.conftest import COLOURS, ROAD, ROOT, SKY, TREE
from tests.core.annotation.conftest import SET, blank, painted, picture

TOP, LEFT = slice(0, 20), slice(0, 24)


@pytest.fixture(scope="module", autouse=True)
def little_to_collect() -> Iterator[None]:
    """Leave what was there before these tests out of collections, which took most of their time.

    Collected first: what is garbage when it is frozen is never collected.
    """
    store._kept.clear()
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def forget() -> None:
    """What another process would see: nothing in memory."""
    store._kept.clear()
    gc.collect()
    assert [path for path in store._folders if path.is_relative_to(data_folder())] == []


def manifest_of(name: str = SET) -> dict:
    return json.loads((set_folder(name) / "manifest.json").read_text())


# One correction


def test_a_prediction_begins_unreviewed_and_a_label_map_reviewed(begin, street):
    predicted, labelled = begin(0), begin(1, reviewed=True)

    assert (predicted.mask == NOT_REVIEWED).all()
    assert np.array_equal(predicted.start, street)
    assert np.array_equal(labelled.mask, street)
    assert (predicted.reviewed, labelled.reviewed) == (0, 1)


def test_nothing_is_saved_of_a_picture_that_was_only_opened(begin, data):
    begin()

    assert list_sets() == []
    assert find_datasets(data) == []
    with pytest.raises(AnnotationError, match="no corrections called trial; they begin with the first"):
        open_set(SET)


def test_a_step_is_saved_before_it_returns(begin):
    correction = begin()
    assert correction.edit(painted(correction, TOP, LEFT, ROAD))
    assert correction.edit(painted(correction, TOP, slice(0, 12), NOT_REVIEWED))
    assert correction.undo()
    mask, version, key = correction.mask, correction.version, correction.key
    assert (mask[TOP, LEFT] == ROAD).all()
    assert (mask == ROAD).sum() == 20 * 24
    label = set_folder(SET) / "labels" / f"photo-0-{key[:8]}_P.png"
    with Image.open(label) as saved:
        assert np.array_equal(np.asarray(saved), mask)
        assert saved.getpalette()[:6] == [0, 0, 255, 255, 0, 0]
    del correction
    forget()

    again = begin()
    assert np.array_equal(again.mask, mask)
    assert (again.version, again.key) == (version, key) == (3, picture_key(picture()))
    assert again.redo()
    assert (again.mask == ROAD).sum() == 20 * 12
    assert not again.redo()
    assert again.undo()
    assert again.undo()
    assert not again.undo()
    assert again.version == 6
    assert (again.mask == NOT_REVIEWED).all()


def test_an_edit_that_changes_nothing_is_no_step(begin):
    correction = begin(reviewed=True)
    same = painted(correction, slice(0, 5), slice(0, 5), SKY)

    assert not correction.edit(same)
    assert (correction.version, list_sets()) == (0, [])


def test_an_edit_that_does_not_fit_is_refused_and_changes_nothing(begin):
    correction = begin()
    large = between(blank((50, 50)), np.zeros((50, 50), np.uint8)).packed()
    for packed in (large, b"\x00\x01\x04", b"\x00", b"\xff" * 9):
        with pytest.raises(AnnotationError):
            correction.edit(packed)

    assert correction.version == 0
    assert (correction.mask == NOT_REVIEWED).all()


def test_all_windows_share_one_correction_and_the_last_start(begin, street):
    first, second = begin(), begin(start=np.where(street == SKY, np.uint8(TREE), street))

    assert first is second
    assert first.start[0, 0] == TREE


def test_a_correction_that_fell_out_of_memory_loses_nothing(begin, monkeypatch):
    monkeypatch.setattr(store, "KEPT", 2)
    masks = []
    for number in range(4):
        correction = begin(number)
        correction.edit(painted(correction, TOP, slice(0, 5 + number), ROAD))
        masks.append(correction.mask)
    held = correction
    del correction
    gc.collect()

    assert len(held._folder.corrections) == 2
    assert [np.array_equal(begin(number).mask, masks[number]) for number in range(4)] == [True] * 4
    assert begin(3) is held


def test_a_saved_correction_is_opened_by_its_key(begin, street):
    correction = begin()
    correction.edit(painted(correction, TOP, LEFT, ROAD))
    key, mask = correction.key, correction.mask
    del correction
    forget()
    found = open_saved(SET, key)

    assert np.array_equal(found.image, picture())
    assert np.array_equal(found.start, street)
    assert np.array_equal(found.mask, mask)
    assert found.source == Source("photo", "photo 0.jpg", "street-lite0", "Somebody, CC BY 4.0")
    with pytest.raises(AnnotationError, match="no such picture"):
        open_saved(SET, "0" * 64)


def test_a_long_journal_is_made_short_and_undo_goes_on(begin, monkeypatch):
    monkeypatch.setattr(journal, "COMPACT_LINES", 120)
    correction = begin()
    masks = [correction.mask]
    for number in range(150):
        correction.edit(painted(correction, slice(number % 40, 40), slice(0, 7), number % 3))
        masks.append(correction.mask)
    lines = (set_folder(SET) / "journals" / correction.key).read_bytes().count(b"\n")
    assert lines == 1 + 100 + 8  # made short after 121 steps and after 21 more
    del correction
    forget()

    again = begin()
    assert again.version == 150
    for mask in reversed(masks[50:150]):
        assert again.undo()
        assert np.array_equal(again.mask, mask)
    assert not again.undo()


def test_two_threads_edit_one_correction_and_each_step_counts(begin):
    correction = begin()
    edits = [
        [
            between(blank(), np.where(np.arange(1920).reshape(40, 48) == place, value, NOT_REVIEWED)).packed()
            for place in range(value * 900, value * 900 + 40)
        ]
        for value in (0, 1)
    ]

    with ThreadPoolExecutor(2) as pool:
        assert all(map(all, pool.map(lambda mine, to=correction: list(map(to.edit, mine)), edits)))
    mask = correction.mask
    assert [int((mask == value).sum()) for value in (0, 1)] == [40, 40]
    assert correction.version == 80
    del correction
    forget()
    assert np.array_equal(begin().mask, mask)


# Two programs


EDIT_ONCE = """
import sys
from core.annotation.runs import between
from core.annotation.store import open_saved
correction = open_saved(sys.argv[1], sys.argv[2])
mask = correction.mask.copy()
mask[-1, -1] = 2
correction.edit(between(correction.mask, mask).packed())
"""


def test_what_another_program_did_is_not_written_over_and_comes_with_a_reload(begin):
    correction = begin()
    correction.edit(painted(correction, TOP, LEFT, ROAD))
    before = correction.mask
    subprocess.run([sys.executable, "-c", EDIT_ONCE, SET, correction.key], cwd=ROOT, check=True)
    with pytest.raises(AnnotationError, match="changed or removed elsewhere; reload the page"):
        correction.edit(painted(correction, TOP, slice(0, 48), SKY))
    assert np.array_equal(correction.mask, before)

    reloaded = begin()
    assert reloaded is not correction
    assert reloaded.mask[-1, -1] == TREE
    assert reloaded.edit(painted(reloaded, TOP, slice(0, 48), SKY))


def test_a_set_that_another_program_writes_for_long_is_busy(begin, monkeypatch):
    monkeypatch.setattr("core.annotation.folder._WAIT", 0.1)
    correction = begin()
    correction.edit(painted(correction, TOP, LEFT, ROAD))
    with sole_writer(set_folder(SET)), pytest.raises(FolderBusyError, match="wait until that has ended"):
        correction.undo()

    assert correction.version == 1
    assert correction.undo()


STROKES = """
import numpy as np
from core.annotation.runs import between
from core.annotation.store import Source, open_correction
from core.classes import CAMVID_32
image = np.full((40, 48, 3), 7, np.uint8)
start = np.full_like(image[..., 0], 255)
correction = open_correction("trial", image, start, CAMVID_32, Source("photo", "a"))
while True:
    mask = correction.mask.copy()
    mask.flat[(correction.version * 7) % mask.size] = correction.version % 32
    correction.edit(between(correction.mask, mask).packed())
    if correction.version % 11 == 0:
        correction.undo()
    print(correction.version, flush=True)
"""


def killed(after: int) -> int:
    """The last step that an endless process called saved before it was killed, `after` steps later."""
    command = [sys.executable, "-c", STROKES]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(after):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        *_, last = process.stdout.read().split() or ["0"]
    assert process.returncode == -signal.SIGKILL
    return int(last)


@pytest.mark.parametrize("after", [1, 2, 30])
def test_kill_9_in_the_middle_of_edits_loses_no_saved_step(data, after):
    image = np.full((40, 48, 3), 7, np.uint8)
    said = killed(after)
    correction = open_correction(SET, image, blank(), CAMVID_32, Source("photo", "a"))

    assert correction.version >= max(said, after)  # the step on its way may have been saved as well
    dataset = open_dataset(set_folder(SET))
    assert np.array_equal(dataset.read(dataset.frames()[0])[1], correction.mask)
    assert check(set_folder(SET)).problems == ()
    assert correction.edit(painted(correction, TOP, LEFT, ROAD))
    assert correction.undo()


# A full disk


def test_on_a_full_disk_nothing_begins_and_nothing_is_left(begin, small_files):
    correction = begin()
    stroke = painted(correction, TOP, LEFT, ROAD)
    with pytest.raises(
        DiskFullError, match=r"no room on the disk for .*: free some space and do the last step"
    ):
        correction.edit(stroke)

    assert correction.version == 0
    assert list_sets() == []
    assert [path for path in set_folder(SET).rglob("*") if path.is_file()] == [
        set_folder(SET) / "manifest.json"
    ]


def test_on_a_full_disk_a_step_is_not_made_and_all_before_it_is_saved(begin, request):
    correction = begin()
    correction.edit(painted(correction, TOP, LEFT, ROAD))
    before, folder = correction.mask, set_folder(SET)
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    noise = np.random.default_rng(0).integers(0, 3, (40, 48), dtype=np.uint8)
    request.getfixturevalue("small_files")
    with pytest.raises(DiskFullError, match="do the last step again; what was saved before is complete"):
        correction.edit(between(before, noise).packed())

    assert np.array_equal(correction.mask, before)
    assert (correction.version, len(correction.history.done)) == (1, 1)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == files


def test_with_room_again_the_same_step_succeeds(begin, monkeypatch):
    correction = begin()
    correction.edit(painted(correction, TOP, LEFT, ROAD))
    mask = correction.mask.copy()

    def full(self: SetFolder, key: str, mask: np.ndarray) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(self.label(key)))

    with monkeypatch.context() as patched:
        patched.setattr(SetFolder, "write_label", full)
        for _ in range(3):
            with pytest.raises(DiskFullError):
                correction.undo()
    assert np.array_equal(correction.mask, mask)
    assert correction.undo()
    assert correction.redo()
    del correction
    forget()
    assert np.array_equal(begin().mask, mask)


@pytest.fixture
def small_disk(data):
    """The data folder is a disk of 128 KiB in memory; skipped for those who may not mount one."""
    data.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(data)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only those who may mount have a small disk")
    yield data
    subprocess.run(["umount", str(data)], check=True)


def test_a_disk_that_really_fills_up_keeps_every_step_that_was_saved(begin, small_disk):
    correction = begin()
    noise = np.random.default_rng(0)
    (small_disk / "ballast").write_bytes(bytes(64 * 1024))
    full = 0
    for _ in range(200):
        before, version = correction.mask, correction.version
        mask = np.where(noise.random((40, 48)) < 0.2, noise.integers(0, 4, (40, 48)), before)
        try:
            correction.edit(between(before, mask.astype(np.uint8)).packed())
        except DiskFullError:
            full += 1
            assert np.array_equal(correction.mask, before)
            assert correction.version == version
            if full == 5:
                break
    assert full == 5
    assert correction.version > 3
    mask, version = correction.mask, correction.version
    dataset = open_dataset(set_folder(SET))
    assert np.array_equal(dataset.read(dataset.frames()[0])[1], mask)
    del correction, dataset
    forget()

    again = open_saved(SET, picture_key(picture()))  # there is still no room for anything more
    assert np.array_equal(again.mask, mask)
    assert again.version == version
    (small_disk / "ballast").unlink()
    assert again.edit(painted(again, TOP, LEFT, ROAD) or painted(again, TOP, LEFT, SKY))


# Classes


def test_a_class_by_another_name_gets_a_number_and_a_colour_of_its_own(begin):
    correction = begin()
    correction.edit(painted(correction, TOP, LEFT, ROAD))
    number = correction.add_class("  becak   motor ")

    assert number == len(COLOURS) == 4
    assert correction.class_list.names == (*COLOURS.names, "becak motor")
    assert len({one.colour for one in correction.class_list.classes}) == 5
    assert correction.add_class("BECAK motor") == number
    assert correction.add_class("sky") == SKY
    assert correction.edit(painted(correction, TOP, LEFT, number))
    dataset = open_dataset(set_folder(SET))
    assert dataset.class_list == correction.class_list
    assert (dataset.read(dataset.frames()[0])[1] == number).sum() == 20 * 24


def test_a_class_of_camvid_has_camvids_colour(begin):
    assert begin().add_class("Bicyclist") == 4
    assert begin().class_list.classes[4].colour == CAMVID_32.classes[2].colour


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "a\x00b", "\u202eabc"])
def test_a_name_that_no_class_can_have_is_refused(begin, name, refusal):
    assert "1 to 64 printable characters" in refusal(lambda: begin().add_class(name), AnnotationError)


def test_a_set_has_at_most_255_classes(begin):
    many = tuple(SegmentationClass(f"class {number}", (number, 0, 0)) for number in range(250))
    correction = open_correction(SET, picture(), blank(), ClassList("Many", many), Source("photo", "a"))
    for number in range(250, 255):
        assert correction.add_class(f"class {number}") == number
    with pytest.raises(AnnotationError, match="would have 256 classes, and a set has at most 255"):
        correction.add_class("one more")

    assert correction.edit(painted(correction, TOP, LEFT, 254))
    colours = [one.colour for one in correction.class_list.classes]
    assert len(set(colours)) == 255


def test_another_model_s_classes_get_the_set_s_numbers(begin, data):
    correction = begin()
    correction.edit(painted(correction, TOP, LEFT, ROAD))
    start = np.zeros((40, 48), np.uint8)
    start[0] = CAMVID_11.index("Road")
    other = open_correction(SET, picture(9), start, CAMVID_11, Source("frame", "camvid, 0001TP_006690"))

    assert other.class_list.names[:4] == COLOURS.names
    assert set(other.class_list.names) == {*COLOURS.names, *CAMVID_11.names}
    assert (other.start[0] == ROAD).all()
    assert (other.start[1:] == SKY).all()
    assert correction.class_list == other.class_list
    assert open_dataset(set_folder(SET)).class_list == other.class_list


def test_a_free_colour_is_far_from_the_others():
    taken = [one.colour for one in CAMVID_32.classes]
    found = free_colour(taken)

    assert min(sum(abs(a - b) for a, b in zip(found, one, strict=True)) for one in taken) > 60


# Sets


def test_a_set_lists_its_pictures_with_what_they_are(begin):
    keys = []
    for number in range(3):
        correction = begin(number)
        correction.edit(painted(correction, slice(0, 10 * number + 10), slice(0, 48), ROAD))
        keys.append(correction.key)
    found = open_set(SET)

    assert list_sets() == [SET]
    assert [one.key for one in found.pictures] == keys
    assert [one.reviewed for one in found.pictures] == [0.25, 0.5, 0.75]
    first = found.pictures[0]
    assert (first.kind, first.name, first.model) == ("photo", "photo 0.jpg", "street-lite0")
    assert (first.height, first.width, first.credit) == (40, 48, "Somebody, CC BY 4.0")
    assert first.begun < first.changed
    assert found.class_list.names == COLOURS.names


def test_from_five_pictures_on_every_fifth_is_held_out(begin, data):
    names = []
    for number in range(11):
        correction = begin(number)
        correction.edit(painted(correction, TOP, LEFT, ROAD))
        names.append(f"photo-{number}-{correction.key[:8]}")
        splits = open_dataset(set_folder(SET))
        if number >= 4:
            assert {frame.name for frame in splits.valid} == set(names[4::5])

    assert find_datasets(data) == [set_folder(SET)]


def test_files_have_the_names_of_photos_however_hostile(begin, data):
    names = [
        "Ojek di Medan.JPG",
        "../../etc/passwd",
        "",
        "CON\0\u202e.png",
        "x" * 300,
        "a_P.png",
        "street, f_1",
    ]
    for number, name in enumerate((*names, names[0])):
        correction = open_correction(SET, picture(number), blank(), COLOURS, Source("photo", name))
        correction.edit(painted(correction, TOP, LEFT, ROAD))
    found = {frame.name: frame for frame in open_dataset(set_folder(SET)).frames()}
    tidy = ["Ojek-di-Medan", "passwd", "picture", "CON", "x" * 80, "a_P", "street-f_1", "Ojek-di-Medan"]
    assert sorted(found) == sorted(f"{name}-{picture_key(picture(n))[:8]}" for n, name in enumerate(tidy))
    assert check(set_folder(SET)).problems == ()
    del correction
    forget()
    again = open_correction(SET, picture(0), blank(), COLOURS, Source("photo", "called otherwise.jpg"))
    again.edit(painted(again, TOP, slice(0, 12), SKY))
    assert set(found) == {frame.name for frame in open_dataset(set_folder(SET)).frames()}


def older(folder):
    """Make of a set one of an older version, whose files have the names of keys."""
    manifest = json.loads((folder / "manifest.json").read_text())
    for entry in manifest["pictures"]:
        name = entry.pop("file")
        for kind, ending in (("images", ".png"), ("labels", "_P.png")):
            (folder / kind / f"{name}{ending}").rename(folder / kind / f"{entry['key']}{ending}")
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("has_manifest", [True, False])
def test_an_older_set_opens_and_goes_on(begin, saved, has_manifest):
    folder, key = saved
    older(folder)
    if not has_manifest:
        (folder / "manifest.json").unlink()
    found = begin()
    assert (found.version, int((found.mask == ROAD).sum())) == (1, 20 * 24)
    found.edit(painted(found, TOP, slice(0, 12), SKY))
    second = begin(1)
    second.edit(painted(second, TOP, LEFT, ROAD))
    names = {frame.name for frame in open_dataset(folder).frames()}
    assert names == {key, f"photo-1-{second.key[:8]}"}
    assert check(folder).problems == ()
    remove_correction(SET, key)
    assert not [path for path in folder.rglob("*") if key in path.name]


def test_a_lost_manifest_is_made_anew_from_names_and_pictures(begin, saved):
    folder, key = saved
    (folder / "manifest.json").unlink()
    (found,) = open_set(SET).pictures
    assert (found.key, found.name, found.file) == (key, "photo-0", f"photo-0-{key[:8]}")
    assert begin().version == 1


def test_a_removed_picture_is_gone_and_the_others_stay(begin):
    for number in range(5):
        correction = begin(number)
        correction.edit(painted(correction, TOP, LEFT, ROAD))
    remove_correction(SET, correction.key)
    with pytest.raises(AnnotationError, match="changed or removed elsewhere"):
        correction.undo()

    assert len(open_dataset(set_folder(SET)).frames()) == 4
    assert not (set_folder(SET) / "valid.txt").exists()
    assert not [path for path in set_folder(SET).rglob("*") if correction.key in path.name]
    again = begin(4)
    assert (again.version, again.mask[0, 0]) == (0, NOT_REVIEWED)


def test_with_its_last_picture_a_set_is_gone(begin, data):
    correction = begin()
    correction.edit(painted(correction, TOP, LEFT, ROAD))
    remove_correction(SET, correction.key)

    assert list_sets() == []
    assert list(data.glob("*")) == []
    fresh = begin()
    assert fresh.edit(painted(fresh, TOP, LEFT, ROAD))
    assert list_sets() == [SET]


@pytest.mark.parametrize(
    "name", ["../../etc", "a/b", "", "...", "CON\0", "\ud800", "x" * 500, "Motor, Jakarta"]
)
def test_any_name_makes_a_folder_among_the_data_sets(data, street, name):
    correction = open_correction(name, picture(), street, COLOURS, Source("photo", "\ud800" * 999))
    correction.edit(painted(correction, TOP, LEFT, ROAD))

    (found,) = list_sets()
    assert set_folder(name).parent == data
    assert set_folder(found) == set_folder(name)
    assert len(open_set(name).pictures) == 1


# Strangers' folders


@pytest.fixture
def saved(begin):
    """A set of one picture with one step, and nothing of it in memory: its folder and its key."""
    correction = begin()
    correction.edit(painted(correction, TOP, LEFT, ROAD))
    key = correction.key
    del correction
    forget()
    return set_folder(SET), key


def uses(begin, key):
    """What can be done with a set, each for itself."""
    return (begin, lambda: open_set(SET), lambda: open_saved(SET, key), lambda: remove_correction(SET, key))


def changed(**values: object) -> bytes:
    return json.dumps(manifest_of() | values).encode()


MANIFESTS = {
    "empty": lambda: b"",
    "noise": lambda: np.random.default_rng(0).bytes(300),
    "a list": lambda: b"[]",
    "deep": lambda: b"[" * 100_000,
    "no classes": lambda: changed(classes=[]),
    "a class twice": lambda: changed(classes=manifest_of()["classes"] * 2),
    "a class with a line break": lambda: changed(classes=[{"name": "a\nb", "colour": [1, 2, 3]}]),
    "a colour too bright": lambda: changed(classes=[{"name": "a", "colour": [1, 2, 300]}]),
    "a picture twice": lambda: changed(pictures=manifest_of()["pictures"] * 2),
    "a key that leads elsewhere": lambda: changed(
        pictures=[manifest_of()["pictures"][0] | {"key": "../../../etc/passwd"}]
    ),
    "a share that is no number": lambda: changed(
        pictures=[manifest_of()["pictures"][0] | {"reviewed": "much"}]
    ),
    "something more": lambda: changed(more=1),
    "another format": lambda: changed(format=2),
}


@pytest.mark.parametrize("kind", MANIFESTS)
def test_a_damaged_manifest_is_one_sentence_and_nothing_is_lost(begin, saved, kind, refusal):
    folder, key = saved
    (folder / "manifest.json").write_bytes(MANIFESTS[kind]())
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for use in uses(begin, key):
        assert "manifest.json cannot be used: " in refusal(use, AnnotationError)

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    # and what the sentence says helps
    (folder / "manifest.json").unlink()
    assert begin().mask[0, 0] == ROAD


def test_a_huge_manifest_and_one_that_is_a_link_are_not_read(begin, saved, refusal, tmp_path):
    folder, key = saved
    content = (folder / "manifest.json").read_bytes()
    (folder / "manifest.json").unlink()
    (tmp_path / "secret").write_bytes(content)
    (folder / "manifest.json").symlink_to(tmp_path / "secret")
    for use in uses(begin, key):
        assert "manifest.json is not a regular file: remove it" in refusal(use, FileKindError)
    (folder / "manifest.json").unlink()
    with (folder / "manifest.json").open("wb") as file:
        file.truncate(5 * 10**9)
    for use in uses(begin, key):
        assert "bytes, too many for such a file" in refusal(use, FileKindError)

    assert (tmp_path / "secret").read_bytes() == content


def test_a_damaged_journal_is_one_sentence_and_without_it_the_label_map_goes_on(begin, saved, refusal):
    folder, key = saved
    (folder / "journals" / key).write_bytes(b"garbage\n" * 100)
    for use in (begin, lambda: open_saved(SET, key)):
        assert "is damaged in line 1: move it elsewhere" in refusal(use, AnnotationError)
    (folder / "journals" / key).unlink()

    found = begin()
    assert (found.mask == ROAD).sum() == 20 * 24
    assert not found.undo()
    assert found.edit(painted(found, TOP, LEFT, TREE))
    assert found.undo()


def test_a_torn_last_line_is_dropped_and_the_next_step_follows_the_whole_ones(begin, saved):
    folder, key = saved
    whole = (folder / "journals" / key).read_bytes()
    (folder / "journals" / key).write_bytes(whole + b"edit AAEC")
    found = begin()
    assert (found.version, (folder / "journals" / key).read_bytes()) == (1, whole)
    assert found.undo()
    assert (folder / "journals" / key).read_bytes() == whole + b"undo\n"


def test_what_a_kill_half_began_is_gone_when_the_set_is_opened(begin, saved, street):
    folder, key = saved
    other = "0" * 64
    (folder / "journals" / other).write_bytes(journal.begun(street))
    (folder / "starts" / f".{other}.png.{'0' * 32}.part").touch()
    label = folder / "labels" / f"photo-0-{key[:8]}_P.png"
    for name in (other, f"somebody-s-{other[:8]}"):  # what an older version had begun, and what this one has
        shutil.copy(label, folder / "labels" / f"{name}_P.png")
    begin()

    assert not [path for path in folder.rglob("*") if other[:8] in path.name]
    assert check(folder).problems == ()


def test_with_an_older_manifest_in_its_place_no_step_is_lost(begin, saved):
    folder, key = saved
    (folder / "manifest.json").write_bytes(changed(pictures=[]))
    found = begin()
    assert (found.version, int((found.mask == ROAD).sum())) == (1, 20 * 24)
    assert found.undo()
    assert found.redo()
    assert [one.key for one in open_set(SET).pictures] == [key]
    mask = found.mask
    del found
    forget()
    again = begin()
    assert np.array_equal(again.mask, mask)
    assert again.undo()


def test_a_label_map_that_a_kill_left_behind_is_brought_up_to_date(begin, saved):
    folder, key = saved
    label = folder / "labels" / f"photo-0-{key[:8]}_P.png"
    right = label.read_bytes()
    for wrong in (b"", Image.new("L", (3, 3)).tobytes(), None):
        label.unlink()
        if wrong is not None:
            label.write_bytes(wrong)
        found = begin()
        assert label.read_bytes() == right
        del found
        forget()


def test_files_of_another_size_are_one_sentence(begin, saved, refusal):
    folder, key = saved
    Image.new("L", (30, 50)).save(folder / "starts" / f"{key}.png")
    assert f"starts/{key}.png is 30 x 50 pixels, and its correction is of 48 x 40" in refusal(
        lambda: open_saved(SET, key), AnnotationError
    )
    Image.new("RGB", (40, 50)).save(folder / "images" / f"photo-0-{key[:8]}.png")
    assert "is 40 x 50 pixels" in refusal(lambda: open_saved(SET, key), AnnotationError)
    Image.new("RGB", (48, 40)).save(folder / "images" / f"photo-0-{key[:8]}.png")
    assert "is another picture than the one" in refusal(lambda: open_saved(SET, key), AnnotationError)
    (folder / "images" / f"photo-0-{key[:8]}.png").write_bytes(b"no picture")
    assert "cannot be read" in refusal(lambda: open_saved(SET, key), StreetScopeError)


def test_a_start_with_numbers_that_no_class_has_is_one_sentence(begin, saved, refusal):
    folder, key = saved
    Image.new("L", (48, 40), 77).save(folder / "starts" / f"{key}.png")

    assert "has other numbers than the set has classes" in refusal(
        lambda: open_saved(SET, key), AnnotationError
    )


@pytest.mark.parametrize("part", ["images", "labels", "journals", "starts"])
def test_a_folder_that_is_a_link_is_written_into_by_nobody(begin, saved, part, refusal, tmp_path):
    folder, key = saved
    shutil.copytree(folder / part, tmp_path / "elsewhere")
    before = {path.name: path.read_bytes() for path in (tmp_path / "elsewhere").iterdir()}
    shutil.rmtree(folder / part)
    (folder / part).symlink_to(tmp_path / "elsewhere")
    sentence = refusal(lambda: remove_correction(SET, key), FileKindError)
    assert "is a link: replace it with what it leads to" in sentence

    def correct() -> None:
        other = begin(1)
        other.edit(painted(other, TOP, LEFT, ROAD))

    assert "is a link" in refusal(correct, FileKindError)
    assert {path.name: path.read_bytes() for path in (tmp_path / "elsewhere").iterdir()} == before


def test_no_set_begins_behind_a_link_but_one_that_is_there_goes_on(begin, saved, refusal, tmp_path):
    folder, _ = saved
    folder.rename(tmp_path / "large disk")
    folder.symlink_to(tmp_path / "large disk")
    forget()
    other = begin(1)
    assert other.edit(painted(other, TOP, LEFT, ROAD))
    assert len(open_set(SET).pictures) == 2

    (tmp_path / "elsewhere").mkdir()
    folder.unlink()
    folder.symlink_to(tmp_path / "elsewhere")
    del other
    forget()
    assert "is a link to a folder without corrections" in refusal(lambda: begin(1), FileKindError)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_data_set_that_is_no_set_of_corrections_is_left_alone(begin, data, make_dataset, street, refusal):
    folder = make_dataset({"a": street}, name="data/corrections-trial")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert "but no set of corrections: give the corrections another name" in refusal(begin, AnnotationError)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_data_folder_that_cannot_be_written_is_one_sentence(begin, data, refusal):
    data.touch()

    assert "cannot be used: " in refusal(begin, AnnotationError)
