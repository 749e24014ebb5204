"""A page with nothing but pixel viewers and what they told Python; `?show=` picks the pictures.

`&swap=small` adds a toggle that shows another picture (or `nothing`) instead; `&shape=square` and
`&pins=1` do what they say; `&link=1` links the viewers; `&view=mask` is the page's view, `&wired=1`
lets the page follow the view that somebody picks; `&looks=1` lets it keep the look; `&photos=1` says that
each picture is of another photo; `&seconds=1` makes every run slow; `&reads=1` shows the reading of the
chosen pixel beside the picture, where there is a segmentation.

A field at the end takes a number and another query string, and shows that as to a new visitor.

The label maps are hand-made: every pixel has another class than its eight neighbours, so that a
place misread by one pixel in any direction is a wrong class.
"""

import io
import time
from functools import partial
from typing import cast, get_args
from urllib.parse import parse_qs

import numpy as np
import streamlit as st
from PIL import Image

from core.classes import CAMVID_31, ClassList, SegmentationClass
from core.segmentation.reading import Shape
from core.segmentation.segmentation import Segmentation
from pages.widgets.shared.media import forget_earlier_files, keep_earlier_files
from pages.widgets.viewer.pixel_viewer import (
    Look,
    Pixel,
    View,
    ViewerPicture,
    ViewerPin,
    pixel_viewer,
    viewer_picture,
)

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

MARKS = {"Train": "Learnt only from drawings."}

PART = Look(0.25, 0.5, 0.5, None, (3, 5))
"""A part of a picture without two of the classes."""


def checker(height: int, width: int, shift: int = 0) -> ViewerPicture:
    """Class (3 row + col + shift) % 7, confidence (7 row + 13 col) % 101, a photo of plain grey."""
    rows, cols = np.mgrid[:height, :width]
    labels = ((3 * rows + cols + shift) % len(NAMES)).astype(np.uint8)
    confidence = ((7 * rows + 13 * cols) % 101).astype(np.uint8)
    photo = np.full((height, width, 3), 160, dtype=np.uint8)
    return viewer_picture(encoded(photo, "PNG"), labels, NAMES, PALETTE, confidence_percent=confidence)


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
    return viewer_picture(encoded(photo, "JPEG"), labels, NAMES, PALETTE, confidence_percent=confidence)


def difference(height: int, width: int) -> ViewerPicture:
    """Class 0, the same in both, without a colour; class 1 in every third column. No confidence."""
    labels = np.zeros((height, width), dtype=np.uint8)
    labels[:, ::3] = 1
    photo = np.full((height, width, 3), 160, dtype=np.uint8)
    return viewer_picture(encoded(photo, "PNG"), labels, ("The same in both", "Changed"), (None, (200, 0, 0)))


