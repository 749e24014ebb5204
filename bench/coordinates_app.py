"""Explore's essentials on streamlit-image-coordinates: picture, click, sentence, bars, chart and table."""

from typing import Any

import pandas as pd
import streamlit as st
from PIL import Image
from streamlit_image_coordinates import streamlit_image_coordinates

from core.photos import images
from core.photos.samples import china
from core.reports import charts, tables
from core.segmentation import painting
from core.segmentation.probabilities import percent
from core.segmentation.reading import PixelReading
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import load_segmenter

st.set_page_config(layout="wide")


@st.cache_resource(max_entries=1)
def segmentation() -> Segmentation:
    return load_segmenter("street-lite0").segment(images.decode(china().read_bytes()), 512)


def reading_option(reading: PixelReading, classes: int = 6) -> dict[str, Any]:
    """Stacked bars of the class probabilities of a reading's pixels, as an ECharts option object.

    classes: how many of the most probable classes get a colour of their own; the rest are summed in grey.
    ECharts updates a canvas in place; Plotly rebuilds hundreds of elements, which takes nearly as long as
    everything else that a click changes.
    """
    axis = charts.pixel_axis(reading)
    bars: list[dict[str, Any]] = [
        {
            "type": "bar",
            "stack": "classes",
            "name": stack.name,
            "data": [round(100 * height, 2) for height in stack.heights],
            "itemStyle": {
                "color": stack.colour,
                "borderColor": charts.EDGE["color"],
                "borderWidth": charts.EDGE["width"],
            },
            "barCategoryGap": "8%",
        }
        for stack in charts.class_stacks(reading, classes)
    ]
    frame = {
        "type": "bar",
        "xAxisIndex": 1,
        "data": [100 if n == reading.chosen_index else None for n in range(len(reading.pixels))],
        "itemStyle": {"color": "transparent", "borderColor": charts.FRAME, "borderWidth": 3},
        "label": {"show": True, "position": "top", "distance": 2, "formatter": "▼", "color": charts.FRAME},
        "barCategoryGap": "0%",
        "silent": True,
        "tooltip": {"show": False},
        "z": 3,
    }
    return {
        "animation": False,
        "grid": {"left": 0, "right": 8, "top": 24, "bottom": 24, "containLabel": True},
        "tooltip": {"trigger": "axis", "valueFormatter": "%.1f %%", "confine": True},
        # The first axis has the names that appear under the mouse, the second those shown below the chart.
        "xAxis": [
            {"type": "category", "data": [axis.pixel.format(label) for label in axis.labels], "show": False},
            {
                "type": "category",
                "position": "bottom",
                "data": axis.labels,
                "axisLabel": {"interval": 0, "rotate": 60},
                "axisTick": {"show": False},
                "name": axis.title,
                "nameLocation": "middle",
                "nameGap": 58 if reading.shape == "square" else 42,
                "axisPointer": {"show": False, "triggerTooltip": False},
            },
        ],
        "yAxis": {"type": "value", "max": 100, "axisLabel": {"formatter": "{value} %"}},
        "series": [*bars, frame],
    }


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
        st.echarts_chart(reading_option(reading), height=400, key="chart")
    right.dataframe(pd.DataFrame(tables.reading_rows(reading)), hide_index=True, height=400)


look_inside()
