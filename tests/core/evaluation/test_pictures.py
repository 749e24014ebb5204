"""Small pictures of frames: every colour is where truth, prediction and errors have it."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from core.evaluation.pictures import MARK, FrameView, frame_pictures, marked_picture
from tests.conftest import COLOURS, ROAD, SKY, TREE

IGNORE = 255


def view(height: int = 8, width: int = 12) -> FrameView:
    """A grey photo; Sky above, Road below, whose left half is called Tree; the last column counts nowhere."""
    truth = np.full((height, width), SKY, np.uint8)
    truth[height // 2 :] = ROAD
    predicted = truth.copy()
    predicted[height // 2 :, : width // 2] = TREE
    truth[:, -1] = IGNORE
    return FrameView(np.full((height, width, 3), 100, np.uint8), truth, predicted)


def decoded(data: bytes) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(data)).convert("RGB"))


def test_truth_prediction_and_errors_have_the_colours_of_their_classes():
    pictures = frame_pictures(view(), COLOURS)
    truth, prediction, errors = map(decoded, (pictures.truth, pictures.prediction, pictures.errors))

    assert truth[0, 0].tolist() == COLOURS.palette[SKY].tolist()
    assert truth[7, 0].tolist() == COLOURS.palette[ROAD].tolist()
    assert prediction[7, 0].tolist() == errors[7, 0].tolist() == COLOURS.palette[TREE].tolist()
    # Right, and counting nowhere: pale, half way from 100 to white.
    assert errors[0, 0].tolist() == errors[0, 11].tolist() == [178, 178, 178]
    assert truth[0, 11].tolist() == prediction[0, 11].tolist() == [0, 0, 0]
    assert decoded(pictures.photo).shape == (8, 12, 3)


def test_pictures_are_at_most_as_wide_as_asked_for():
    pictures = frame_pictures(view(80, 120), COLOURS, width=30)

    for data in (pictures.photo, pictures.truth, pictures.prediction, pictures.errors):
        assert decoded(data).shape == (20, 30, 3)
    truth = decoded(pictures.truth)
    assert (truth[:10, :29] == COLOURS.palette[SKY]).all()
    assert (truth[10:, :29] == COLOURS.palette[ROAD]).all()


def test_marked_are_the_pixels_of_the_confusion():
    marked = (decoded(marked_picture(view(), ROAD, TREE)) == MARK).all(axis=2)

    expected = np.zeros((8, 12), dtype=bool)
    expected[4:, :6] = True
    assert (marked == expected).all()


def test_a_single_pixel_is_still_marked_in_a_small_picture():
    frame = view(90, 120)
    frame.predicted[:] = SKY
    frame.truth[:] = SKY
    frame.truth[50, 71] = ROAD

    marked = (decoded(marked_picture(frame, ROAD, SKY, width=40)) == MARK).all(axis=2)
    assert np.argwhere(marked).tolist() == [[16, 23]]
