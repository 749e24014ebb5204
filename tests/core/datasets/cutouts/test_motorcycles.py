"""The data set of motorcycles: photos are the ones outlined, and what is pasted stands on the ground."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from core.classes import CAMVID_32
from core.datasets.cutouts import OTHER_THINGS
from core.datasets.cutouts.fetching import LIMITS, read_photo
from core.datasets.cutouts.listed import ListedPhoto, listed_photos
from core.datasets.cutouts.pasting import Cutout, pasted
from core.datasets.cutouts.writing import FRAMES_EACH, MOTORCYCLE, NAMES, SETS, motorcycles
from core.datasets.layouts.opening import open_dataset
from core.errors import DatasetError
from core.evaluation.metrics import IGNORE
from core.photos.fetch.fetcher import Fetcher
from core.photos.fetch.gate import Gate
from core.photos.fetch.pace import Pace
from core.training.mix.labels import Labels
from core.training.recipes.recipe import read_recipe
from tests.hostile_server import HostileServer, hostile_server, street

HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def server() -> Iterator[HostileServer]:
    with hostile_server(HOST) as server:
        yield server


@pytest.fixture
def fetcher(server: HostileServer) -> Fetcher:
    server.asked.clear()
    return Fetcher(Gate(allowed=frozenset({(HOST, server.port)})), Pace(0), LIMITS)


def listed(server: HostileServer, path: str = "/street/3.jpg", **changes: object) -> ListedPhoto:
    """A photo of the server, 480 x 360, in which a motorcycle fills the box from (100, 50) to (300, 250)."""
    whole: dict[str, object] = {
        "file": "three.jpg",
        "address": f"http://{HOST}:{server.port}{path}",
        "sha256": hashlib.sha256(street(3)).hexdigest(),
        "page": "https://commons.example/three",
        "author": "Ani",
        "licence": "CC BY 4.0",
        "size": (480, 360),
        "outlines": (((100, 50), (300, 50), (300, 250), (100, 250)),),
        "unsure": ((0, 0, 40, 40),),
    }
    return ListedPhoto.model_validate(whole | changes)


def test_every_listed_photo_may_be_used_and_names_who_made_it() -> None:
    free = {f"CC {kind} {version}" for kind in ("BY", "BY-SA") for version in ("2.0", "2.5", "3.0", "4.0")}
    photos = listed_photos()
    assert (
        len({photo.file for photo in photos}) == len({photo.sha256 for photo in photos}) == len(photos) > 10
    )
    for photo in photos:
        assert photo.licence in free | {"CC0 1.0", "public domain"}
        assert photo.address.startswith("https://raw.githubusercontent.com/")
        corners = np.array([corner for outline in photo.outlines for corner in outline] or [(0, 0)])
        assert (corners.max(axis=0) <= photo.size).all()
    kept = [photo for photo in photos if photo.kept]
    assert 0 < sum(bool(photo.outlines) for photo in kept) < len(kept) < len(photos) / 4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("photos = ", "no TOML"),
        ("photos = []", "photos: "),
        ("[[photos]]\nfile = '../a.jpg'", "photos.0.file: "),
    ],
    ids=["torn", "empty", "path"],
)
def test_a_list_that_is_none_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "list.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=says):
        listed_photos(path)


def test_a_photo_is_fetched_once(server: HostileServer, fetcher: Fetcher, tmp_path: Path) -> None:
    photo = listed(server)
    first = read_photo(photo, tmp_path / "kept", fetcher)
    asked = len(server.asked)
    assert (tmp_path / "kept" / "three.jpg").read_bytes() == street(3)
    assert np.array_equal(read_photo(photo, tmp_path / "kept", fetcher), first)
    assert first.shape == (360, 480, 3)
    assert len(server.asked) == asked


def test_a_damaged_photo_is_fetched_again(server: HostileServer, fetcher: Fetcher, tmp_path: Path) -> None:
    (tmp_path / "three.jpg").write_bytes(street(3)[:1000])
    read_photo(listed(server), tmp_path, fetcher)
    assert (tmp_path / "three.jpg").read_bytes() == street(3)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/street/4.jpg", "no longer the photo that was outlined"),
        ("/not-there.jpg", "has nothing at this address any more"),
        ("/large", "cannot be fetched"),
    ],
)
def test_another_file_is_not_taken(
    server: HostileServer, fetcher: Fetcher, tmp_path: Path, path: str, says: str
) -> None:
    with pytest.raises(DatasetError, match=says):
        read_photo(listed(server, path), tmp_path, fetcher)
    assert not list(tmp_path.iterdir())


def test_outlines_of_another_size_are_refused(
    server: HostileServer, fetcher: Fetcher, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match="480 x 360 pixels, its outlines are of 480 x 300"):
        read_photo(listed(server, size=(480, 300)), tmp_path, fetcher)


def test_a_pasted_thing_stands_on_the_ground_and_is_labelled_where_it_is_seen() -> None:
    image = np.full((100, 200, 3), 50, np.uint8)
    label = np.zeros((100, 200), np.uint8)
    label[60:] = 1
    thing = Cutout.of(np.full((40, 80, 3), 200, np.uint8), ((20, 10), (60, 10), (60, 30), (20, 30)))
    assert thing.mask.shape == (21, 41)
    for seed in range(20):
        shown, labels = pasted(image, label, thing, 2, (1,), random.Random(seed))  # noqa: S311
        there = labels == 2
        rows = there.any(axis=1).nonzero()[0]
        assert 60 <= rows[-1] + 1 <= 100
        assert np.array_equal(labels[~there], label[~there])
        assert (shown[there] != 50).mean() > 0.9
        assert (shown[labels != 2] == 50).mean() > 0.9
    assert (image == 50).all()


def test_without_ground_nothing_is_pasted() -> None:
    image, label = np.zeros((100, 200, 3), np.uint8), np.zeros((100, 200), np.uint8)
    thing = Cutout.of(image, ((0, 0), (50, 0), (50, 50)))
    shown, labels = pasted(image, label, thing, 2, (1,), random.Random(1))  # noqa: S311
    assert shown is image
    assert labels is label


def test_the_data_set_teaches_motorcycles_and_what_is_none(
    server: HostileServer, fetcher: Fetcher, tmp_path: Path, make_dataset: Callable[..., Path]
) -> None:
    label = np.zeros((60, 80), np.uint8)
    label[30:] = 1  # Road
    root = make_dataset({"a": label, "b": label, "c": label}, ("c.png",))
    photos = [
        listed(server),
        listed(server, file="none.jpg", outlines=()),
        listed(server, file="other.jpg", kept=True),
    ]
    count = motorcycles(tmp_path / "made", open_dataset(root), tmp_path / "kept", None, photos, fetcher)
    assert [path.name for path in count] == [OTHER_THINGS, "made"]
    made = open_dataset(tmp_path / "made")
    assert made.class_list.names == NAMES
    assert len(made.frames()) == 3 + 3 + FRAMES_EACH
    others = open_dataset(tmp_path / OTHER_THINGS)
    assert [frame.name for frame in others.frames()] == ["photo-none-400", "photo-none-640"]
    assert [*count.values()] == [len(others.frames()), len(made.frames())]
    assert [frame.name for frame in made.valid] == [f"photo-other-{side}" for side in (320, 480, 640)]
    assert "Ani, CC BY 4.0, https://commons.example/three" in (made.root / "README.txt").read_text("utf-8")

    taught = Labels.of(made.class_list, CAMVID_32)
    assert taught.members is not None
    motorcycle = CAMVID_32.index(MOTORCYCLE)
    known = {taught.classes.names[number]: members for number, members in enumerate(taught.members)}
    assert known[MOTORCYCLE] == (motorcycle,)
    assert motorcycle not in known["SomethingElse"]
    assert len(known["SomethingElse"]) == 30

    photo = made.read_label(made.frame("photo-three-480"))
    assert photo.shape == (360, 480)
    assert NAMES[photo[150, 200]] == MOTORCYCLE
    assert NAMES[photo[300, 400]] == "SomethingElse"
    assert taught.table[photo[10, 10]] == IGNORE
    assert {NAMES[number] for number in np.unique(others.read_label(others.frames()[0]))} == {
        "SomethingElse",
        "Void",
    }
    streets = [made.read_label(frame) for frame in made.frames() if frame.name.startswith("pasted")]
    assert all({"Sky", "Road"} <= {NAMES[number] for number in np.unique(each)} for each in streets)
    assert any(NAMES.index(MOTORCYCLE) in each for each in streets)


def test_a_missing_photo_leaves_no_half_data_set(
    server: HostileServer, fetcher: Fetcher, tmp_path: Path, make_dataset: Callable[..., Path]
) -> None:
    root = make_dataset({"a": np.ones((60, 80), np.uint8), "b": np.ones((60, 80), np.uint8)}, ("b.png",))
    photos = [listed(server), listed(server, "/gone.jpg", file="gone.jpg")]
    with pytest.raises(DatasetError, match=r"gone\.jpg cannot be fetched.* has 1 of 2 photos now"):
        motorcycles(tmp_path / "made", open_dataset(root), tmp_path / "kept", None, photos, fetcher)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "cache") == ["kept", "toy"]


@pytest.mark.parametrize("lost", ["made", OTHER_THINGS])
def test_what_was_cut_short_between_the_two_goes_on(
    server: HostileServer, fetcher: Fetcher, tmp_path: Path, make_dataset: Callable[..., Path], lost: str
) -> None:
    root = make_dataset({"a": np.ones((60, 80), np.uint8), "b": np.ones((60, 80), np.uint8)}, ("b.png",))
    photos = [listed(server), listed(server, file="none.jpg", outlines=())]
    street, seen = open_dataset(root), []

    def make() -> dict[Path, int]:
        kept = tmp_path / "kept"
        return motorcycles(
            tmp_path / "made", street, kept, None, photos, fetcher,
            fetched=lambda done, total: seen.append((done, total)),
        )  # fmt: skip

    def content() -> dict[str, bytes]:
        files = [path for each in ("made", OTHER_THINGS) for path in (tmp_path / each).rglob("*.*")]
        return {str(path): path.read_bytes() for path in files}

    make()
    whole = content()
    (tmp_path / lost).rename(tmp_path / f".{lost}.part")  # as a process that was killed leaves it
    (tmp_path / f".{lost}.part" / "set").mkdir()
    assert [path.name for path in make()] == [lost]
    assert content() == whole
    assert seen == [(1, 2), (2, 2), (1, 1)]
    with pytest.raises(DatasetError, match=f"made and .*{OTHER_THINGS} are there already"):
        make()


def test_a_folder_with_something_else_is_left_alone_and_named_before_anything_is_fetched(
    server: HostileServer, fetcher: Fetcher, tmp_path: Path, make_dataset: Callable[..., Path]
) -> None:
    root = make_dataset({"a": np.ones((60, 80), np.uint8), "b": np.ones((60, 80), np.uint8)}, ("b.png",))
    photos = [listed(server), listed(server, file="none.jpg", outlines=())]
    (tmp_path / OTHER_THINGS).mkdir()
    with pytest.raises(DatasetError, match="other-things exists already, and is not what would be made"):
        motorcycles(tmp_path / "made", open_dataset(root), tmp_path / "kept", None, photos, fetcher)
    with pytest.raises(DatasetError, match="give another name"):
        motorcycles(tmp_path / OTHER_THINGS, open_dataset(root), tmp_path / "kept", None, photos, fetcher)
    assert not server.asked
    assert not any((tmp_path / OTHER_THINGS).iterdir())


def test_the_sets_are_those_of_the_recipe() -> None:
    first, then = (read_recipe(name) for name in ("street32", "street32-motorcycles"))
    assert {name: SETS[name] for name in SETS if name != "SomethingElse"} == {
        name: may_be for name, may_be in first.sets.items() if name != "Bicyclist"
    }
    assert then.sets == first.sets
    assert then.classes == first.classes
    assert then.network == first.network
