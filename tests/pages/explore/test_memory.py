"""What an open photo takes on the server, counted in bytes: with 31 classes it must stay within a bound."""

from __future__ import annotations

import numpy as np

from core.classes import CAMVID_31
from core.models.networks import find_network
from core.segmentation.segmentation import Segmentation
from pages.widgets.segmentation.models import SegmentedPhoto, _viewer_picture
from pages.widgets.viewer.logits import fit_a_browser, pack

SIDE, STRIDE = 1024, find_network("unet_lite0").stride
MOST = 32 * 2**20


def test_a_photo_of_31_classes_at_1024_takes_at_most_32_megabytes_and_is_read_in_the_browser() -> None:
    dice, cells = np.random.default_rng(1), SIDE // STRIDE
    # Alike from cell to cell, as a network's answer is; its last digits are noise.
    coarse = dice.normal(0, 4, (len(CAMVID_31), cells // 8, cells // 8))
    logits = np.kron(coarse, np.ones((8, 8))) + dice.normal(0, 0.1, (len(CAMVID_31), cells, cells))
    logits = logits.astype(np.float16)
    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    made = Segmentation.of_logits(image, logits, STRIDE, CAMVID_31, "none")
    shown = SegmentedPhoto(made.without_confidence(), _viewer_picture(made))
    assert fit_a_browser(logits)
    assert made.without_confidence().nbytes == image.nbytes + SIDE * SIDE + logits.nbytes
    assert shown.nbytes + len(pack(logits)) <= MOST
