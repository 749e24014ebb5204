"""Datumaro, which CVAT reads most formats with, finds in our zips the pixels that we wrote.

Its requirements do not go with ours: it has an environment of its own, which `make test` makes where it can.
DATUMARO_PYTHON names the interpreter of another one.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from core.annotation.formats.cityscapes import CITYSCAPES, ids
from core.classes import CAMVID_32
from tests.conftest import ROOT

MADE = ROOT / ".venv" / "datumaro"
PYTHON = os.environ.get("DATUMARO_PYTHON") or (
    str(MADE / "bin" / "python") if (MADE / "stamp").is_file() else ""
)
SCRIPT = Path(__file__).with_name("datumaro_reads.py")
TO_DATUMARO = {"camvid": "camvid", "voc": "voc_segmentation", "coco": "coco_instances", "cvat": "cvat"}

pytestmark = pytest.mark.skipif(
    not PYTHON, reason="Datumaro could not be installed: `make datumaro` says why"
)


def pixels_read(data: bytes, kind: str, folder: Path) -> dict[str, np.ndarray]:
    """(H, W) which pixels Datumaro gives each class, by name, in the only picture of a zip."""
    with ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
    done = subprocess.run(
        [PYTHON, str(SCRIPT), str(folder), kind], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (areas,) = json.loads(done.stdout).values()
    return {name: np.array([[sign == "1" for sign in row] for row in rows]) for name, rows in areas.items()}


@pytest.mark.parametrize("name", TO_DATUMARO)
def test_datumaro_finds_every_class(name, picture, zipped, tmp_path):
    found = pixels_read(zipped(name, picture), TO_DATUMARO[name], tmp_path)

    rest = picture.mask == 255
    for number in np.unique(picture.mask[~rest]).tolist():
        wanted = picture.mask == number
        if name == "camvid" and number == CAMVID_32.void:
            wanted = wanted | rest
        assert np.array_equal(found.pop(CAMVID_32.names[number]), wanted)
    assert set(found) == ({"ignored"} if name == "voc" else set())


def test_datumaro_finds_every_cityscapes_class(picture, zipped, tmp_path):
    found = pixels_read(zipped("cityscapes", picture), "cityscapes", tmp_path)

    labels = ids(CAMVID_32)[picture.mask]
    assert len(found) > 10
    for name, area in found.items():  # Datumaro knows only the classes that have a train id
        (number,) = (
            n for n, known in enumerate(CITYSCAPES) if known.replace(" ", "") == name.replace(" ", "")
        )
        assert np.array_equal(area, labels == number)
