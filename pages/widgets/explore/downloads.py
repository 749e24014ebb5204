"""Everything on the Explore page as files, each made on request."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import streamlit as st

from core.photos.photo import Photo
from core.reports import charts, export, tables
from core.segmentation.reading import PixelReading
from core.segmentation.segmentation import Segmentation
from core.segmentation.sizes import WorkingSize
from pages.widgets.photos.visitor_session import samples, visitor_session
from pages.widgets.segmentation.models import SegmentedPhoto, segment_later
from pages.widgets.shared.markdown import Markdown, markdown

_TITLES = {
    "index.png": markdown("Index mask (PNG)"),
    "mask.png": markdown("Colour mask (PNG)"),
    "overlay.png": markdown("Overlay (PNG)"),
    "confidence.png": markdown("Confidence map (PNG)"),
    "shares.csv": markdown("Class shares (CSV)"),
}
"""The label of each of `export.FILES`."""


def download_menu(
    shown: SegmentedPhoto, reading: PixelReading, photo: Photo, model: str, size: WorkingSize
) -> None:
    """A menu of downloads, drawn when opened. Each file's name has photo, model and size."""
    menu = st.popover("Download", icon=":material/download:", on_change="rerun", key="downloads")
    if not menu.open:
        return
    segmentation = shown.segmentation
    stem = export.file_stem(photo.name, model, size.name)
    files: dict[Markdown, tuple[str, Callable[[], str | bytes | io.BytesIO]]] = {
        _TITLES[ending]: (f"{stem}-{ending}", partial(make, segmentation))
        for ending, make in export.FILES.items()
    }
    files |= {
        markdown("Reading of the {count} pixels (CSV)", count=len(reading.pixels)): (
            f"{stem}-reading.csv",
            partial(tables.reading_csv, reading),
        ),
        markdown("Chart of the {count} pixels (HTML)", count=len(reading.pixels)): (
            f"{stem}-reading.html",
            lambda: charts.reading_chart(reading).to_html(include_plotlyjs=True),
        ),
        markdown("Probabilities of every pixel (NPZ)"): (
            f"{stem}-probabilities.npz",
            partial(_probabilities, segmentation),
        ),
        markdown("Everything of all photos (ZIP)"): (
            f"photos-{model}-{size.name}.zip",
            _everything(model, size),
        ),
    }
    with menu:
        for label, (name, make) in files.items():
            st.download_button(label, make, name, on_click="ignore", width="stretch", type="tertiary")
        st.caption("An index mask's values are line numbers of the class list, from 0.")


def _probabilities(segmentation: Segmentation) -> io.BytesIO:
    file = io.BytesIO()
    export.write_probabilities(segmentation, file)
    file.seek(0)
    return file


def _everything(model: str, size: WorkingSize) -> Callable[[], io.BytesIO]:
    """Files of all the visitor's photos; of the samples if there are no others."""
    photos = list(visitor_session().photos.values()) or samples()
    segmentations = segment_later(photos, model, size)

    def make() -> io.BytesIO:
        file = io.BytesIO()
        stems = [export.file_stem(photo.name, model, size.name) for photo in photos]
        export.write_all(zip(stems, segmentations(), strict=True), file)
        file.seek(0)
        return file

    return make
