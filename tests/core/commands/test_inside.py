"""`inside` and `temperature`: what the page does, from a shell, with a network whose answers are known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.__main__ import main
from core.photos import images
from tests.conftest import Labels

Run = Callable[..., Any]


@pytest.fixture
def run(colour_model: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with the colour model and --json, and return what it printed."""

    def run(*arguments: str) -> Any:
        status = main([*arguments, "--model", colour_model, "--json"])
        printed, complaint = capsys.readouterr()
        assert status == 0, complaint
        return json.loads(printed)

    return run


@pytest.fixture
def photo(tmp_path: Path, paint: Callable[[Labels], NDArray[np.uint8]], street: Labels) -> str:
    path = tmp_path / "street.png"
    path.write_bytes(images.encode_png(paint(street)))
    return str(path)


def test_a_patch_hides_the_pixel(run: Run, photo: str, tmp_path: Path) -> None:
    out = tmp_path / "hidden.png"

    found = run(
        "inside", "occlude", photo, "--size", "full", "--at", "30,20", "--side", "8", "--out", str(out)
    )

    assert found["pixel"] == {"row": 30, "col": 20}
    assert found["patch"] == {"row": 26, "col": 16, "side": 8}
    assert found["before"]["Road"] > 0.9 > found["after"]["Road"]
    assert images.decode(out.read_bytes()).shape == (40, 48, 3)


def test_a_spoilt_picture_keeps_labels(run: Run, photo: str) -> None:
    none = run("inside", "corrupt", photo, "--size", "full", "--strength", "0")
    strong = run("inside", "corrupt", photo, "--size", "full", "--kind", "noise", "--strength", "5")
    curves = run("inside", "corrupt", photo, "--size", "full", "--curves")["curves"]

    assert none["kept"] == 1
    assert set(none["by_class"].values()) == {1}
    assert strong["kept"] < 1
    assert curves["noise"][5] == strong["kept"]


def test_fields_and_features_of_one_layer_are_known(run: Run, photo: str, tmp_path: Path) -> None:
    field = run("inside", "field", photo, "--size", "full", "--at", "30,20")
    features = run("inside", "features", photo, "--size", "full", "--out", str(tmp_path / "maps"))
    twin = run("inside", "features", photo, "--size", "full", "--untrained")

    assert field["class"] == "Road"
    assert field["theoretical"] == {"rows": [30, 31], "columns": [20, 21]}
    assert field["effective"] == {"share": 0.95, "side": 1}
    (stage,), (other,) = features["stages"], twin["stages"]
    assert (stage["stride"], stage["channels"]) == (1, 4)
    assert len(list((tmp_path / "maps").iterdir())) == 4
    assert stage["most_active"] != other["most_active"]


def test_a_temperature_is_fitted_on_a_data_set(run: Run, data: Path) -> None:
    found = run("temperature", "--data", str(data), "--size", "full")

    assert (found["split"], found["frames"]) == ("valid", 1)
    assert found["loss"]["after"] <= found["loss"]["before"]


def test_a_pixel_outside_is_refused(
    colour_model: str, photo: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inside", "occlude", photo, "--model", colour_model, "--size", "full", "--at", "40,0"]) == 2
    assert capsys.readouterr().err.startswith("Pixel (40, 0) is outside the picture")
