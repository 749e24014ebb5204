"""The Python client asks the real service."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from streetscope import errors
from streetscope.client import Client
from streetscope.results import Mask, Picture, Segmented
from tests.conftest import COLOURS, ROAD, ROOT, SKY
from tests.service.conftest import Running


@pytest.fixture(scope="module")
def streets(service: Running) -> Iterator[Client]:
    with Client(service.url, service.key()) as client:
        yield client


def test_a_photo_is_segmented_in_each_form(streets: Client, photo, street, tmp_path: Path):
    answer, mask = streets.segment(photo, size=48), streets.mask(io.BytesIO(photo), size=48)
    picture = streets.colour_mask(photo, size=48)

    assert (answer.height, answer.width, answer.model) == (*street.shape, "street-lite0")
    assert answer.mask == mask
    assert mask.labels == street.tobytes()
    assert mask.at(30, 20) == street[30, 20]
    assert answer.classes[SKY].share == pytest.approx((street == SKY).mean())
    assert answer.classes[ROAD].colour == tuple(COLOURS.palette[ROAD])
    picture.save(tmp_path / "mask.png")
    assert np.array_equal(np.array(Image.open(tmp_path / "mask.png")), COLOURS.palette[street])


def test_a_pixel_is_read(streets: Client, photo, street, tmp_path: Path):
    (tmp_path / "street.png").write_bytes(photo)

    reading = streets.read(tmp_path / "street.png", 30, 20, size=48)

    assert len(reading.pixels) == 21
    assert (reading.chosen.row, reading.chosen.col) == (30, 20)
    assert reading.chosen.label == COLOURS.names[street[30, 20]]
    assert sum(reading.chosen.top.values()) == pytest.approx(1)


def test_what_there_is_is_listed(streets: Client):
    assert [model.name for model in streets.models()] == ["street-lite0"]
    assert [each.name for each in streets.classes()] == list(COLOURS.names)
    assert streets.ready()


@pytest.mark.parametrize(("form", "kind"), [("json", Segmented), ("index", Mask), ("colour", Picture)])
def test_a_batch_has_results_and_problems(streets: Client, photo, form, kind):
    good, bad, again = streets.batch([photo, b"no photo", photo], answer=form, size=48)

    assert (good.number, bad.number, again.number) == (0, 1, 2)
    assert isinstance(good.result, kind)
    assert good.result == again.result
    assert isinstance(bad.problem, errors.NotAPhotoError)


def test_a_refusal_has_the_services_sentence(streets: Client, photo):
    with pytest.raises(errors.NoSuchModelError, match="the models here are: street-lite0"):
        streets.segment(photo, model="nobody")
    with pytest.raises(errors.BadParameterError, match="32 to 2048"):
        streets.segment(photo, size=31)


def test_the_client_needs_none_of_the_rest():
    code = "import sys, streetscope.client; print(*{name.partition('.')[0] for name in sys.modules})"

    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert not {"core", "service", "torch", "streamlit", "numpy", "PIL"} & set(loaded.stdout.split())
