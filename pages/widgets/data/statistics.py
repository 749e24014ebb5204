"""The Statistics tab: each class's share of the pixels, its frames, and its place in the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.datasets import Split
from core.datasets.contents.statistics import Statistics
from core.file_names import file_name
from core.languages import class_name, mark
from core.languages import gettext as _
from core.reports import dataset_charts, dataset_tables, tables
from pages.widgets.shared.datasets import OpenedSet, counts
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.markdown import Markdown, escape, markdown
from pages.widgets.shared.plots import chart_page_button, saved_chart

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_SHARES = mark("Share of pixels")
_FRAMES = mark("Frames with it")
_NUMBERS = mark("Classes in a frame")
_PLACES = mark("Where it is")
_CHARTS = (_SHARES, _FRAMES, _NUMBERS, _PLACES)
_WORDS = {
    _SHARES: mark(
        "A street is mostly road, building, sky and tree. A network that never predicts *TrafficCone* "
        "loses hardly any accuracy: that is why rare classes are hard to learn, and why **mean IoU** counts "
        "all classes equally."
    ),
    _NUMBERS: mark("How crowded the frames are."),
    _PLACES: mark(
        "The class is found most often where the map is bright. In every street the sky is above and "
        "the road below: a network learns that too."
    ),
}


def show_statistics(opened: OpenedSet) -> None:
    """Draw the chosen chart, and offer it as a file."""
    counted = counts(opened)
    if counted is not None:
        _show(opened, counted)


@fragment
def _show(opened: OpenedSet, counted: Statistics) -> None:
    chart = st.segmented_control(
        _("Chart"), _CHARTS, default=_SHARES, format_func=_, required=True, key="chart", bind="query-params"
    )
    st.markdown(_few_but_everywhere(counted) if chart == _FRAMES else _(_WORDS[chart]))
    if chart == _PLACES:
        _places(counted)
    elif chart == _NUMBERS:
        _draw(
            counted,
            dataset_charts.classes_per_frame_chart(counted),
            lambda: dataset_tables.frame_rows(counted),
            "classes-per-frame",
            _("Bars: how many frames have how many classes, by split."),
        )
    else:
        _by_class(counted, chart)


def _by_class(counted: Statistics, chart: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by_split = _several_splits(counted) and (
            st.segmented_control(
                _("Colour by"),
                [mark("Class"), mark("Split")],
                default="Class",
                format_func=_,
                required=True,
                key="colour_by",
            )
            == "Split"
        )
        log = chart == _SHARES and st.toggle(
            _("Logarithmic scale"),
            key="log",
            help=_("Each step is ten times the last one, so that rare classes can be seen beside Road."),
        )
    if chart == _SHARES:
        figure = dataset_charts.share_chart(counted, by_split, log)
        stem, alt = "shares", _("Bars: the share of all pixels that each class has, largest first.")
    else:
        figure = dataset_charts.frames_chart(counted, by_split)
        stem, alt = "frames", _("Bars: the share of frames in which each class occurs, largest first.")
    _draw(counted, figure, lambda: dataset_tables.class_rows(counted), stem, alt)


def _places(counted: Statistics) -> None:
    names = counted.class_list.names
    occurring = [name for name, frames in zip(names, counted.frames_with_class(), strict=True) if frames]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            _("Class"),
            occurring,
            key="place_class",
            width=260,
            index=_largest(counted, occurring),
            format_func=class_name,
        )
        offered: list[Split] = ["all", *dataset_charts.SPLIT_COLOURS]
        split: Split = st.segmented_control(
            _("Frames"),
            [each for each in offered if counted.within(each).any()],
            default="all",
            format_func=lambda split: escape(_(dataset_charts.SPLIT_NAMES[split])),
            required=True,
            key="place_split",
        )
    number = names.index(name)
    _draw(
        counted,
        dataset_charts.place_chart(counted, number, split),
        lambda: dataset_tables.place_rows(counted, number, split),
        f"where-{file_name(name)}-{split}",
        _("Heat map of the picture: where {name} is, on average over {split}.").format(
            name=class_name(name), split=_(dataset_charts.SPLIT_NAMES[split])
        ),
    )


def _largest(counted: Statistics, occurring: list[str]) -> int:
    shares = dict(zip(counted.class_list.names, counted.class_shares().tolist(), strict=True))
    return max(range(len(occurring)), key=lambda number: shares[occurring[number]])


def _few_but_everywhere(counted: Statistics) -> Markdown:
    """Why a thin class that nearly every street has is hard to learn."""
    words = markdown("A class can occur in nearly every frame and still have few pixels.")
    names = counted.class_list.names
    found = next((name for name in ("LaneMkgsDriv", "Column_Pole") if name in names), None)
    if found is None or not counted.frames_with_class()[names.index(found)]:
        return words
    number = names.index(found)
    having, share = counted.frames_with_class()[number], counted.class_shares()[number]
    return markdown(
        "{words} **{found}** is in {having} of {frames} frames with {share:.1%} of the pixels. That makes "
        "lane markings and poles hard: they are a few pixels wide, so an error of one pixel loses much of "
        "them, and a network that never predicts them loses hardly any accuracy.",
        words=words,
        found=class_name(found),
        having=having,
        frames=len(counted.names),
        share=share,
    )


def _several_splits(counted: Statistics) -> bool:
    return len(set(counted.splits.tolist())) > 1


def _draw(
    counted: Statistics, figure: Figure, rows: Callable[[], list[dict[str, Any]]], stem: str, alt: str
) -> None:
    name = f"{file_name(counted.dataset)}-{stem}"
    saved_chart(figure, name, alt, f"chart_{stem}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            _("CSV"),
            lambda: tables.to_csv(rows()),
            f"{name}.csv",
            icon=":material/download:",
            on_click="ignore",
        )
        chart_page_button(figure, name)
