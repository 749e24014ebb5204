"""Everything on the Explore page as files, each made when it is asked for."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

import streamlit as st

from core.languages import gettext as _
from core.photos import guarded, images
from core.photos.photo import Photo
from core.reports import export, own_size, reading_page, tables
from core.segmentation.reading import PixelReading
from core.segmentation.segmentation import ENTROPY_STEPS, Segmentation
from core.segmentation.sizes import WorkingSize
from pages.widgets.photos.visitor_session import MAX_PHOTOS, visitor_session
from pages.widgets.segmentation.models import SegmentedPhoto, segment_later
from pages.widgets.shared.markdown import Markdown, markdown


def _titles() -> dict[str, Markdown]:
    """The label of each of `export.FILES`."""
    return {
        "index.png": markdown("Index mask (PNG)"),
        "mask.png": markdown("Colour mask (PNG)"),
        "overlay.png": markdown("Overlay (PNG)"),
        "confidence.png": markdown("Confidence map (PNG)"),
        "entropy.png": markdown("Entropy map (PNG)"),
        "shares.csv": markdown("Class shares (CSV)"),
    }


def _meanings() -> dict[str, Markdown]:
    """What is in each of them."""
    return {
        "index.png": markdown("Each pixel's value is its class's number in the class list, counted from 0."),
        "mask.png": markdown("Each pixel has the colour of its class."),
        "overlay.png": markdown("The photo under the colour mask."),
        "confidence.png": markdown(
            "White is a confidence of 100%, black of 0%: the grey value is 255 times the confidence."
        ),
        "entropy.png": markdown(
            "Black is sure; the lighter a pixel is, the less sure the network is: the grey value is {steps} "
            "times the entropy in bits.",
            steps=ENTROPY_STEPS,
        ),
        "shares.csv": markdown("How much of the picture each class has."),
    }


_WIDTH = 340
"""Of the menu, in CSS pixels: its explanations take some lines instead of the window's width."""


def _greys() -> Markdown:
    return markdown(
        "Index mask: a pixel's value is the number of its class, from 0. Confidence map: white is 100%. "
        "Entropy map: black is sure; the grey value is {steps} times the entropy in bits.",
        steps=ENTROPY_STEPS,
    )


def _own_size_titles() -> dict[own_size.Kind, Markdown]:
    return {
        "index": markdown("Index mask, full size (PNG)"),
        "mask": markdown("Colour mask, full size (PNG)"),
        "overlay": markdown("Overlay, full size (PNG)"),
    }


def _own_size_meaning() -> Markdown:
    return markdown(
        "As above, with the network's scores interpolated to every pixel of the photo. A large one takes "
        "seconds."
    )


_PLACES = threading.BoundedSemaphore(2)
"""Files at a photo's own size that this server makes at a time: each may hold 50 megapixels."""


@dataclass(frozen=True)
class _File:
    """A file of the menu. meaning: what is in it. make: called when its button is pressed, sessionless."""

    label: Markdown
    meaning: Markdown
    name: str
    make: Callable[[], str | bytes | io.BytesIO]


def download_menu(
    shown: SegmentedPhoto, reading: PixelReading, photo: Photo, model: str, size: WorkingSize
) -> None:
    """A menu of downloads, drawn when opened. Each file's name has photo, model and size."""
    menu = st.popover(_("Download"), icon=":material/download:", on_change="rerun", key="downloads")
    if not menu.open:
        return
    segmentation = shown.segmentation
    stem = export.file_stem(photo.name, model, size.name)
    with menu, st.container(width=_WIDTH):
        st.markdown(
            markdown(
                "**The picture**, {width} x {height}", width=segmentation.width, height=segmentation.height
            )
        )
        _buttons(_of_the_picture(segmentation, stem))
        st.caption(_greys())
        if (segmentation.height, segmentation.width) != (photo.height, photo.width):
            st.markdown(
                markdown(
                    "**At the photo's own size**, {width} x {height}", width=photo.width, height=photo.height
                )
            )
            _buttons(_at_own_size(segmentation, photo, stem))
        st.markdown(_("**The chosen pixel**"))
        about = _("{photo} at {size}, model {model}").format(
            photo=photo.name[:80], size=_(size.title), model=model
        )
        _buttons(_of_the_pixel(reading, about, stem))
        st.markdown(_("**All photos**"))
        _buttons([_everything(model, size)])


