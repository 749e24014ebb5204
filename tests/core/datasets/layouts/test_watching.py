"""A change in a data set is noticed, at the price of a few files' times however many frames it has."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.datasets.layouts import watching
from core.datasets.layouts.opening import find_datasets
from core.datasets.layouts.watching import dataset_stamp, recognised
from tests.core.datasets.layouts.test_exports import write_roboflow
from tests.layouts import write_layout


@pytest.fixture(params=["fastai", "cambridge", "kaggle", "segnet", "nested"])
def root(request: pytest.FixtureRequest, make_layout: Callable[..., Path], street_frames) -> Path:
    """A data set in each layout; nested: in a folder within the folder, as archives unpack."""
    layout = "fastai" if request.param == "nested" else request.param
    folder = make_layout(layout, street_frames, name="set/inner" if request.param == "nested" else "set")
    return folder.parent if request.param == "nested" else folder


@pytest.fixture
def make_layout(tmp_path: Path) -> Callable[..., Path]:
    def make(layout: str, frames, name: str) -> Path:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_layout(tmp_path / name, layout, frames)
        return tmp_path / name

    return make


def older(root: Path) -> None:
    """Let everything be of yesterday, so that a change has another time whatever the clock's steps are."""
    for path in [root, *root.rglob("*")]:
        os.utime(path, (1, 1))


def pictures(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*.png"))


def test_an_unchanged_folder_keeps_its_stamp(root: Path) -> None:
    assert dataset_stamp(root) == dataset_stamp(root)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: pictures(root)[0].unlink(),
        lambda root: pictures(root)[0].with_name("new.png").write_bytes(b""),
        lambda root: pictures(root)[0].rename(pictures(root)[0].with_name("other.png")),
    ],
    ids=["gone", "come", "renamed"],
)
def test_a_picture_that_comes_goes_or_is_renamed_is_noticed(root: Path, change) -> None:
    older(root)
    before = dataset_stamp(root)
    change(root)

    assert dataset_stamp(root) != before


def test_a_rewritten_list_is_noticed(root: Path) -> None:
    lists = [path for path in root.rglob("*") if path.suffix in {".txt", ".csv"}]
    for path in lists:
        older(root)
        before = dataset_stamp(root)
        path.write_text(path.read_text())
        assert dataset_stamp(root) != before, path.name


def test_a_folder_that_becomes_a_data_set_is_recognised(root: Path) -> None:
    parts = [path for path in root.rglob("*") if path.is_dir() and list(path.glob("*.png"))]
    for part in parts:
        part.rename(part.with_name(f"{part.name} aside"))
    assert recognised(root) is None
    for part in parts:
        part.with_name(f"{part.name} aside").rename(part)

    assert recognised(root) is not None


def test_what_is_hidden_does_not_matter(root: Path) -> None:
    (root / ".cache").mkdir()
    older(root)
    before = dataset_stamp(root)
    (root / ".cache" / "file").touch()
    os.utime(root / ".cache", (2, 2))

    assert dataset_stamp(root) == before


def test_nothing_there_has_a_stamp_and_is_no_data_set(tmp_path: Path) -> None:
    assert dataset_stamp(tmp_path / "nowhere")
    assert recognised(tmp_path / "nowhere") is None


# The price


@contextmanager
def counted_stats(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The paths that are asked for their status in the block, by whatever function of `os` or `pathlib`."""
    asked: list[str] = []

    def counted(real: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
        def stat(path, *arguments, **options):
            asked.append(str(path))
            return real(path, *arguments, **options)

        return stat

    with monkeypatch.context() as patch:
        for name in ("stat", "lstat"):
            patch.setattr(os, name, counted(getattr(os, name)))
        yield asked


@contextmanager
def counted_listings(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names that `os.scandir` gives in the block."""
    given: list[str] = []
    real = os.scandir

    @contextmanager
    def counted(path: Path) -> Iterator[Iterator[os.DirEntry[str]]]:
        with real(path) as entries:
            listed = list(entries)
        given.extend(entry.name for entry in listed)
        yield iter(listed)

    with monkeypatch.context() as patch:
        patch.setattr(watching.os, "scandir", counted)
        yield given


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a minute later: a folder that was written just now might change again unnoticed."""
    now = time.time_ns() + 60_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: now)


@pytest.fixture(params=["images", "."], ids=["in a layout", "loose"])
def long_folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data set of ten thousand frames."""
    root = tmp_path / "data" / "set"
    (root / "images").mkdir(parents=True)
    (root / "labels").mkdir()
    for name in ("codes.txt", "valid.txt"):
        (root / name).write_text("Sky\n")
    for number in range(10_000):
        (root / request.param / f"{number}.png").touch()
    return root


def test_ten_thousand_files_cost_a_rerun_a_few_stats(
    long_folder: Path, monkeypatch: pytest.MonkeyPatch, later: None
) -> None:
    dataset_stamp(long_folder)
    find_datasets(long_folder.parent)
    with counted_stats(monkeypatch) as asked:
        dataset_stamp(long_folder)
        assert find_datasets(long_folder.parent) == [long_folder]

    assert len(asked) < 40, asked[:50]


def test_ten_thousand_files_are_not_listed_at_a_rerun(
    long_folder: Path, monkeypatch: pytest.MonkeyPatch, later: None
) -> None:
    before = dataset_stamp(long_folder)
    with counted_listings(monkeypatch) as given:
        assert dataset_stamp(long_folder) == before
    assert given == []

    (long_folder / "test.txt").touch()
    with counted_listings(monkeypatch) as given:
        assert dataset_stamp(long_folder) != before
    assert "test.txt" in given


def test_a_folder_written_just_now_is_listed_again(
    long_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (long_folder / "new.txt").touch()
    dataset_stamp(long_folder)
    with counted_listings(monkeypatch) as given:
        dataset_stamp(long_folder)

    assert "new.txt" in given


def test_a_class_list_in_a_splits_folder_that_is_written_again_is_noticed(tmp_path: Path, street) -> None:
    root = write_roboflow(tmp_path / "set", {"train": street}, "Pixel Value, Class\n0, sky\n")
    older(root)
    before = dataset_stamp(root)
    with (root / "train" / "_classes.csv").open("a") as file:  # the folder's own time stays
        file.write("1, road\n")

    assert dataset_stamp(root) != before
