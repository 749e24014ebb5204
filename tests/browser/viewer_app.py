"""A page with nothing but pixel viewers and what they told Python; `?show=` picks the pictures.

The label maps are hand-made: every pixel has another class than its eight neighbours, so that a
place misread by one pixel in any direction is a wrong class.
"""

import io
import time

import numpy as np
import streamlit as st
from PIL import Image

from pages.widgets.pixel_viewer import Pixel, ViewerPicture, pixel_viewer, viewer_picture

NAMES = ("Sky", "Building", "Column_Pole", "Road", "Sidewalk", "Tree", "Car")
PALETTE = np.array(
    [
        (128, 128, 128),
        (128, 0, 0),
        (192, 192, 128),
        (128, 64, 128),
        (0, 0, 192),
        (128, 128, 0),
        (64, 0, 128),
    ],
    dtype=np.uint8,
)


def checker(height: int, width: int, shift: int = 0) -> ViewerPicture:
    """Class (3 row + col + shift) % 7, confidence (7 row + 13 col) % 101, a photo of plain grey."""
    rows, cols = np.mgrid[:height, :width]
    labels = ((3 * rows + cols + shift) % len(NAMES)).astype(np.uint8)
    confidence = ((7 * rows + 13 * cols) % 101).astype(np.uint8)
    photo = np.full((height, width, 3), 160, dtype=np.uint8)
    return viewer_picture(encoded(photo, "PNG"), labels, confidence, NAMES, PALETTE)


def street(height: int, width: int) -> ViewerPicture:
    """A drawn street, to look at: sky, houses, trees, a road with a car on it, a lamp post."""
    rows, cols = np.mgrid[:height, :width]
    y, x = rows / height, cols / width
    labels = np.zeros((height, width), dtype=np.uint8)
    labels[y > 0.18 + 0.3 * np.abs(x - 0.5) ** 0.7 * np.sin(9 * x) ** 2] = 1
    labels[(np.abs(x - 0.5) < 0.22) & (y < 0.5)] = 0
    for at, size in ((0.16, 0.13), (0.86, 0.17)):
        labels[np.hypot(x - at, (y - 0.38) * 0.8) < size * (1 + 0.12 * np.sin(40 * x) * np.cos(33 * y))] = 5
    labels[y > 0.56] = 4
    labels[(y > 0.5) & (np.abs(x - 0.5) < 0.04 + 0.9 * (y - 0.5))] = 3
    labels[(np.abs(x - 0.6) < 0.07) & (np.abs(y - 0.6) < 0.07)] = 6
    labels[(np.abs(x - 0.31) < 0.004) & (y > 0.2) & (y < 0.68)] = 2
    paint = [(166, 196, 226), (178, 140, 112), (70, 72, 74), (96, 98, 102), (150, 148, 142), (74, 112, 62)]
    photo = np.array([*paint, (150, 36, 34)])[labels]
    noise = np.random.default_rng(0).normal(0, 9, (height, width, 1))
    photo = np.clip(photo * (1.1 - 0.25 * y[..., None]) + noise, 0, 255).astype(np.uint8)
    edge = np.zeros((height, width))
    edge[:, 1:] += labels[:, 1:] != labels[:, :-1]
    edge[1:] += labels[1:] != labels[:-1]
    confidence = np.clip(97 - 45 * edge + noise[..., 0] / 4, 0, 100).astype(np.uint8)
    return viewer_picture(encoded(photo, "JPEG"), labels, confidence, NAMES, PALETTE)


def encoded(photo: np.ndarray, kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, kind)
    return buffer.getvalue()


@st.cache_resource(max_entries=16)
def picture_named(name: str) -> ViewerPicture:
    match name:
        case "small":
            return checker(48, 64)
        case "shifted":
            return checker(48, 64, shift=2)
        case "narrow":
            return checker(40, 15)
        case "street":
            return street(480, 640)
        case "portrait":
            return street(1024, 576)
        case _:
            return checker(480, 640)


def window_of(chosen: Pixel, width: int) -> list[Pixel]:
    """The 21 pixels around the chosen one; core.segmentation's rule, written out once more."""
    columns = range(min(21, width))
    first = min(max(chosen[1] - 10, 0), width - len(columns))
    return [(chosen[0], first + col) for col in columns]


def show(name: str, key: str) -> None:
    """One viewer, what it told Python, and a button by which Python moves the chosen pixel itself."""
    picture = picture_named(name)
    middle = (picture.height // 2, picture.width // 2)
    chosen = st.session_state.setdefault(f"{key}_chosen", middle)
    if not picture.contains(chosen):
        chosen = middle

    def choose(pixel: Pixel) -> None:
        st.session_state[f"{key}_chosen"] = pixel

    clicked = pixel_viewer(
        picture, chosen=chosen, window=window_of(chosen, picture.width), key=key, on_choose=choose
    )
    st.text(f"{key}: chosen={chosen} clicked={clicked}")
    st.button("To (3, 5)", key=f"{key}_button", on_click=choose, args=((3, 5),))


@st.fragment
def viewers() -> None:
    """`?show=large,small` viewers side by side; `&swap=small` another picture, or `nothing`."""
    time.sleep(float(st.query_params.get("seconds", "0")))
    names = st.query_params.get("show", "large").split(",")
    if "swap" in st.query_params and st.toggle("Swap"):
        names = [st.query_params["swap"]]
    if names == ["nothing"]:
        return
    for column, (number, name) in zip(st.columns(len(names)), enumerate(names), strict=True):
        with column:
            show(name, f"viewer{number}")


if __name__ == "__main__":  # and not when a test imports the pictures
    st.set_page_config(page_title="Pixel viewer", layout="wide")
    viewers()
