"""Buses, walls and hedges are found by their height, in labels that call them cars, houses and trees."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.classes import CAMVID_11, CAMVID_31, CAMVID_32
from core.datasets.layouts.opening import open_dataset
from core.training.mix.heights import HeightRule, heights, patch_heights, roof_rows
from core.training.mix.labels import Labels

MERGED = {
    "Car": ("Car", "Truck_Bus"),
    "Building": ("Building", "Wall"),
    "Tree": ("Tree", "VegetationMisc"),
}
LABELS = Labels.of(CAMVID_32, CAMVID_31, MERGED)
HEIGHT, WIDTH, HORIZON, CAMERA = 180, 240, 90, 1.3
SKY, ROAD, CAR, BUILDING, TREE, PEDESTRIAN = (
    CAMVID_32.index(name) for name in ("Sky", "Road", "Car", "Building", "Tree", "Pedestrian")
)


def street() -> np.ndarray:
    """(180, 240) sky above the horizon, road below."""
    label = np.full((HEIGHT, WIDTH), SKY, np.uint8)
    label[HORIZON:] = ROAD
    return label


def put(label: np.ndarray, what: int, metres: float, foot: int, left: int, width: int) -> slice:
    """Stand a thing of so many metres on the road, its foot at this row; returns its rows."""
    top = max(0, foot - round((foot - HORIZON) * metres / CAMERA))
    label[top:foot, left : left + width] = what
    return slice(top, foot)


@pytest.fixture
def dataset(tmp_path: Path):
    """A drive of twelve frames with a car in each, in CamVid's layout."""
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    (tmp_path / "codes.txt").write_text("\n".join(CAMVID_32.names))
    names = [f"drive_{number:05}" for number in range(13)]
    for number, name in enumerate(names):
        label = street()
        put(label, CAR, 1.5, 110 + 4 * number, 20 + number, 50)
        Image.fromarray(np.zeros((HEIGHT, WIDTH, 3), np.uint8)).save(tmp_path / "images" / f"{name}.png")
        Image.fromarray(label).save(tmp_path / "labels" / f"{name}_P.png")
    (tmp_path / "valid.txt").write_text(f"{names[-1]}.png\n")
    return open_dataset(tmp_path)


@pytest.fixture
def rule(dataset):
    found = HeightRule.of(LABELS, CAMVID_31, dataset)
    assert found is not None
    return found


def test_the_roofs_of_cars_tell_the_horizon(rule):
    assert rule.horizons == {"drive": pytest.approx(HORIZON, abs=1)}


@pytest.mark.parametrize(
    ("what", "metres", "becomes"),
    [
        ("Car", 1.5, "Car"),
        ("Car", 1.9, "Car"),
        ("Car", 3.0, "Truck_Bus"),
        ("Building", 1.0, "Wall"),
        ("Building", 4.0, "Building"),
        ("Tree", 0.5, "VegetationMisc"),
        ("Tree", 5.0, "Tree"),
    ],
)
@pytest.mark.parametrize("foot", [105, 130, 170])
def test_what_it_is_depends_on_its_height_alone_however_far_it_stands(
    rule, dataset, what, metres, becomes, foot
):
    label = street()
    rows = put(label, CAMVID_32.index(what), metres, foot, 100, 60)
    changed = rule(dataset.train[0], label)

    thing = changed[max(0, rows.start) : rows.stop, 100:160]
    assert {LABELS.classes.names[number] for number in np.unique(thing)} == {becomes}
    assert (changed[label == ROAD] == ROAD).all()


def test_a_house_behind_somebody_is_no_wall(rule, dataset):
    label = street()
    label[100:120, 100:160] = BUILDING
    label[120:150, 100:160] = PEDESTRIAN

    assert (rule(dataset.train[0], label)[100:120, 100:160] == BUILDING).all()


def test_a_narrow_gap_between_two_things_is_no_wall(rule, dataset):
    label = street()
    put(label, BUILDING, 1.0, 130, 100, 4)

    assert np.array_equal(rule(dataset.train[0], label), label)


def test_a_bus_with_somebody_before_it_is_a_bus():
    mask = np.zeros((60, 80), bool)
    mask[10:50, 10:40] = True
    mask[30:50, 20:25] = False

    found = patch_heights(mask, 30.0)

    assert found[40, 12] == pytest.approx(2)
    assert not found[~mask].any()


def test_of_what_stands_near_the_horizon_nobody_knows_the_height():
    mask = np.zeros((60, 120), bool)
    mask[10:31, 10:40] = True

    assert not heights(mask, 30.5, np.zeros_like(mask)).any()


def test_cars_at_the_edge_and_rows_of_cars_tell_nothing():
    cars = np.zeros((60, 80), bool)
    cars[20:40, :20] = True
    cars[20:40, 25:79] = True

    assert roof_rows(cars) == []


def test_labels_that_tell_them_apart_need_no_rule(dataset):
    assert HeightRule.of(Labels.of(CAMVID_32, CAMVID_31), CAMVID_31, dataset) is None
    assert HeightRule.of(Labels.of(CAMVID_11, CAMVID_31), CAMVID_31, dataset) is None