def _buttons(files: Sequence[_File]) -> None:
    with st.container(gap=None):
        for file in files:
            label: Markdown = file.label
            meaning: Markdown = file.meaning
            st.download_button(label, file.make, file.name, on_click="ignore", type="tertiary", help=meaning)


def _of_the_picture(segmentation: Segmentation, stem: str) -> list[_File]:
    files = [
        _File(_titles()[ending], _meanings()[ending], f"{stem}-{ending}", partial(make, segmentation))
        for ending, make in export.FILES.items()
    ]
    probabilities = _File(
        markdown("Probabilities of every pixel (NPZ)"),
        markdown("For NumPy: all classes' probabilities, in half precision, and the classes' names."),
        f"{stem}-probabilities.npz",
        partial(_written, partial(export.write_probabilities, segmentation)),
    )
    return [*files, probabilities]


def _at_own_size(segmentation: Segmentation, photo: Photo, stem: str) -> list[_File]:
    makers: dict[own_size.Kind, Callable[[BinaryIO], None]] = {
        "index": partial(own_size.write_index_mask, segmentation, photo.height, photo.width),
        "mask": partial(own_size.write_colour_mask, segmentation, photo.height, photo.width),
        "overlay": partial(_write_overlay, segmentation, photo),
    }
    return [
        _File(
            title,
            _own_size_meaning(),
            f"{stem}-{own_size.file_ending(kind, photo.height, photo.width)}",
            partial(_one_of_few, makers[kind]),
        )
        for kind, title in _own_size_titles().items()
    ]


def _of_the_pixel(reading: PixelReading, about: str, stem: str) -> list[_File]:
    count = len(reading.pixels)
    return [
        _File(
            markdown("Reading of the {count} pixels (CSV)", count=count),
            markdown("Each pixel's place, class, entropy, and probability of every class."),
            f"{stem}-reading.csv",
            partial(tables.reading_csv, reading),
        ),
        _File(
            markdown("Chart of the {count} pixels (HTML)", count=count),
            markdown("Chart and table on a page of their own, which opens without the internet."),
            f"{stem}-reading.html",
            partial(reading_page.reading_page, reading, about),
        ),
    ]


def _written(write: Callable[[BinaryIO], None]) -> io.BytesIO:
    file = io.BytesIO()
    write(file)
    file.seek(0)
    return file


def _one_of_few(write: Callable[[BinaryIO], None]) -> io.BytesIO:
    with _PLACES:
        return _written(write)


def _write_overlay(segmentation: Segmentation, photo: Photo, file: BinaryIO) -> None:
    decode = images.decode if photo.sample else guarded.decode
    own_size.write_overlay(segmentation, decode(photo.data), file)


def _everything(model: str, size: WorkingSize) -> _File:
    """Files of all the visitor's photos; of the samples if there are none; of a set, from this one on."""
    mine = visitor_session()
    if mine.opened():
        here = mine.here().number
        photos = [photo for photo in mine.listed() if photo.number >= here][:MAX_PHOTOS]
    else:
        photos = [photo for photo in mine.listed() if photo.own] or mine.listed()
    segmentations = segment_later([photo.read for photo in photos], model, size)

    def make() -> io.BytesIO:
        stems = [export.file_stem(photo.name, model, size.name) for photo in photos]
        return _written(partial(export.write_all, zip(stems, segmentations(), strict=True)))

    return _File(
        markdown("Everything of all photos (ZIP)"),
        markdown(
            "Masks, overlay, maps and class shares of your photos, or of the samples; of a set, of this "
            "photo and those after it, at most {most}.",
            most=MAX_PHOTOS,
        ),
        f"photos-{model}-{size.name}.zip",
        make,
    )
