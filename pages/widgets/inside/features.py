"""The feature maps of each stage of the network, and the pictures that excite a channel most."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.inside.painting import grey, marked
from core.inside.stages import Peaks, Stage, all_peaks, exemplars
from core.jobs import Job
from core.languages import filled
from core.languages import gettext as _
from core.photos import images
from pages.widgets.inside.subject import Subject
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.jobs import jobs, watch
from pages.widgets.shared.markdown import Markdown, escape, markdown

_STAGE, _CHANNEL = "stage", "channel"
_ACROSS = 164
"""Width of a map on the page, in CSS pixels."""


def features_view(subject: Subject) -> None:
    """The most active channels of a stage as grey pictures, and what excites one of them elsewhere."""
    with st.spinner(_("Reading the stages of the network"), show_time=True):
        stages = _stages(subject.key, subject)

    def title(number: int) -> Markdown:
        return escape(_title(number, stages))

    number = st.select_slider(
        _("Stage, from the photo to the answer"),
        range(len(stages)),
        value=min(3, len(stages) - 1),
        format_func=title,
        key=_STAGE,
    )
    stage = stages[number]
    words = markdown(
        "**{channels}** channels at 1/{stride} of the photo's size; the {shown} most active of them, the "
        "most active first. White is a channel's highest value here, black its lowest. Module `{name}`.",
        channels=len(stage.activity),
        stride=stage.stride,
        shown=len(stage.channels),
        name=stage.name,
    )
    st.caption(words)
    with st.container(horizontal=True, gap="small"):
        for channel, values, picture in zip(stage.channels, stage.maps, _maps(stage), strict=True):
            words = markdown(
                "channel {channel} · {value:.2f}", channel=channel, value=stage.activity[channel]
            )
            st.image(picture, words, width=_ACROSS, alt=_in_words(channel, values))
    channel = st.selectbox(
        _("Channel to look for in other pictures"),
        stage.channels,
        format_func=_channel,
        key=f"{_CHANNEL}_{number}",
        filter_mode=None,
        width=320,
    )
    _exciting(subject, number, int(channel))


@st.cache_data(max_entries=4, show_spinner=False)
def _stages(key: str, _subject: Subject) -> list[Stage]:
    return _subject.inspector.stages(_subject.segmentation.image)


def _title(number: int, stages: list[Stage]) -> str:
    place = f"{number + 1} · 1/{stages[number].stride}"
    last = number == len(stages) - 1
    return _("{stage}, class scores").format(stage=place) if last else place


def _channel(number: int) -> Markdown:
    return markdown("channel {channel}", channel=number)


def _in_words(channel: int, values: NDArray[np.float32]) -> str:
    """What the map of a channel shows. values: (height, width)."""
    row, col = np.unravel_index(values.argmax(), values.shape)
    place = {"down": (row + 0.5) / values.shape[0], "across": (col + 0.5) / values.shape[1]}
    return filled(
        _(
            "Channel {channel} over the photo: highest at {down:.0%} of the height from the top and "
            "{across:.0%} of the width from the left."
        ),
        channel=channel,
        **place,
    )


def _maps(stage: Stage) -> list[bytes]:
    """As JPEG, large enough to see single cells."""
    shown = []
    for values in stage.maps:
        times = max(1, round(_ACROSS * 2 / values.shape[1]))
        shown.append(images.encode_jpeg(grey(values.repeat(times, 0).repeat(times, 1)), 85))
    return shown


def _exciting(subject: Subject, stage: int, channel: int) -> None:
    """The pictures that excite a channel most: looked for once for a network, by a job."""
    key = ("inside_peaks", *subject.inspector.key_parts)
    job: Job[list[list[Peaks]]] | None = jobs().find(key)
    if job is None or job.state == "cancelled":
        st.button(
            _("Find the pictures that excite it most"),
            icon=":material/image_search:",
            on_click=_start,
            args=(key, subject),
        )
        st.caption(_("Among 21 drawn streets and the samples; the search is for all channels at once."))
    elif job.state == "running":
        watch(job, markdown("Looking at pictures"), "inside_peaks", unit=_("picture"))
    elif job.state == "failed":
        show_error(job.error, markdown("The pictures could not be looked at"))
    else:
        _show_exemplars(job.result, stage, channel)


def _start(key: tuple[str, ...], subject: Subject) -> None:
    jobs().start(key, partial(_work, subject))


def _work(subject: Subject, job: Job[list[list[Peaks]]]) -> list[list[Peaks]]:
    return all_peaks(subject.inspector.peaks, job.tell)


def _show_exemplars(peaks: list[list[Peaks]], stage: int, channel: int) -> None:
    found = exemplars(peaks, stage, channel)
    with st.container(horizontal=True, gap="small"):
        for each in found:
            picture = images.encode_jpeg(marked(each.image, each.row, each.col), 85)
            words = markdown("{name} · {value:.2f}", name=each.name, value=each.value)
            alt = _("{name}, with a circle where the channel is highest").format(name=each.name)
            st.image(picture, words, width=_ACROSS * 2, alt=alt)
    st.caption(_("The circle is where the channel has its highest value in that picture."))
