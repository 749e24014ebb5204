"""The softmax's temperature fitted on a data set's validation frames, and applied to the chosen pixel."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from core.evaluation.temperature import TemperatureFit, fit_temperature
from core.jobs import Job
from core.languages import class_name, filled, in_digits
from core.languages import gettext as _
from core.segmentation.probabilities import temper
from core.segmentation.sizes import trained_working_size
from pages.widgets.explore import address, reading
from pages.widgets.inside.stage import Bar, stage
from pages.widgets.inside.subject import Subject
from pages.widgets.segmentation.sizes import size_trained_at
from pages.widgets.shared.datasets import OpenedSet, choose_dataset
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.jobs import jobs, watch
from pages.widgets.shared.markdown import markdown

_BARS = 6


def temperature_view(subject: Subject) -> None:
    """A data set to fit on, the fitted temperature with its figures, and what it does to the chosen pixel."""
    opened = choose_dataset()
    trained = size_trained_at(subject.inspector.model)
    opened = opened.scaled_to(None if trained is None else trained_working_size(trained).pixels)
    key = ("inside_temperature", opened.key, *subject.inspector.key_parts)
    job: Job[TemperatureFit] | None = jobs().find(key)
    frames = len(opened.dataset.frames("valid"))
    if job is None or job.state == "cancelled":
        st.button(
            markdown("Fit on {frames} validation frames", frames=frames),
            type="primary",
            icon=":material/play_arrow:",
            on_click=_start,
            args=(key, subject, opened),
        )
        st.caption(
            _("Every frame is segmented, and up to 4,096 pixels of each are compared with their labels.")
        )
    elif job.state == "running":
        watch(job, markdown("Fitting the temperature"), "inside_temperature", unit=_("frame"))
    elif job.state == "failed":
        show_error(job.error, markdown("The temperature could not be fitted"))
    else:
        _show(subject, job.result)


def _start(key: tuple[str, ...], subject: Subject, opened: OpenedSet) -> None:
    jobs().start(key, partial(_work, subject, opened))


def _work(subject: Subject, opened: OpenedSet, job: Job[TemperatureFit]) -> TemperatureFit:
    return fit_temperature(subject.segmenter, opened.dataset, "valid", job.tell)


def _show(subject: Subject, fit: TemperatureFit) -> None:
    found, error, loss = st.columns(3)
    found.metric(_("Temperature T"), in_digits(fit.temperature, ".2f"), border=True)
    before, after = fit.calibration_error
    error.metric(
        _("Calibration error, before and after"),
        filled("{old:.1%} → {new:.1%}", old=before, new=after),
        border=True,
        help=_("How far confidence and accuracy are apart on average (Guo et al., 2017)."),
    )
    loss.metric(
        _("Loss, before and after"),
        filled("{old:.3f} → {new:.3f}", old=fit.loss[0], new=fit.loss[1]),
        border=True,
    )
    st.caption(
        markdown(
            "Fitted on {pixels} pixels of {frames} validation frames of {dataset}, and measured on the same.",
            pixels=in_digits(fit.pixels, ","),
            frames=fit.frames,
            dataset=fit.dataset,
        )
    )
    _of_the_pixel(subject, fit.temperature)
    st.page_link(
        "pages/explore.py",
        label=markdown("Read with T = {value:.2f} in Explore", value=fit.temperature),
        icon=":material/thermostat:",
        query_params=address.place_said() | {address.TEMPERATURE: f"{fit.temperature:.2f}"},
    )


def _of_the_pixel(subject: Subject, temperature: float) -> None:
    """The chosen pixel's probabilities at 1 and at the fitted temperature."""
    pixel = subject.pixel()
    row, col = pixel
    before = subject.segmentation.probabilities(np.array([row]), np.array([col]))[0]
    after = temper(before, temperature)
    names = subject.segmentation.class_list.names
    bars = [
        Bar(class_name(names[number]), subject.colour(number), float(before[number]), float(after[number]))
        for number in np.argsort(-before, kind="stable")[:_BARS].tolist()
    ]
    stage(
        subject.picture.photo,
        subject.size,
        pixel,
        _("{photo}: press to choose a pixel").format(photo=subject.photo.name),
        "inside_temperature_stage",
        subject=subject.key,
        bars=bars,
        told=filled(
            _("Pixel ({row}, {col}) at temperature 1, and at {temperature:.2f}:"),
            row=row,
            col=col,
            temperature=temperature,
        ),
        on_pixel=reading.keep_pixel,
    )