def fine(height: int, width: int) -> ViewerPicture:
    """From the top a quarter of Sky, a quarter of Building, three eighths of Road, then Car and Train."""
    labels = np.full((height, width), CAMVID_31.index("Road"), dtype=np.uint8)
    labels[: height // 4] = CAMVID_31.index("Sky")
    labels[height // 4 : height // 2] = CAMVID_31.index("Building")
    labels[height * 7 // 8 :, : width // 2] = CAMVID_31.index("Car")
    labels[height * 7 // 8 :, width // 2 :] = CAMVID_31.index("Train")
    photo = np.full((height, width, 3), 160, dtype=np.uint8)
    return viewer_picture(encoded(photo, "PNG"), labels, CAMVID_31.names, CAMVID_31.palette)


def segmentation_of(
    height: int, width: int, stride: int, classes: int, seed: int = 0, block: int = 1
) -> Segmentation:
    """Logits by chance, as wide apart as a network's, and what follows from them; alike in blocks of cells.

    Many are whole numbers, so that two classes are often equally probable. There are more cells than the
    picture needs: a network pads it to a multiple of 32 pixels.
    """
    chance = np.random.default_rng(seed)
    cells = [-(-length // 32) * 32 // (stride * block) for length in (height, width)]
    logits = chance.normal(0, 3, (classes, *cells)).astype(np.float16).repeat(block, 1).repeat(block, 2)
    whole = chance.random(logits.shape) < 0.3
    logits[whole] = np.round(logits[whole])
    listed = [
        SegmentationClass(
            NAMES[n] if n < len(NAMES) else f"Class {n}", tuple(PALETTE[n % len(NAMES)].tolist())
        )
        for n in range(classes)
    ]
    image = np.full((height, width, 3), 160, dtype=np.uint8)
    return Segmentation.of_logits(image, logits, stride, ClassList("chance", tuple(listed)), "chance")


@st.cache_resource
def segmentation_named(name: str) -> Segmentation:
    """`blended` has few numbers, `many` more than a browser is asked to keep; the others are like photos."""
    match name:
        case "many":
            return segmentation_of(224, 320, 1, 200)
        case "lying":
            return segmentation_of(320, 512, 2, 7, block=16)
        case "upright":
            return segmentation_of(512, 288, 2, 7, block=16)
        case _:
            return segmentation_of(96, 130, 4, 7)


def segmented(result: Segmentation) -> ViewerPicture:
    """A segmentation as the app shows it."""
    photo, names, palette = encoded(result.image, "PNG"), result.class_list.names, result.class_list.palette
    return viewer_picture(
        photo, result.labels, names, palette, confidence_percent=result.confidence_percent()
    )


def entropy_of(height: int, width: int) -> np.ndarray:
    """(row + 2 col) % 141 fiftieths of a bit: at most 2.8, the bits of seven classes."""
    entropies_made().append((height, width))
    rows, cols = np.mgrid[:height, :width]
    entropy: np.ndarray = ((rows + 2 * cols) % 141).astype(np.uint8)
    return entropy


@st.cache_resource
def entropies_made() -> list[Pixel]:
    """The sizes of all entropy maps that were ever asked for."""
    return []


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
        case "tiny":
            return checker(12, 16)
        case "rare":
            return checker(36, 48)
        case "narrow":
            return checker(40, 15)
        case "squashed":
            return checker(64, 64)
        case "street":
            return street(480, 640)
        case "street-large":
            return street(768, 1024)
        case "square1024":
            return street(1024, 1024)
        case "portrait":
            return street(1024, 576)
        case "fine":
            return fine(48, 64)
        case "difference":
            return difference(48, 64)
        case "blended" | "lying" | "upright" | "many":
            return segmented(segmentation_named(name))
        case _:
            return checker(480, 640)


def of_visit(key: str) -> str:
    """A widget's key, another one at each visit."""
    return f"{key} of visit {st.session_state.visit}" if "visit" in st.session_state else key


def show(name: str, key: str, names: list[str]) -> None:
    """One viewer, what it told Python, and buttons by which Python moves the chosen pixel itself."""
    asked, state = st.query_params, st.session_state
    picture = picture_named(name)
    chosen = state.setdefault(f"{key}_chosen", (picture.height // 2, picture.width // 2))
    if not picture.contains(chosen):
        chosen = (picture.height // 2, picture.width // 2)
    view = state.setdefault(f"{key}_view", asked.get("view", "overlay"))

    def choose(pixel: Pixel) -> None:
        state[f"{key}_chosen"] = pixel
        if "link" in asked:
            for number, other in enumerate(names):
                place = picture.same_place(pixel, picture_named(other))
                state[f"viewer{number}_chosen"] = place

    def pick_view(picked: View) -> None:
        state[f"{key}_view"] = picked
        state[f"{key}_told"] = [*state.get(f"{key}_told", []), picked]

    def pick_shape(picked: Shape) -> None:
        state[f"{key}_shape"] = picked

    def keep_look(seen: Look) -> None:
        state[f"{key}_look"] = seen

    pins = [ViewerPin("kerb", 5, 6), ViewerPin("roof", picture.height - 2, picture.width - 3)]
    clicked = pixel_viewer(
        picture,
        chosen=chosen,
        shape=state.get(f"{key}_shape") or cast(Shape, asked.get("shape", "row")),
        key=of_visit(key),
        view=view,
        entropy=partial(entropy_of, picture.height, picture.width),
        segmentation=segmentation_named(name) if "reads" in asked else None,
        pins=pins if "pins" in asked else (),
        link="together" if "link" in asked else None,
        subject=name if "photos" in asked else None,
        look=state.get(f"{key}_look", Look()) if "looks" in asked else None,
        marks=MARKS,
        on_choose=choose,
        on_view=pick_view if "wired" in asked else None,
        on_shape=pick_shape,
        on_look=keep_look if "looks" in asked else None,
    )
    if "looks" in asked:
        st.text(f"{key}: look={state.get(f'{key}_look')}")
        st.button("Look at a part", key=f"{key}_part", on_click=keep_look, args=(PART,))
    st.text(f"{key}: chosen={chosen} clicked={clicked}")
    st.text(f"{key}: told={','.join(state.get(f'{key}_told', [])) or 'nothing'}")
    st.button("To (3, 5)", key=f"{key}_button", on_click=choose, args=((3, 5),))
    if "view" in asked:
        for each in get_args(View):
            st.button(
                f"Page shows {each}",
                key=f"{key}_{each}",
                on_click=state.update,
                args=({f"{key}_view": each},),
            )


@st.fragment
def viewers() -> None:
    """The viewers side by side; choosing a pixel runs only this again."""
    time.sleep(float(st.query_params.get("seconds", "0")))
    names = st.query_params.get("show", "large").split(",")
    if "swap" in st.query_params and st.toggle("Swap", key=of_visit("swap")):
        names = [st.query_params["swap"]]
    if names == ["nothing"]:
        return
    for column, (number, name) in zip(st.columns(len(names)), enumerate(names), strict=True):
        with column:
            show(name, f"viewer{number}", names)
    first = picture_named(names[0])
    st.text(f"Entropy maps made: {entropies_made().count((first.height, first.width))}")


def visit_anew() -> None:
    """Forget everything but the files that the browser may still fetch, and ask for what the field says."""
    number, _, asked = st.session_state.field.partition(" ")
    for name in set(st.session_state) - {"field", "media_named", "media_earlier"}:
        del st.session_state[name]
    st.query_params.from_dict(parse_qs(asked))
    st.session_state.visit = number


if __name__ == "__main__":  # and not when a test imports the pictures
    keep_earlier_files()
    st.set_page_config(page_title="Pixel viewer", layout="wide")
    viewers()
    st.session_state.runs = st.session_state.get("runs", 0) + 1
    st.text(f"Full runs: {st.session_state.runs}")
    st.text_input("Visit", key="field", on_change=visit_anew)
    if "visit" in st.session_state:
        st.text(f"This is visit {st.session_state.visit}.")
    forget_earlier_files()
