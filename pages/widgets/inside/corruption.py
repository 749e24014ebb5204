"""Spoil the photo and see which labels stay."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.inside.corruptions import CORRUPTIONS, STRENGTHS
from core.inside.kept import Curve, Kept, curves, kept_labels, spoilt
from core.jobs import Job
from core.languages import class_name
from core.languages import gettext as _
from core.photos import images
from core.reports.corruption_chart import corruption_chart
from core.segmentation import painting
from core.segmentation.probabilities import percent
from core.segmentation.segmentation import Segmentation
from pages.widgets.inside.subject import Subject
from pages.widgets.runs.chart import draw
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.jobs import jobs, watch
from pages.widgets.shared.markdown import Markdown, escape, markdown

_KIND, _STRENGTH = "corruption", "strength"
_HEIGHT = 300


def corruption_view(subject: Subject) -> None:
    """The spoilt photo beside its mask, the labels that stayed, and the curve over all strengths."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = st.segmented_control(
            _("What spoils the photo"),
            [*CORRUPTIONS],
            default="noise",
            format_func=_title,
            required=True,
            key=_KIND,
            width="content",
            wrap=True,
        )
        strength = st.slider(_("Strength, 0 is none"), 0, STRENGTHS, 2, key=_STRENGTH, width=320)
    corruption = CORRUPTIONS[name]
    after = spoilt(subject.segmenter, subject.segmentation.image, corruption, strength)
    kept = kept_labels(subject.segmentation.labels, after.labels, len(after.class_list))
    words = markdown(
        "**{share:.1%}** of the pixels keep their label at strength {strength}. {about}",
        share=kept.share,
        strength=strength,
        about=_(corruption.about),
    )
    st.markdown(words)
    left, right = st.columns(2, gap="medium")
    for column, picture, caption in (
        (
            left,
            after.image,
            markdown(
                "The photo at strength {strength}: {corruption}",
                strength=strength,
                corruption=_(corruption.title),
            ),
        ),
        (right, painting.overlay(after), markdown("Its mask over it")),
    ):
        with column:
            st.image(images.encode_jpeg(picture, 90), caption=caption, width="stretch", alt=caption)
    table, chart = st.columns(2, gap="medium")
    with table:
        _by_class(after, kept)
    with chart:
        _all_strengths(subject)


def _title(name: str) -> Markdown:
    return escape(_(CORRUPTIONS[name].title))


def _by_class(after: Segmentation, kept: Kept) -> None:
    names = [class_name(name) for name in after.class_list.names]
    share, stayed = _("of the photo"), _("kept")
    rows = []
    for number in np.argsort(-kept.pixels, kind="stable").tolist():
        if kept.pixels[number]:
            other = kept.became(number)
            rows.append(
                {
                    _("class"): names[number],
                    share: float(kept.pixels[number] / kept.pixels.sum()),
                    stayed: float(kept.by_class[number]),
                    _("the rest mostly became"): "" if other is None else names[other],
                }
            )
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        placeholder="",
        column_config={
            share: st.column_config.NumberColumn(format="percent"),
            stayed: st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1),
        },
        key="corruption_classes",
        alt=_("For each class its share of the photo, how much of it was kept, and what the rest became."),
    )


def _all_strengths(subject: Subject) -> None:
    """A job measures all corruptions at all strengths; its result stays for whoever comes next."""
    key = ("inside_curves", subject.key)
    job = jobs().find(key)
    if job is None or job.state == "cancelled":
        st.button(
            _("Measure all corruptions at all strengths"),
            icon=":material/show_chart:",
            on_click=_measure,
            args=(key, subject),
        )
        st.caption(
            markdown(
                "{count} forward passes; the curves are kept for the next visitor.",
                count=len(CORRUPTIONS) * STRENGTHS,
            )
        )
    elif job.state == "running":
        watch(job, markdown("Spoiling the photo"), "inside_curves", unit=_("picture"))
    elif job.state == "failed":
        show_error(job.error, markdown("The curves could not be measured"))
    else:
        _show_curves(job.result)


def _measure(key: tuple[str, str], subject: Subject) -> None:
    jobs().start(key, partial(_work, subject))


def _work(subject: Subject, job: Job[list[Curve]]) -> list[Curve]:
    return curves(
        subject.segmenter, subject.segmentation.image, subject.segmentation.labels, progress=job.tell
    )


def _show_curves(found: list[Curve]) -> None:
    ends = ", ".join(
        f"{_(CORRUPTIONS[curve.corruption].title)} {percent(curve.shares[-1])}" for curve in found
    )
    alt = _(
        "The share of labels kept by strength, a curve for each corruption. At strength 5: {ends}."
    ).format(ends=ends)
    draw(corruption_chart(found), "corruption_curves", alt, _HEIGHT)
