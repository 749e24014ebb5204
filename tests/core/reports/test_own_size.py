"""Masks at the photo's own size: in the right places, equal to the working size's where both are one."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from core.classes import CAMVID_11
from core.reports import own_size
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import load_segmenter
from tests.conftest import ROOT


def random_segmentation(height: int, width: int, stride: int) -> Segmentation:
    """A segmentation of noise whose logits cover the picture padded to a multiple of 32."""
    rows, cols = ((side + 31) // 32 * 32 // stride for side in (height, width))
    logits = np.random.default_rng(0).normal(0, 3, (11, rows, cols)).astype(np.float16)
    image = np.zeros((height, width, 3), np.uint8)
    return Segmentation.of_logits(image, logits, stride, CAMVID_11, "none")


def whole(bands) -> np.ndarray:
    return np.concatenate(list(bands))


@pytest.mark.parametrize("stride", [1, 2, 4])
def test_at_the_working_size_the_labels_are_the_working_sizes(stride):
    segmentation = random_segmentation(45, 70, stride)

    assert np.array_equal(whole(segmentation.labels_at(45, 70)), segmentation.labels)


@pytest.mark.parametrize(("height", "width"), [(90, 140), (135, 77), (20, 31), (45, 700), (1, 1)])
def test_logits_are_interpolated_as_pytorch_does(height, width):
    """At any size and aspect ratio, such as that of a photo which was squashed to a square."""
    segmentation = random_segmentation(64, 96, 2)  # no padding: all of the logits are the picture's
    cells = torch.from_numpy(segmentation.logits.astype(np.float32))[None]
    scaled = torch.nn.functional.interpolate(cells, (height, width), mode="bilinear", align_corners=False)[0]
    best = scaled.topk(2, dim=0).values
    clear = (best[0] - best[1] > 1e-3).numpy()  # elsewhere rounding may decide

    found = whole(segmentation.labels_at(height, width))
    assert found.shape == (height, width)
    assert np.array_equal(found[clear], scaled.argmax(0).numpy()[clear])
    assert clear.mean() > 0.9 or height * width == 1


def test_an_enlarged_segmentation_has_the_labels_of_that_size():
    segmentation = random_segmentation(45, 70, 2)
    image = np.ones((90, 133, 3), np.uint8)

    enlarged = segmentation.enlarged(image)

    same = enlarged.labels == whole(segmentation.labels_at(90, 133))
    assert same.mean() > 0.998  # logits that differ by less than half precision may change places
    assert enlarged.image is image
    assert enlarged.confidence.shape == enlarged.labels.shape == (90, 133)
    assert np.array_equal(segmentation.enlarged(segmentation.image).labels, segmentation.labels)


@pytest.mark.parametrize("square", [False, True])
def test_things_are_where_they_are_in_the_photo(colour_model, paint, square):
    """A photo of 128 x 512 with four corners of different classes, segmented small, and squashed too."""
    labels = np.zeros((128, 512), np.uint8)
    labels[64:], labels[:, 128:] = 1, labels[:, 128:] + 2
    labels = labels.clip(max=3)
    segmentation = load_segmenter(colour_model).segment(paint(labels), 64, square)
    found = whole(segmentation.labels_at(128, 512))

    # Beside the boundaries a pixel of the small picture, 8 wide, is a mixture.
    inside = np.ones_like(labels, bool)
    inside[64 - 9 : 64 + 9] = inside[:, 128 - 9 : 128 + 9] = False
    assert np.array_equal(found[inside], labels[inside])
    assert (found == labels).mean() > 0.95


def test_the_files_are_pictures_of_the_photos_size(colour_model, street, paint, colours):
    photo = paint(street.repeat(3, 0).repeat(2, 1))
    segmentation = load_segmenter(colour_model).segment(photo, 96)
    files = {kind: io.BytesIO() for kind in own_size.KINDS}
    own_size.write_index_mask(segmentation, 120, 96, files["index"])
    own_size.write_colour_mask(segmentation, 120, 96, files["mask"])
    own_size.write_overlay(segmentation, photo, files["overlay"])
    index, mask, overlay = (np.array(Image.open(file)) for file in files.values())

    assert index.shape == (120, 96)
    assert np.array_equal(mask, colours.palette[index])
    blended = photo * 0.45 + mask * 0.55
    assert np.abs(overlay - blended).max() <= 0.5 + 1e-6


def test_a_files_name_says_its_size():
    assert own_size.file_ending("mask", 3000, 4000) == "mask-4000x3000.png"


WRITE_LARGE = """
import os, resource
import numpy as np
from core.classes import CAMVID_32
from core.reports import own_size
from core.segmentation.segmentation import Segmentation

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

logits = np.random.default_rng(0).uniform(-5, 5, (32, 24, 32)).astype(np.float16)
segmentation = Segmentation(
    np.zeros((96, 128, 3), np.uint8), np.zeros((96, 128), np.uint8),
    logits, 4, CAMVID_32, "none",
)
with open(os.devnull, "wb") as file:
    own_size.write_colour_mask(segmentation, 30, 40, file)
    before = peak()
    own_size.write_colour_mask(segmentation, 1500, 2000, file)
print(peak() - before)
"""


def test_writing_holds_a_few_rows_of_one_class():
    """All classes' scores of 3 megapixels would be 384 MB; a process of its own tells its peak."""
    done = subprocess.run(
        [sys.executable, "-c", WRITE_LARGE],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 24 * 1024**2
