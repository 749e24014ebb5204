"""Explore's essentials on streamlit-image-coordinates: picture, click, sentence, bars, chart and table."""

import streamlit as st
from PIL import Image
from streamlit_image_coordinates import streamlit_image_coordinates

from core.photos import images
from core.photos.samples import china
from core.segmentation import painting
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import load_segmenter
from pages.widgets.explore.reading import show_chosen, show_neighbours

st.set_page_config(layout="wide")


@st.cache_resource(max_entries=1)
def segmentation() -> Segmentation:
    return load_segmenter("street-lite0").segment(images.decode(china().read_bytes()), 512)


@st.fragment
def look_inside() -> None:
    result = segmentation()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        point = streamlit_image_coordinates(Image.fromarray(painting.overlay(result)), key="picture")
    row, col = (point["y"], point["x"]) if point else (result.height // 2, result.width // 2)
    reading = result.read_pixel(min(row, result.height - 1), min(col, result.width - 1))
    with right:
        show_chosen(reading)
    show_neighbours(reading)


look_inside()
