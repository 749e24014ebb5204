"""Explore's essentials on Gradio: picture, `Image.select`, sentence, bars, chart and table."""

from __future__ import annotations

import sys

import gradio as gr
import pandas as pd
from plotly.graph_objects import Figure

from core.photos import images
from core.photos.samples import china
from core.reports import charts, tables
from core.segmentation import painting
from core.segmentation.engines.choice import EngineChoice
from core.segmentation.reading import PixelReading
from core.segmentation.segmenter import load_segmenter

segmenter = load_segmenter("street-lite0", EngineChoice.ONNX_RUNTIME)  # its environment has no PyTorch
result = segmenter.segment(images.decode(china().read_bytes()), 512)


def read(row: int, col: int) -> tuple[str, dict[str, float], Figure, pd.DataFrame]:
    reading = result.read_pixel(row, col)
    chosen = reading.chosen
    return (
        reading.sentence(),
        {best.name: best.probability for best in chosen.top},
        stacked(reading),
        pd.DataFrame(tables.reading_rows(reading)),
    )


def stacked(reading: PixelReading) -> Figure:
    axis = charts.pixel_axis(reading)
    bars = [
        {
            "type": "bar",
            "name": each.name,
            "x": axis.labels,
            "y": each.heights,
            "marker": {"color": each.colour},
        }
        for each in charts.class_stacks(reading)
    ]
    return charts.figure_of(bars, {"barmode": "stack", "xaxis": {"type": "category"}})


def select(event: gr.SelectData) -> tuple[str, dict[str, float], Figure, pd.DataFrame]:
    col, row = event.index
    return read(int(row), int(col))


with gr.Blocks() as page:
    with gr.Row():
        picture = gr.Image(painting.overlay(result), interactive=False, show_label=False)
        with gr.Column():
            sentence = gr.Markdown(elem_id="sentence")
            bars = gr.Label(num_top_classes=5)
    with gr.Row():
        chart = gr.Plot(elem_id="chart")
        table = gr.Dataframe(elem_id="table")
    outputs = [sentence, bars, chart, table]
    picture.select(select, None, outputs, show_progress="hidden")
    page.load(lambda: read(result.height // 2, result.width // 2), None, outputs)

page.launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True)
