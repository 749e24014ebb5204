"""Toytown: same seed, same pixels; exact labels; honest perspective; a data set that is whole or absent."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.classes import CAMVID_32
from core.datasets.contents.check import check
from core.datasets.layouts.opening import find_datasets, open_dataset
from core.errors import DatasetError
from core.toytown import CITY_SEED, FRAMES, frame, nine_frames, toytown, writing
from core.toytown.drawing import ground, kinds
from core.toytown.drawing.canvas import FINER, Canvas, Texture, View
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import light_of
from core.toytown.drive import planning
from tests.conftest import ROOT

SMALL = (96, 72)
CITY_SIZE = (160, 120)
EVERYTHING = set(CAMVID_32.names) - {"Void"}


def digest(*arrays: np.ndarray) -> str:
    return hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest()


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Path:
    """The set that the app makes on first use, with a quarter of its pixels: 120 frames."""
    folder = tmp_path_factory.mktemp("data") / "toytown"
    toytown(folder, size=CITY_SIZE)
    return folder


@pytest.fixture
def canvas() -> Canvas:
    """An empty canvas of 120 x 90 pixels in an even light."""
    return Canvas(View(120, 90, x=0.0, z=0.0), light_of("overcast", Dice(0, "test")))


# The same pixels for the same seed


def test_raw_chance_is_what_numpy_documents():
    # PCG64(SeedSequence([1, crc32("x")])): raw integers are promised to stay; 53 bits of them are used.
    raw = np.random.PCG64(np.random.SeedSequence([1, 2363233923])).random_raw(64)
    assert Dice(1, "x").random() == (int(raw[-1]) >> 11) / 2**53


def test_a_frame_is_the_same_in_another_process_whatever_the_hash_seed():
    program = (
        "import hashlib; from core.toytown import frame; image, labels = frame(12, 3, (96, 72));"
        "print(hashlib.sha256(image.tobytes() + labels.tobytes()).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert seen == {digest(*frame(12, 3, SMALL))}


def test_a_frame_is_the_same_on_every_machine():
    # Written down once: it says that this machine, and these versions of NumPy and Pillow, draw what others
    # drew. Whoever changes a drawing on purpose changes it too, and the pictures in docs and pages/samples.
    assert digest(*frame(14, 5, SMALL)).startswith("4463105e3b07fe7d")


def test_a_frame_does_not_depend_on_what_was_drawn_before():
    first = digest(*frame(5, 4, SMALL))
    frame(6, 0, SMALL)
    planning.plan.cache_clear()
    assert digest(*frame(5, 4, SMALL)) == first


def test_threads_do_not_disturb_each_other():
    wanted = [(seed, number) for seed in (13, 19) for number in (0, 7)]
    one_by_one = [digest(*frame(*which, SMALL)) for which in wanted]
    planning.plan.cache_clear()
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda which: digest(*frame(*which, SMALL)), wanted))
    assert together == one_by_one


def test_other_seeds_are_other_streets_and_a_drive_goes_on():
    start, later, elsewhere = frame(1, 0, SMALL)[1], frame(1, 1, SMALL)[1], frame(11, 0, SMALL)[1]

    assert 0.75 < (start == later).mean() < 1.0
    assert (start == elsewhere).mean() < (start == later).mean()


# Labels are exact


@given(
    corners=st.lists(st.tuples(st.floats(-6, 6), st.floats(0, 3)), min_size=3, max_size=5),
    z=st.floats(2, 40),
)
def test_a_shape_changes_the_picture_where_it_changes_the_labels(corners, z):
    painted = Canvas(View(60, 45, 0.0, 0.0), light_of("overcast", Dice(0, "test")))
    painted.shining([(x, y, z) for x, y in corners], (250, 120, 30), kinds.CAR)

    fine = np.asarray(painted.image)
    share = (fine[..., 3] == kinds.CAR).reshape(45, FINER, 60, FINER).mean(axis=(1, 3))
    expected = share[..., None] * np.array((250, 120, 30))
    assert np.allclose(painted.colours(), expected)  # antialiased: the share of the pixel that is covered
    assert set(np.unique(painted.labels())) <= {0, kinds.CAR}  # not antialiased: one class or the other
    assert np.array_equal(painted.labels() == kinds.CAR, fine[1::FINER, 1::FINER, 3] == kinds.CAR)


def test_the_nearer_thing_is_on_top_in_picture_and_labels(canvas):
    canvas.upright((-3, 3), (0, 3), 20, (10, 20, 30), kinds.BUILDING)
    canvas.shining([(-1, 0, 10), (1, 0, 10), (1, 1.35, 10), (-1, 1.35, 10)], (200, 100, 50), kinds.CAR)

    row, col = canvas.view.middle[1] / FINER + 2, canvas.view.middle[0] / FINER
    assert canvas.labels()[int(row), int(col)] == kinds.CAR
    assert canvas.colours()[int(row), int(col)].tolist() == [200, 100, 50]


def test_shadows_darken_the_ground_and_leave_its_labels(canvas):
    ground.strip(canvas, -4, 4, 0, 300, (120, 120, 120), kinds.ROAD)
    canvas_lit = np.array(canvas.image)
    shadows = ground.Shadows(canvas)
    shadows.add([(-1, 5), (1, 5), (1, 9), (-1, 9)], 200)
    ground.grain(canvas, shadows.image())
    dark = np.array(canvas.image)

    left, top = canvas.view.project((-0.8, 0, 8))
    right, bottom = canvas.view.project((0.8, 0, 5.5))
    inside = np.s_[int(top) : int(bottom), int(left) : int(right)]
    assert np.array_equal(dark[..., 3], canvas_lit[..., 3])
    assert dark[inside][..., :3].mean() < 0.5 * canvas_lit[inside][..., :3].mean()


def test_every_label_is_a_class_and_the_bonnet_is_void():
    for seed in (0, 3, 9):
        _, labels = frame(seed, 2, SMALL)
        assert labels.dtype == np.uint8
        assert labels.max() < len(CAMVID_32)
        assert (labels[-1] == kinds.VOID).all()
        assert (labels[: SMALL[1] // 8] != kinds.VOID).all()


def test_picture_and_labels_agree_on_the_sky():
    image, labels = frame(0, 0, (160, 120))
    grey = image.mean(axis=2)

    assert grey[labels == kinds.SKY].mean() > 1.4 * grey[labels == kinds.ROAD].mean()
    blue_over_red = image[..., 2].astype(float) - image[..., 0]
    assert blue_over_red[labels == kinds.SKY].mean() > 10 + blue_over_red[labels == kinds.BUILDING].mean()


def test_no_class_is_one_flat_colour():
    image, labels = frame(7, 5, (160, 120))
    for number in np.unique(labels):
        if (labels == number).sum() > 60:
            assert len(np.unique(image[labels == number], axis=0)) > 30, CAMVID_32.names[number]


# Perspective


@pytest.mark.parametrize("height", [1.0, 2.6])
def test_twice_as_far_is_half_as_high(height):
    def rows(z: float) -> int:
        canvas = Canvas(View(640, 480, 0.0, 0.0), light_of("overcast", Dice(0, "test")))
        canvas.upright((-0.5, 0.5), (0, height), z, (90, 90, 90), kinds.WALL)
        return int((canvas.labels() == kinds.WALL).any(axis=1).sum())

    assert rows(10) == pytest.approx(0.9 * 640 * height / 10, abs=1)
    assert rows(20) == pytest.approx(rows(10) / 2, abs=1)


def test_the_road_ends_at_the_horizon():
    canvas = Canvas(View(160, 120, 0.0, 0.0), light_of("overcast", Dice(0, "test")))
    ground.strip(canvas, -4, 4, 0, 1e6, (90, 90, 90), kinds.ROAD)

    rows = np.flatnonzero((canvas.labels() == kinds.ROAD).any(axis=1))
    assert rows[0] == pytest.approx(canvas.view.middle[1] / FINER, abs=1)
    assert rows[-1] == 119


def test_a_shape_that_reaches_behind_the_driver_is_cut_off(canvas):
    canvas.polygon([(-2, 0, -50), (2, 0, -50), (2, 0, 50), (-2, 0, 50)], (90, 90, 90), kinds.ROAD)
    assert canvas.labels()[-1, 60] == kinds.ROAD
    canvas.polygon([(-2, 0, -50), (2, 0, -50), (2, 0, -20)], (90, 90, 90), kinds.CAR)
    assert not (canvas.labels() == kinds.CAR).any()


@pytest.mark.parametrize("x", [-4.0, 4.0])
def test_a_texture_along_the_street_reads_from_left_to_right_and_shrinks_with_distance(canvas, x):
    pixels = np.zeros((16, 64, 4), dtype=np.uint8)
    pixels[:, :32, 3], pixels[:, 32:, 3] = kinds.WALL, kinds.FENCE
    canvas.side(Texture.of(pixels, 8.0, 2.0), x, 0.0, 8.0, 16.0)
    labels = canvas.labels()

    seen = {kind: np.flatnonzero((labels == kind).any(axis=0)) for kind in (kinds.WALL, kinds.FENCE)}
    assert seen[kinds.WALL].max() < seen[kinds.FENCE].min()
    near, middle, far = (canvas.view.project((x, 0, z))[0] / FINER for z in (8, 12, 16))
    first, last = (near, far) if x < 0 else (far, near)
    assert seen[kinds.WALL][0] == pytest.approx(first, abs=1)
    assert seen[kinds.FENCE][0] == pytest.approx(middle, abs=1)
    assert seen[kinds.FENCE][-1] + 1 == pytest.approx(last, abs=1)
    heights = (labels > 0).sum(axis=0)
    outer, inner = (seen[kinds.WALL][0], seen[kinds.FENCE][-1])[:: 1 if x < 0 else -1]
    assert heights[outer] == pytest.approx(2 * heights[inner], abs=2)


def test_what_is_see_through_in_a_texture_shows_what_is_behind(canvas):
    pixels = np.full((8, 8, 4), 255, dtype=np.uint8)
    pixels[:, :4, 3] = kinds.FENCE
    canvas.upright((-9, 9), (0, 9), 30, (5, 5, 5), kinds.BUILDING)
    canvas.front(Texture.of(pixels, 2.0, 2.0), -1.0, 0.0, 10.0)

    row = int(canvas.view.middle[1] / FINER)
    assert canvas.labels()[row, 57] == kinds.FENCE
    assert canvas.labels()[row, 63] == kinds.BUILDING


# The data set


def test_every_class_is_in_training_and_in_validation(city):
    dataset = open_dataset(city)
    for split in ("train", "valid"):
        seen = {CAMVID_32.names[n] for f in dataset.frames(split) for n in np.unique(dataset.read(f)[1])}
        assert seen >= EVERYTHING


def test_every_class_occurs_with_another_seed_too():
    drives = (writing.drive_seed(1234, drive) for drive in range(10))
    seen = {
        int(n) for seed in drives for number in (0, 7) for n in np.unique(frame(seed, number, (160, 120))[1])
    }
    assert {CAMVID_32.names[n] for n in seen} >= EVERYTHING


def test_the_set_is_in_fastais_layout_and_checks_clean(city):
    report = check(city)

    assert report.clean, report.problems
    assert report.layout == "fastai"
    assert report.splits == {"train": 96, "valid": 24, "test": 0}
    assert report.sizes == {"160 x 120": 120}
    assert open_dataset(city).class_list == CAMVID_32


def test_no_drive_is_in_both_splits(city):
    dataset = open_dataset(city)
    drives = [{f.name.split("_")[0] for f in dataset.frames(split)} for split in ("train", "valid")]
    assert drives[0].isdisjoint(drives[1])
    assert {len([f for f in dataset.frames() if f.name.startswith(d)]) for d in drives[0] | drives[1]} == {
        FRAMES
    }


def test_the_files_hold_the_frames(city):
    dataset = open_dataset(city)
    image, labels = dataset.read(dataset.frame("toytown004_07"))
    expected = frame(writing.drive_seed(CITY_SEED, 4), 7, CITY_SIZE)

    assert np.array_equal(image, expected[0])
    assert np.array_equal(labels, expected[1])


def test_the_set_says_what_it_is_and_that_it_is_free(city):
    text = (city / "README.txt").read_text(encoding="utf-8")
    assert "120 street scenes of 160 x 120 pixels" in text
    assert "Free to use" in text


@pytest.mark.parametrize(("count", "train", "valid"), [(2, 1, 1), (5, 3, 2), (13, 7, 6)])
def test_a_small_set_has_a_validation_drive(tmp_path, count, train, valid):
    calls: list[tuple[int, int]] = []
    toytown(tmp_path / "small", count, (64, 64), 3, lambda done, total: calls.append((done, total)))
    dataset = open_dataset(tmp_path / "small")

    assert (len(dataset.train), len(dataset.valid)) == (train, valid)
    assert calls == [(done, count) for done in range(1, count + 1)]


def test_what_is_interrupted_counts_as_no_data_set_and_can_be_made_again(tmp_path):
    def interrupt(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        toytown(tmp_path / "town", 3, (64, 64), 1, interrupt)
    assert find_datasets(tmp_path) == []
    assert not (tmp_path / "town").exists()

    toytown(tmp_path / "town", 2, (64, 64), 1)
    assert find_datasets(tmp_path) == [tmp_path / "town"]
    assert [path.name for path in tmp_path.iterdir()] == ["town"]


def test_a_full_disk_is_one_sentence_and_leaves_nothing_that_counts(tmp_path, monkeypatch, refusal):
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    assert "no room" in refusal(lambda: toytown(tmp_path / "town", 2, (64, 64)))
    assert find_datasets(tmp_path) == []


def test_an_existing_folder_is_left_alone(tmp_path, refusal):
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "mine.txt").write_text("mine", encoding="utf-8")

    assert "exists already" in refusal(lambda: toytown(tmp_path / "town", 2, (64, 64)))
    assert [path.name for path in (tmp_path / "town").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"count": 1}, "number of frames is 1; give a whole number from 2 to 10000"),
        ({"count": 10_001}, "number of frames is 10001"),
        (
            {"size": (63, 64)},
            "width of a Toytown picture in pixels is 63; give a whole number from 64 to 1280",
        ),
        ({"size": (64, 4096)}, "height of a Toytown picture in pixels is 4096"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_numbers_out_of_range_are_refused(tmp_path, refusal, arguments, part):
    assert part in refusal(lambda: toytown(tmp_path / "town", **({"count": 2, "size": (64, 64)} | arguments)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("seed", "number"), [(-1, 0), (0, -1), (0, FRAMES)])
def test_frames_that_do_not_exist_are_refused(seed, number):
    with pytest.raises(DatasetError, match="give a whole number from 0 to"):
        frame(seed, number)


def test_nine_frames_are_nine_different_pictures():
    sheet = nine_frames(SMALL)
    width, height = SMALL

    assert sheet.shape == (3 * height, 3 * width, 3)
    tiles = {
        sheet[r * height : (r + 1) * height, c * width : (c + 1) * width].tobytes()
        for r in range(3)
        for c in range(3)
    }
    assert len(tiles) == 9
