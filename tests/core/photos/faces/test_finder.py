"""What CenterFace's answers mean as boxes, and that a face is found where the package is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from skimage.data import astronaut

from core.photos.faces import finder
from core.photos.faces.finder import find_faces, is_there
from core.photos.faces.network import read_answers
from core.photos.faces.rectangles import distinct, wider
from tests.conftest import ROOT


def test_the_makefile_installs_the_version_that_was_measured() -> None:
    assert f"FACES := {finder.PACKAGE}=={finder.VERSION}\n" in (ROOT / "Makefile").read_text()


def test_the_networks_answers_are_boxes_in_pixels() -> None:
    likely = np.zeros((1, 3, 4), np.float32)
    sizes, offsets = np.zeros((2, 2, 3, 4), np.float32)
    likely[0, 1, 2] = 0.9
    sizes[:, 1, 2] = np.log(5), np.log(3)  # height, width, in strides of 4 pixels
    offsets[:, 1, 2] = 0.25, -0.5  # below, to the right

    boxes, scores = read_answers([likely, sizes, offsets], 0.5)

    # The middle is at row 4 * (1 + 0.25 + 0.5) = 7 and column 4 * (2 - 0.5 + 0.5) = 8.
    assert boxes == pytest.approx(np.array([[8 - 6, 7 - 10, 8 + 6, 7 + 10]]))
    assert scores == pytest.approx([0.9])
    assert len(read_answers([likely, sizes, offsets], 0.95)[0]) == 0


def test_of_boxes_that_mean_one_face_the_best_is_left() -> None:
    boxes = np.array([[0, 0, 10, 10], [50, 0, 60, 10], [1, 0, 11, 10]], np.float32)

    # The first and the third share 90 of 110 pixels.
    assert distinct(boxes, np.array([0.5, 0.7, 0.9], np.float32), 0.3).tolist() == [2, 1]
    assert distinct(boxes, np.array([0.5, 0.7, 0.9], np.float32), 0.9).tolist() == [2, 1, 0]
    assert distinct(boxes[:0], np.zeros(0, np.float32), 0.3).tolist() == []


def test_a_margin_ends_at_the_picture() -> None:
    boxes = np.array([[0.4, 0.5, 0.6, 0.7], [0.0, 0.9, 0.2, 1.0]], np.float32)

    assert wider(boxes, 0.5) == pytest.approx(np.array([[0.3, 0.4, 0.7, 0.8], [0.0, 0.85, 0.3, 1.0]]))


def test_without_the_package_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finder, "PACKAGE", "a_package_that_nobody_has")

    assert not is_there()
    assert find_faces(astronaut()) == ()


def test_another_file_than_the_one_that_was_measured_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "some_detector").mkdir()
    (tmp_path / "some_detector/__init__.py").write_text("raise RuntimeError('it is never imported')")
    (tmp_path / "some_detector/centerface.onnx").write_bytes(b"another network")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(finder, "PACKAGE", "some_detector")
    finder._network.cache_clear()

    assert not is_there()
    assert find_faces(astronaut()) == ()
    finder._network.cache_clear()


@pytest.mark.skipif(not is_there(), reason=f"no face detector here; `{finder.INSTALL}` adds one")
def test_the_astronauts_face_is_found() -> None:
    photo = astronaut()
    ((left, top, right, bottom),) = find_faces(photo)

    height, width = photo.shape[:2]
    eyes, chin = (105, 225), (170, 225)  # row and column, read off the photo
    for row, col in (eyes, chin):
        assert left < col / width < right
        assert top < row / height < bottom
    assert 0.2 < right - left < 0.4
    assert find_faces(np.full_like(photo, 128)) == ()
