"""Toytown's second town: the same seed the same pixels, exact labels, an order of drawing that is right."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from core.classes import CAMVID_32
from core.datasets.contents.check import check
from core.errors import DatasetError
from core.toytown import TOWNS, frame, nine_frames, toytown, writing
from core.toytown.drawing import kinds
from core.toytown.drawing.canvas import FINER, Canvas, View
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import light_of
from core.toytown.jakarta import planning
from core.toytown.jakarta.camera import Camera, aim
from core.toytown.jakarta.lens import Lens, photograph
from core.toytown.jakarta.order import drawing_order
from core.toytown.jakarta.things import boxes, carts, meanings, motorcycles, palms, roadside, three_wheelers
from core.toytown.things import figures
from tests.conftest import ROOT

SMALL = (96, 72)


def jakarta(seed: int, number: int = 0, size: tuple[int, int] = SMALL) -> tuple[np.ndarray, np.ndarray]:
    return frame(seed, number, size, town="jakarta")


def digest(*arrays: np.ndarray) -> str:
    return hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest()


@pytest.fixture
def canvas() -> Canvas:
    """An empty canvas of 160 x 120 pixels in an even light; the camera is 1.35 m high."""
    return Canvas(View(160, 120, x=0.0, z=0.0), light_of("overcast", Dice(0, "test")))


# The same pixels for the same seed


def test_a_frame_is_the_same_on_every_machine():
    # Written down once, as Toytown's is: whoever changes a drawing on purpose changes it too.
    assert digest(jakarta(14, 5)[1]).startswith("2252998de063c7ae")
    assert digest(jakarta(14, 5)[0]).startswith("04eba98079437546")


def test_a_frame_does_not_depend_on_what_was_drawn_before():
    first = digest(*jakarta(14, 5))
    jakarta(11)
    planning.plan.cache_clear()
    assert digest(*jakarta(14, 5)) == first


def test_other_seeds_are_other_streets_and_a_drive_goes_on():
    start, later, elsewhere = jakarta(0)[1], jakarta(0, 1)[1], jakarta(10)[1]
    assert 0.6 < (start == later).mean() < 1.0
    assert (start == elsewhere).mean() < (start == later).mean()


def test_towns_of_one_seed_differ():
    assert digest(*frame(4, 2, SMALL)) == digest(*frame(4, 2, SMALL, town="toytown"))
    assert digest(*jakarta(4, 2)) != digest(*frame(4, 2, SMALL))


# Labels


def test_the_documentation_says_which_class_each_thing_is():
    text = (ROOT / "docs/jakarta.md").read_text("utf-8")
    said = dict(re.findall(r"^\| ([^|]+) \| (\w+) \| [^|]+ \|$", text, re.MULTILINE))
    del said["thing"]
    assert said == {thing: CAMVID_32.names[kind] for thing, kind in meanings.MEANINGS.items()}


@pytest.mark.parametrize("seed", range(10))
def test_every_label_is_a_class_and_motorcycles_are_everywhere(seed):
    image, labels = jakarta(seed, 3)
    assert image.shape == (72, 96, 3)
    assert labels.max() < len(CAMVID_32)
    assert (labels == kinds.MOTORCYCLE).any()
    assert (labels == kinds.ROAD).mean() > 0.03


def test_ten_drives_have_the_classes_of_a_street_of_jakarta():
    counts = np.zeros(len(CAMVID_32), dtype=np.int64)
    for seed in range(10):
        for number in (0, 6):
            counts += np.bincount(jakarta(seed, number, (160, 120))[1].ravel(), minlength=len(CAMVID_32))
    absent = {CAMVID_32.names[n] for n in np.flatnonzero(counts == 0)}
    assert absent <= {"ParkingBlock", "Train", "Tunnel"}
    assert counts[kinds.MOTORCYCLE] > 0.03 * counts.sum()
    assert counts[kinds.VOID] < 0.08 * counts.sum()


PERSON = figures.adult(Dice(3, "person"))
LIGHT = light_of("overcast", Dice(0, "test"))


def _bike(canvas: Canvas) -> None:
    motorcycle = motorcycles.any_motorcycle(Dice(1, "bike"), wet=False)
    motorcycles.draw_motorcycle(canvas, -1.0, 0, 8, motorcycle, away=True)


@pytest.mark.parametrize(
    ("draw", "kind"),
    [
        (_bike, meanings.MOTORCYCLE),
        (
            lambda c: motorcycles.draw_parked(c, 0, 0, 8, motorcycles.Motorcycle((90, 20, 20), ()), 1),
            meanings.PARKED,
        ),
        (
            lambda c: three_wheelers.draw_bajaj(c, -2, 0, 8, (30, 80, 160), (30, 30, 30), True),
            meanings.BAJAJ,
        ),
        (
            lambda c: three_wheelers.draw_becak(c, -2, 0, 8, 0.2, PERSON, (30, 80, 160), (90, 30, 30), False),
            meanings.BECAK,
        ),
        (
            lambda c: boxes.draw_box(c, -3, 0, 8, boxes.angkot(Dice(0, "x"), LIGHT), False),
            meanings.ANGKOT,
        ),
        (lambda c: boxes.draw_box(c, -3, 0, 8, boxes.city_bus(Dice(0, "x"), LIGHT), True), meanings.BUS),
        (lambda c: c.front(carts.cart(Dice(0, "x"), LIGHT), -1, 0, 8), meanings.CART),
        (lambda c: c.front(palms.palm(Dice(0, "x"), LIGHT), -1, 0, 14), meanings.PALM),
        (lambda c: c.front(palms.banyan(Dice(0, "x"), LIGHT), -1, 0, 20), meanings.BANYAN),
        (lambda c: roadside.flyover(c, 0, 0, 20, 6, 10), meanings.FLYOVER),
        (
            lambda c: roadside.awning(c, -4, 0, 8, -1, 1.5, 5, 2.6, ((200, 60, 50), (230, 230, 220))),
            meanings.AWNING,
        ),
    ],
)
def test_a_thing_draws_its_class_and_no_other(canvas, draw: Callable[[Canvas], None], kind: int):
    draw(canvas)
    fine = np.asarray(canvas.image)
    drawn = fine[..., 3][np.asarray(canvas.depth) < 255]
    assert drawn.size > 200
    assert set(np.unique(drawn)) == {kind}


# Measures


def test_a_motorcycle_with_its_rider_has_its_size(canvas):
    _bike(canvas)
    rows, cols = np.nonzero(canvas.labels() == kinds.MOTORCYCLE)
    metre = canvas.view.scale(8.0)
    assert (rows.max() - rows.min()) / metre == pytest.approx(1.62, abs=0.2)
    assert (cols.max() - cols.min()) / metre == pytest.approx(0.8, abs=0.2)
    foot = canvas.view.project((0, 0, 8.06))[1] / FINER
    assert rows.max() == pytest.approx(foot, abs=1.5)  # it stands on the ground


# The order of drawing


def test_of_two_boxes_apart_in_depth_the_nearer_is_drawn_last():
    near, far = (-1.0, 1.0, 0.0, 2.0, 5.0, 9.0), (-1.0, 1.0, 0.0, 2.0, 9.5, 12.0)
    assert drawing_order([near, far], (0, 1.4, 0)) == [1, 0]
    assert drawing_order([far, near], (0, 1.4, 0)) == [0, 1]


def test_of_two_boxes_side_by_side_the_inner_is_drawn_last_though_it_begins_farther():
    house, rider = (-9.0, -5.0, 0.0, 9.0, 2.0, 20.0), (-4.0, -3.0, 0.0, 1.7, 10.0, 12.0)
    assert drawing_order([rider, house], (0, 1.4, 0)) == [1, 0]


@pytest.mark.parametrize(("eye", "order"), [(1.4, [0, 1]), (9.0, [1, 0])])
def test_what_is_under_a_flyover_is_drawn_after_it_from_below_and_before_it_from_above(eye, order):
    deck, car = (-70.0, 70.0, 6.0, 7.5, 20.0, 30.0), (-1.0, 1.0, 0.0, 1.5, 18.0, 31.0)
    assert drawing_order([deck, car], (0, eye, 0)) == order


# Cameras


@pytest.mark.parametrize("down", [0.0, 0.03, 0.09])
def test_a_camera_that_looks_down_has_the_horizon_where_optics_says(down):
    made = aim(Camera("cctv", 0.0, 8.0, 0.8, down, 0.0, 0.0), 160, 120, 0.0, 0.0, 0.0)
    assert made.middle[0] == pytest.approx(80, abs=0.01)
    assert made.middle[1] == pytest.approx(60 - 0.8 * 160 * np.tan(down * 2 * np.pi), abs=0.01)


def test_no_corner_of_a_turned_picture_looks_past_the_drawing():
    made = aim(Camera("cctv", 0.0, 8.0, 0.7, 0.09, 0.03, 0.01), 160, 120, 0.0, 0.0, 0.0)
    for col in (0, 480):
        for row in (0, 360):
            u, v, w = made.turn @ (col, row, 1.0)
            assert 0 <= u / w <= 480
            assert 0 <= v / w <= 360


def test_colours_and_classes_are_turned_as_one(canvas):
    made = aim(Camera("motorcycle", 0.0, 1.4, 0.8, 0.03, 0.01, 0.012), 160, 120, 0.0, 0.0, 0.0)
    drawing = Canvas(made.view, LIGHT)
    drawing.shining([(-1, 0, 8), (1, 0, 8), (1, 1.5, 8), (-1, 1.5, 8)], (10, 20, 30), kinds.CAR)
    made.turned(drawing)
    fine = np.asarray(drawing.image)
    car = fine[..., 3] == kinds.CAR
    assert car.sum() > 3000
    assert (fine[car][:, :3] == (10, 20, 30)).all()
    assert not fine[~car].any()
    assert (np.asarray(drawing.depth)[car] == 12).all()  # 8 m in steps of 1 / 1.5 m


def test_a_lens_without_faults_changes_nothing():
    picture = jakarta(1)[0]
    clean = Lens(1.0, 1.0, 1.0, (1.0, 1.0, 1.0), 0.0, 0.0, 1.0, 0)
    assert np.abs(photograph(clean, picture).astype(int) - picture).max() <= 1


# The data set


def test_a_set_says_which_town_it_is(tmp_path):
    toytown(tmp_path / "east", 3, (64, 64), 5, town="jakarta")

    assert check(tmp_path / "east").clean
    names = sorted(path.name for path in (tmp_path / "east" / "images").iterdir())
    assert names == ["jakarta000_00.png", "jakarta000_01.png", "jakarta001_00.png"]
    assert (tmp_path / "east" / "README.txt").read_text("utf-8").startswith("Jakarta: 3 street scenes")
    kept = np.asarray(Image.open(tmp_path / "east" / "labels" / "jakarta001_00_P.png"))
    assert np.array_equal(kept, jakarta(writing.drive_seed(5, 1), 0, (64, 64))[1])


def test_a_town_that_there_is_not_is_refused_by_name(tmp_path):
    with pytest.raises(DatasetError, match="no town 'atlantis' to draw; choose one of toytown, jakarta"):
        toytown(tmp_path / "town", 2, (64, 64), town="atlantis")
    assert list(tmp_path.iterdir()) == []


def test_each_town_can_introduce_itself():
    assert list(TOWNS) == ["toytown", "jakarta"]
    assert nine_frames((64, 64), town="jakarta").shape == (192, 192, 3)
