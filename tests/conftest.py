"""What several tests share: a model store of their own, a model whose answers are known, tiny data sets.

The model `colours` tells a pixel's class from its colour alone. A label map painted in the classes' colours
is a picture whose every pixel's class is known, and so is every figure that is measured on it.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import settings
from numpy.typing import NDArray
from PIL import Image

from core.classes import ClassList, SegmentationClass
from core.models.card import ModelCard, class_entries, normalisation
from core.models.networks import find_network
from core.models.paths import models_folder
from core.models.weights import save_model

ROOT = Path(__file__).parents[1]
CAMVID = ROOT / "../shared/camvid"

# For whatever a test does before it has a cache of its own: never the cache of who runs the tests.
os.environ["STREETSCOPE_CACHE"] = tempfile.mkdtemp(prefix="streetscope-cache-")
# Otherwise the fastest engine would be measured for each empty cache.
os.environ["STREETSCOPE_ENGINE"] = "onnxruntime"
atexit.register(shutil.rmtree, os.environ["STREETSCOPE_CACHE"], ignore_errors=True)
# The models that `save_once` copies.
SAVED = tempfile.mkdtemp(prefix="streetscope-models-")
atexit.register(shutil.rmtree, SAVED, ignore_errors=True)
# For pytest's workers and all other processes that start from here. By default torch's threads spin while
# they wait for each other; where tests share the cores, that is most of what they compute.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# Examples of a law: some while somebody waits for the tests, more where nobody does. The same ones each time.
settings.register_profile("dev", deadline=None, derandomize=True, database=None, max_examples=25)
settings.register_profile("ci", settings.get_profile("dev"), max_examples=100)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))

SLOW = (Path("core/training/control"), Path("core/training/distributed"))
"""Folders below this one whose tests start processes that train."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is seen from outside a test: its folder, and that it asks for CamVid's frames."""
    for item in items:
        place = item.path.parent.relative_to(Path(__file__).parent)
        if place.parts[:1] == ("browser",):
            item.add_marker("browser")
        if place in SLOW:
            item.add_marker("slow")
        if "camvid" in getattr(item, "fixturenames", ()):
            item.add_marker("camvid")


def examples(times: float) -> settings:
    """So many times the examples of the profile in force, for laws that are quick or slow to try."""
    return settings(max_examples=round(times * settings().max_examples))


Labels = NDArray[np.uint8]

SKY, ROAD, TREE, VOID = range(4)

# Channels of 0 or 255 only: such colours are exact in every precision that a network may run in.
COLOURS = ClassList(
    "Colours",
    (
        SegmentationClass("Sky", (0, 0, 255)),
        SegmentationClass("Road", (255, 0, 0)),
        SegmentationClass("Tree", (0, 255, 0)),
        SegmentationClass("Void", (0, 0, 0)),
    ),
    void=VOID,
)


@pytest.fixture(scope="session")
def colours() -> ClassList:
    """Sky, Road, Tree and Void, in blue, red, green and black."""
    return COLOURS


@pytest.fixture(scope="session")
def paint() -> Callable[[Labels], NDArray[np.uint8]]:
    """Turn a label map (H, W) of `colours` into the picture (H, W, 3) that it is found in again."""
    return lambda labels: COLOURS.palette[labels]


@pytest.fixture(scope="session")
def street() -> Labels:
    """A 40 x 48 label map: sky above, a tree at the right, road below, Void in the bottom left corner."""
    labels = np.full((40, 48), SKY, dtype=np.uint8)
    labels[24:] = ROAD
    labels[8:24, 36:] = TREE
    labels[36:, :8] = VOID
    return labels


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty model store that the test has for itself."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv("STREETSCOPE_MODELS", str(folder))
    return folder


def save_once(save: Callable[..., None], *arguments: object) -> None:
    """Save models into the store in force by `save(*arguments)`, or copy what that saved before.

    To export a network's graph and to check it takes longer than most tests that look at the model.
    """
    for model in _saved(save, *arguments).iterdir():
        if model.is_dir():
            shutil.rmtree(models_folder() / model.name, ignore_errors=True)
            shutil.copytree(model, models_folder() / model.name, copy_function=shutil.copy)


@functools.cache
def _saved(save: Callable[..., None], *arguments: object) -> Path:
    """A store of what `save(*arguments)` saves."""
    store = Path(tempfile.mkdtemp(dir=SAVED))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_MODELS", str(store))
        save(*arguments)
    return store


def save_colour_model(name: str, order: tuple[int, ...] = (SKY, ROAD, TREE, VOID)) -> None:
    """Save a model that finds the class whose colour is nearest to a pixel's into the store in force.

    order: whose colour it takes for each class's; another order makes it wrong.
    """
    save_once(_save_colour_model, name, order)


def _save_colour_model(name: str, order: tuple[int, ...]) -> None:
    network = find_network("pixel_colour")
    means = torch.tensor(COLOURS.palette[list(order)].astype(np.float32)) / 255
    sharpness = 8
    module = network.build(len(COLOURS), False)
    assert isinstance(module, torch.nn.Conv2d)
    assert module.bias is not None
    # -sharpness * |pixel - mean|^2 without the term that all classes have in common
    with torch.no_grad():
        module.weight.copy_((2 * sharpness * means).view(len(COLOURS), 3, 1, 1))
        module.bias.copy_(-sharpness * means.square().sum(dim=1))
    card = ModelCard(
        name=name,
        network="pixel_colour",
        summary="Nearest colour.",
        class_list=class_entries(COLOURS),
        normalisation=normalisation(network),
    )
    save_model(card, module)


@pytest.fixture
def colour_model(store: Path) -> str:
    """The name of a saved model that finds the class whose colour is nearest to a pixel's."""
    save_colour_model("colours")
    return "colours"


def write_dataset(
    folder: Path,
    labels: Mapping[str, Labels],
    valid: tuple[str, ...] = (),
    painted: Mapping[str, Labels] | None = None,
    codes: tuple[str, ...] = COLOURS.names,
    suffix: str = ".png",
    name: str = "toy",
) -> Path:
    """Write a data set in fastai's layout into a folder of that name below `folder`; returns it.

    labels: label maps by frame name. painted: what the pictures show where it is not the labels.
    valid: the lines of valid.txt; without any there is none. codes: the lines of codes.txt.
    """
    root = folder / name
    (root / "images").mkdir(parents=True)
    (root / "labels").mkdir()
    (root / "codes.txt").write_text("\n".join(codes) + "\n", encoding="utf-8")
    if valid:
        (root / "valid.txt").write_text("".join(f"{line}\n" for line in valid), encoding="utf-8")
    for frame, label in labels.items():
        shown = (painted or {}).get(frame, label)
        Image.fromarray(COLOURS.full_palette[shown]).save(root / "images" / f"{frame}{suffix}")
        Image.fromarray(label).save(root / "labels" / f"{frame}_P.png")
    return root


@pytest.fixture
def make_dataset(tmp_path: Path) -> Callable[..., Path]:
    """Write a data set beside what else the test writes; see `write_dataset`."""
    return functools.partial(write_dataset, tmp_path)


@pytest.fixture(scope="session")
def camvid() -> Path:
    """The folder of real CamVid frames; the test is skipped where there is none."""
    if not CAMVID.is_dir():
        pytest.skip("no CamVid frames in ../shared/camvid")
    return CAMVID
