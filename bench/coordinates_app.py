"""Explore's essentials on streamlit-image-coordinates: picture, click, sentence, bars, chart and table."""

import pandas as pd
import streamlit as st
from PIL import Image
from streamlit_image_coordinates import streamlit_image_coordinates

from core.photos import images
from core.photos.samples import china
from core.reports import charts, tables
from core.segmentation import painting
from core.segmentation.probabilities import percent
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import load_segmenter

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
    chosen = reading.chosen
    with right:
        st.markdown(f"**{reading.sentence()}**")
        st.markdown(f"The network is {chosen.certainty} here: {chosen.entropy:.2f} bits of entropy.")
        for best in chosen.top:
            st.progress(best.probability, f"{best.name}: {percent(best.probability)}")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.echarts_chart(charts.reading_option(reading), height=400, key="chart")
    right.dataframe(pd.DataFrame(tables.reading_rows(reading)), hide_index=True, height=400)


look_inside()
