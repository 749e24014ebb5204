"""Pictures written some rows at a time, read back by Pillow."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.photos.png_rows import write_indices, write_rgb

NOISE = np.random.default_rng(0).integers(0, 256, (23, 17, 3), dtype=np.uint8)


@pytest.mark.parametrize("rows", [1, 5, 23, 100])
def test_colours_read_back_whatever_the_bands(rows):
    file = io.BytesIO()
    write_rgb((NOISE[top : top + rows] for top in range(0, 23, rows)), 23, 17, file)

    with Image.open(file) as picture:
        assert picture.mode == "RGB"
        assert np.array_equal(picture, NOISE)


@pytest.mark.parametrize("rows", [1, 5, 100])
def test_indices_read_back_with_their_palette(rows):
    labels, palette = NOISE[..., 0], NOISE[0, :4]
    file = io.BytesIO()
    write_indices((labels[top : top + rows] for top in range(0, 23, rows)), 23, 17, palette, file)

    with Image.open(file) as picture:
        assert picture.mode == "P"
        assert np.array_equal(picture, labels)
        assert picture.getpalette() == palette.ravel().tolist() + [0] * (252 * 3)
