"""Everything on the Explore page as files."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

import streamlit as st

from core import charts, images, tables

if TYPE_CHECKING:
    from core.segmentation import PixelReading, Segmentation


def download_menu(segmentation: Segmentation, reading: PixelReading, photo: str) -> None:
    """A menu of downloads; a file is made when it is asked for. Its name says photo, model and size."""
    longest = max(segmentation.height, segmentation.width)
    stem = f"{PurePath(photo).stem}-{segmentation.model_name}-{longest}"
    files = {
        "Index mask (PNG)": (f"{stem}-index.png", partial(_index_mask, segmentation)),
        "Colour mask (PNG)": (f"{stem}-mask.png", partial(_colour_mask, segmentation)),
        "Overlay (PNG)": (f"{stem}-overlay.png", partial(_overlay, segmentation)),
        "Reading of the 21 pixels (CSV)": (f"{stem}-reading.csv", partial(tables.reading_csv, reading)),
        "Class shares (CSV)": (f"{stem}-shares.csv", partial(_shares, segmentation)),
    }
    with st.popover("Download", icon=":material/download:"):
        for label, (name, make) in files.items():
            st.download_button(label, make, name, on_click="ignore", width="stretch", type="tertiary")


def _index_mask(segmentation: Segmentation) -> bytes:
    return images.encode_index_png(segmentation.labels, segmentation.class_list.palette)


def _colour_mask(segmentation: Segmentation) -> bytes:
    return images.encode_png(charts.colour_mask(segmentation.labels, segmentation.class_list))


def _overlay(segmentation: Segmentation) -> bytes:
    return images.encode_png(charts.overlay(segmentation))


def _shares(segmentation: Segmentation) -> str:
    return tables.to_csv(tables.class_share_rows(segmentation))
