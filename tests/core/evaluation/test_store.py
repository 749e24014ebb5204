"""Evaluations that are kept: the same figures come back, and nothing that does not belong to the question."""

from __future__ import annotations

import io
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.datasets import SegmentationDataset
from core.datasets.layouts.opening import open_dataset
from core.errors import DatasetError
from core.evaluation.store import evaluate_once, evaluation_key, kept_evaluation
from core.models.card import ModelCard
from core.models.store import read_card
from core.segmentation.segmenter import Segmenter, load_segmenter
from tests.conftest import ROAD, SKY, TREE, save_colour_model


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def card(colour_model: str) -> ModelCard:
    return read_card(colour_model)


@pytest.fixture
def dataset(make_dataset: Callable[..., Path], street: np.ndarray) -> SegmentationDataset:
    seen = street.copy()
    seen[24:32, :24] = TREE
    return open_dataset(make_dataset({"a": street, "b": street}, valid=("b",), painted={"b": seen}))


def never() -> Segmenter:
    raise AssertionError("the network was asked for")


def kept_files(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "cache").glob("evaluations/*"))


def test_what_was_measured_comes_back_without_the_network(card, dataset):
    measured = evaluate_once(card, dataset)
    seen = []

    kept = evaluate_once(card, dataset, progress=lambda done, total: seen.append((done, total)), load=never)

    assert kept.as_dict() == measured.as_dict()
    assert kept.frames.names == measured.frames.names
    assert kept.frames.losses.tolist() == measured.frames.losses.tolist()
    assert kept.frames.confusion(0).tolist() == measured.frames.confusion(0).tolist()
    assert kept.class_list == measured.class_list
    assert seen == [(1, 1)]


def test_it_is_measured_again_when_asked_to(card, dataset):
    evaluate_once(card, dataset)
    loaded = []

    def load() -> Segmenter:
        loaded.append(card.name)
        return load_segmenter(card.name)

    evaluate_once(card, dataset, load=load, again=True)
    assert loaded == ["colours"]


def test_another_split_is_another_evaluation(card, dataset):
    evaluate_once(card, dataset, "valid")

    assert kept_evaluation(card, dataset, "train") is None
    assert evaluate_once(card, dataset, "train").images == 1


def test_a_model_trained_anew_under_its_name_is_another(card, dataset):
    evaluate_once(card, dataset)
    save_colour_model("colours", (ROAD, SKY, TREE, 3))

    assert kept_evaluation(read_card("colours"), dataset, "valid") is None


def test_the_same_weights_under_another_name_have_the_same_figures(card, dataset, store):
    evaluate_once(card, dataset)
    renamed = card.model_copy(update={"name": "renamed"})

    kept = kept_evaluation(renamed, dataset, "valid")
    assert kept is not None
    assert kept.model == "renamed"


def test_a_changed_label_map_is_another_data_set(card, dataset, street):
    before = evaluation_key(card, dataset, "valid")
    evaluate_once(card, dataset)
    street = street.copy()
    street[0, 0] = ROAD
    Image.fromarray(street).save(dataset.frame("b").label)

    assert evaluation_key(card, dataset, "valid") != before
    assert kept_evaluation(card, dataset, "valid") is None


def test_a_moved_data_set_keeps_its_figures(card, dataset, tmp_path):
    measured = evaluate_once(card, dataset)
    shutil.copytree(dataset.root, tmp_path / "moved")

    kept = kept_evaluation(card, open_dataset(tmp_path / "moved"), "valid")
    assert kept is not None
    assert kept.confusion.tolist() == measured.confusion.tolist()


def test_figures_that_lie_in_a_data_set_are_not_believed(card, dataset, tmp_path):
    evaluate_once(card, dataset)
    (tmp_path / "cache").rename(dataset.root / ".streetscope")

    assert kept_evaluation(card, open_dataset(dataset.root), "valid") is None


def test_a_data_set_that_changes_meanwhile_is_not_kept_as_measured(card, dataset, street, tmp_path):
    def change() -> Segmenter:
        changed = street.copy()
        changed[0, 0] = ROAD
        Image.fromarray(changed).save(dataset.frame("a").label)
        return load_segmenter(card.name)

    def disturb(done: int, total: int) -> None:
        changed = street.copy()
        changed[:2] = ROAD
        Image.fromarray(changed).save(dataset.frame("a").label)

    evaluate_once(card, dataset, progress=disturb, load=change)
    assert kept_files(tmp_path) == []


def test_nothing_is_read_of_a_data_set_that_was_never_measured(card, dataset):
    dataset.frame("b").label.unlink()

    assert kept_evaluation(card, dataset, "valid") is None


def test_unfit_classes_are_refused(card, make_dataset, street):
    other = open_dataset(
        make_dataset({"a": np.zeros((32, 32), np.uint8)}, valid=("a",), codes=("Boat",), name="boats")
    )

    with pytest.raises(DatasetError, match="knows none of the classes of boats"):
        evaluate_once(card, other, load=never)


@pytest.mark.parametrize("damage", ["empty", "junk", "cut", "pickled", "a part missing"])
def test_a_damaged_file_is_measured_anew(card, dataset, tmp_path, damage):
    evaluate_once(card, dataset)
    (path,) = kept_files(tmp_path)
    with np.load(path) as parts:
        without = {name: part for name, part in parts.items() if name != "losses"}
    changed = io.BytesIO()
    np.savez(changed, **without)
    good = path.read_bytes()
    damaged = {
        "empty": b"",
        "junk": b"PK\3\4",
        "cut": good[:-30],
        "pickled": pickle.dumps({"pairs": 1}),
        "a part missing": changed.getvalue(),
    }
    path.write_bytes(damaged[damage])

    assert kept_evaluation(card, dataset, "valid") is None
    assert evaluate_once(card, dataset).images == 1
    assert kept_evaluation(card, dataset, "valid") is not None


def test_where_nothing_can_be_kept_it_is_measured_all_the_same(card, dataset, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "file"))

    assert evaluate_once(card, dataset).images == 1
    assert kept_evaluation(card, dataset, "valid") is None
