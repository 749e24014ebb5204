"""Faces and number plates on the Gather page: what is said, what waits, and going over photo by photo."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.photos import images
from core.photos.faces import finder
from core.photos.gather.entry import Faces
from core.photos.gather.files import add_files, files_of
from core.photos.gather.store import PhotoSet, open_set
from pages.widgets.gather import blurring


def script() -> None:
    from core.photos.gather.store import open_set
    from pages.widgets.gather.blurring import show_blurring
    from pages.widgets.gather.faces import faces_setting, warn_before_giving_away

    photos = open_set("mine")
    faces_setting(photos)
    show_blurring(photos)
    warn_before_giving_away(photos)


@pytest.fixture
def photos(monkeypatch: pytest.MonkeyPatch, tmp_path) -> PhotoSet:
    """Two photos, and no detector."""
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    monkeypatch.setattr(finder, "PACKAGE", "a_package_that_nobody_has")
    noise = np.random.default_rng(1).integers(0, 256, (2, 48, 64, 3), dtype=np.uint8)
    photos = open_set("mine")
    add_files(photos, files_of([(f"{n}.png", images.encode_png(each)) for n, each in enumerate(noise)]), None)
    return photos


@pytest.fixture
def page(photos) -> AppTest:
    return AppTest.from_function(script, default_timeout=60).run()


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click()
    return page.run()


def press_in_dialog(page: AppTest, label: str, number: int) -> AppTest:
    """In a browser only the dialog runs again; here the whole page does, and must open it again first."""
    page.session_state["photo_to_blur"] = number
    return press(page, label)


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def captions(page: AppTest) -> str:
    return " ".join(caption.value for caption in page.caption)


def test_all_that_can_be_said_is_offered(page):
    assert page.button_group[0].options == [setting.capitalize() for setting in get_args(Faces)]


def test_it_asks_until_every_photo_was_gone_over(page, photos):
    assert labels(page) == ["Go over 2 photos"]
    assert "in 2 of the 2 kept photos" in captions(page)

    page = press(page, "Go over 2 photos")
    assert "one of 2 still to be gone over" in page.markdown[0].value
    assert f"`{finder.INSTALL}` adds one " in captions(page)
    page = press_in_dialog(page, "Nothing to blur here", 1)
    assert "one of 1 still to be gone over" in page.markdown[0].value
    page = press_in_dialog(page, "Nothing to blur here", 2)

    assert not labels(page)
    assert captions(page).endswith("All kept photos were gone over.")
    assert not page.exception
    assert [entry.gone_over for entry in photos.entries()] == [True, True]


def test_a_photo_can_wait_for_later(page, photos):
    page = press_in_dialog(press(page, "Go over 2 photos"), "Later", 1)
    assert page.markdown[0].value.startswith("**2 ")
    page = press_in_dialog(page, "Later", 2)

    assert labels(page) == ["Go over 2 photos"]


def test_found_faces_are_places_until_somebody_says_otherwise(page, photos, monkeypatch):
    monkeypatch.setattr(blurring, "is_there", lambda: True)
    monkeypatch.setattr(blurring, "find_faces", lambda image: ((0.25, 0.25, 0.75, 0.75),))
    blurring._faces.cache_clear()
    page = press(page, "Go over 2 photos")
    assert "The detector found 1 face (dashed)" in captions(page)
    press_in_dialog(page, "Blur 1 place", 1)
    blurring._faces.cache_clear()

    first = photos.entries()[0]
    assert (first.blurred, first.gone_over, first.detector) == (1, True, finder.DETECTOR)
    assert images.decode(photos.picture(first))[15:30, 20:40].std() < 20


@pytest.mark.parametrize(
    ("faces", "sentence"),
    [
        ("off", "Switch it on before you give the photos to others."),
        ("already blurred", "photos' source has"),
    ],
)
def test_otherwise_nobody_is_asked(page, photos, faces, sentence):
    page.button_group[0].set_value(faces)
    page = page.run()

    assert photos.faces == faces
    assert not labels(page)
    assert sentence in captions(page)
    assert "of the 2 kept" not in captions(page)


def test_a_guest_reads_what_was_said(page, photos, monkeypatch):
    monkeypatch.setattr("pages.widgets.gather.faces.is_guest", lambda: True)
    page = page.run()

    assert "Faces and number plates: on" in captions(page)
    assert not page.button
    assert not page.button_group
