"""The headline figures of an evaluation, and its tabs for classes, calibration, boundaries and comparison."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from core.errors import ComparisonError
from core.evaluation.boundaries import WIDTH
from core.evaluation.metrics import classes_in_mean, mean_iou, pixel_accuracy
from core.evaluation.results import SplitEvaluation
from core.languages import class_name, filled, in_digits, mark
from core.languages import gettext as _
from core.models.card import ModelCard
from core.reports import evaluation_charts as charts
from core.reports import evaluation_tables as tables
from core.reports.model_words import drawn_words
from core.toytown import TOWNS
from pages.widgets.evaluate.downloads import files, stem
from pages.widgets.shared.datasets import OpenedSet
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.figures import BAR, for_bars, heads, in_percent, shown
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.markdown import Markdown, escape, markdown
from pages.widgets.shared.plots import saved_chart

_CLASS_WORDS = {
    "IoU": mark(
        "The pixels that both truth and network give the class, divided by the pixels that either of them "
        "gives it. The mean over the classes is the **mean IoU**: a pole counts as much as the road."
    ),
    "precision": mark(
        "The share of the pixels **predicted** as the class that are right. Low: the network sees "
        "the class where it is not."
    ),
    "recall": mark(
        "The share of the pixels that **are** the class that the network finds. Low: it overlooks the class."
    ),
    "frequency": mark(
        "The class's share of all counted pixels. A network that never finds a rare class loses "
        "hardly any accuracy."
    ),
}


def _figure(name: str) -> Markdown:
    return escape(_(name))


def _learnt_from() -> Markdown:
    return markdown(
        "What taught the model the class: **real labels** of photos that name it, **merged labels** that "
        "do not tell it from others, or **drawings** alone."
    )


_SHARE = st.column_config.NumberColumn(format="percent")
"""For shares that may be far below one per cent."""
_BARS = ("IoU", "precision", "recall")
_PIXELS = st.column_config.NumberColumn(format="localized")
_ALL = mark("all classes")
_METRIC = 172
"""Width of a figure in pixels."""


def headline(evaluation: SplitEvaluation, opened: OpenedSet) -> None:
    """Four figures, each with its meaning, and what the model was evaluated on."""
    confusion, boundary = evaluation.confusion, evaluation.boundary
    figures = (
        (
            markdown("Pixel accuracy"),
            markdown("{share:.1%}", share=pixel_accuracy(confusion)),
            markdown("of the pixels are right"),
            markdown(
                "The share of pixels whose predicted class is right. Void pixels are not counted. [The "
                "article](about#article) behind StreetScope calls it acc_camvid."
            ),
        ),
        (
            markdown("Mean IoU"),
            markdown("{iou:.1%}", iou=mean_iou(confusion)),
            markdown("over {count} classes", count=classes_in_mean(confusion)),
            markdown(
                "The mean intersection over union of the classes that occur: rare ones count as much as the "
                "road."
            ),
        ),
        (
            markdown("Calibration error"),
            markdown("{error:.1%}", error=evaluation.calibration.expected_error()),
            markdown("mean confidence {share:.1%}", share=evaluation.calibration.mean_confidence),
            markdown(
                "Expected calibration error: how far the network's confidence is from its accuracy, on "
                "average."
            ),
        ),
        (
            markdown("At boundaries"),
            escape(_percent(boundary.accuracy())),
            markdown("inside {share}", share=_percent(boundary.inside_accuracy())),
            markdown(
                "Pixel accuracy within {width} pixels of where two true classes meet, and inside of things.",
                width=WIDTH,
            ),
        ),
    )
    # Two beside each other on a phone, where columns would stand below each other.
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        for label, value, word, meaning in figures:
            st.metric(label, value, word, delta_color="off", delta_arrow="off", help=meaning, width=_METRIC)
    st.caption(
        markdown(
            "**{model}** on {source}. {grouping}",
            model=evaluation.model,
            source=tables.measured_on(evaluation),
            grouping=_grouping(evaluation, opened),
        )
    )


@fragment
def show_classes(evaluation: SplitEvaluation, card: ModelCard) -> None:
    """The Classes tab. card: the model's, which may say how it came to know each class."""
    figure = st.segmented_control(
        _("Figure"),
        list(charts.CLASS_FIGURES),
        default="IoU",
        format_func=_figure,
        required=True,
        key="class_figure",
        bind="query-params",
    )
    st.markdown(_(_CLASS_WORDS[figure]))
    chart, name = charts.class_chart(evaluation, figure), stem(evaluation, "classes")
    saved_chart(
        chart,
        name,
        _("Bars: {figure} of each class, largest first.").format(figure=_(figure)),
        "chart_classes",
    )
    rows = tables.class_rows(evaluation, card.learnt_from)
    st.dataframe(
        for_bars(shown(rows), *_BARS),
        hide_index=True,
        placeholder="",
        height="content",
        column_config=heads(
            rows[0],
            {
                **dict.fromkeys(_BARS, BAR),
                "frequency": _SHARE,
                **dict.fromkeys(("true pixels", "predicted pixels"), _PIXELS),
                "learnt from": st.column_config.TextColumn(help=_learnt_from()),
            },
        ),
        key="table_classes",
        alt=_("IoU, precision, recall, frequency and pixels of each class."),
    )
    missing = [row["class"] for row in rows if not row["true pixels"]]
    if missing:
        st.caption(
            markdown(
                "Not in the truth of these frames, and so in no mean: {missing}.",
                missing=", ".join(map(class_name, missing)),
            )
        )
    real = [] if evaluation.dataset in TOWNS else [row["class"] for row in rows if row["true pixels"]]
    marked = drawn_words(card, measured=real)
    for words in dict.fromkeys(marked.values()):
        named = ", ".join(class_name(each) for each, said in marked.items() if said == words)
        st.caption(markdown("**{named}** · {words}", named=named, words=words))
    files(evaluation, name, lambda: rows, chart)


@fragment
def show_calibration(evaluation: SplitEvaluation) -> None:
    """The Calibration tab."""
    st.markdown(
        _(
            "When the network's confidence is 80%, is it right in 80 of 100 cases? Each bar holds the "
            "pixels of about the same confidence; its height is the share of them that is right. A bar "
            "**below the dashed line** means that the network is surer than it should be, a bar above that "
            "it could be surer. The **expected calibration error** is the mean distance from the line, "
            "each bar weighted by its share of the pixels, which is drawn below."
        )
    )
    called = [
        name
        for name, pixels in zip(evaluation.class_names, evaluation.confusion.sum(axis=0), strict=True)
        if pixels
    ]
    chosen = st.selectbox(
        _("Pixels predicted as"),
        [_ALL, *called],
        format_func=lambda name: _(name) if name == _ALL else class_name(name),
        key=f"calibrated.{stem(evaluation, '')}",
        width=300,
    )
    number = None if chosen == _ALL else evaluation.class_names.index(chosen)
    shown = evaluation.calibration if number is None else evaluation.calibration.of(number)
    with st.container(horizontal=True, gap="large"):
        st.metric(_("Expected calibration error"), in_digits(shown.expected_error(), ".1%"), width="content")
        st.metric(_("Mean confidence"), in_digits(shown.mean_confidence, ".1%"), width="content")
        st.metric(
            _("Accuracy"),
            in_digits(shown.accuracy, ".1%"),
            escape(_sureness(shown.mean_confidence, shown.accuracy)),
            delta_color="off",
            delta_arrow="off",
            width="content",
        )
    chart = charts.reliability_chart(evaluation, number)
    name = stem(evaluation, "calibration" if number is None else f"calibration-{chosen}")
    saved_chart(
        chart,
        name,
        _(
            "Reliability diagram: accuracy of the pixels at each confidence, with the line where both are "
            "equal, and the share of pixels at each confidence."
        ),
        "chart_calibration",
    )
    files(evaluation, name, lambda: tables.calibration_rows(evaluation, number), chart)


def show_boundaries(evaluation: SplitEvaluation, found: Sequence[SplitEvaluation]) -> None:
    """The Boundaries tab; a second model with the same classes gets a line beside this one's."""
    others = [each for each in found if each is not evaluation and each.class_names == evaluation.class_names]
    boundary = evaluation.boundary
    st.markdown(
        markdown(
            "**{near}** of the counted pixels lie within {width} pixels of a place where two true classes "
            "meet. The pixel accuracy of **{model}** is **{there}** there and **{elsewhere}** elsewhere. "
            "Boundaries are hard: a network sees at a fraction of the picture's size and guesses where "
            "exactly a thing ends, the people who drew the truth disagree by a pixel or two, and a pole a "
            "few pixels wide is all boundary. A border with Void does not count: nobody knows what is there.",
            near=_percent(boundary.near_share()),
            width=WIDTH,
            model=evaluation.model,
            there=_percent(boundary.accuracy()),
            elsewhere=_percent(boundary.inside_accuracy()),
        )
    )
    chart, name = charts.distance_chart([evaluation, *others]), stem(evaluation, "boundary-distance")
    saved_chart(
        chart,
        name,
        _("Lines: accuracy by distance from a true boundary, the first {width} pixels marked.").format(
            width=WIDTH
        ),
        "chart_distance",
    )
    files(evaluation, name, lambda: tables.boundary_rows(evaluation), chart)
    chart, name = charts.boundary_class_chart(evaluation), stem(evaluation, "boundary-classes")
    saved_chart(
        chart, name, _("Bars: accuracy of each class at boundaries and inside."), "chart_boundary_classes"
    )
    rows = tables.boundary_class_rows(evaluation)
    st.dataframe(
        in_percent(
            pd.DataFrame(shown(rows)), "share at a boundary", "accuracy at a boundary", "accuracy inside"
        ),
        hide_index=True,
        placeholder="",
        height="content",
        column_config=heads(rows[0], {"pixels": _PIXELS}),
        key="table_boundaries",
        alt=_("Share of each class that lies at a boundary, and its accuracy there and inside."),
    )
    files(evaluation, name, lambda: rows, chart)


@fragment
def show_comparison(first: SplitEvaluation, second: SplitEvaluation) -> None:
    """The Compare tab."""
    try:
        rows = tables.comparison_rows(first, second)
    except ComparisonError as error:
        show_error(error, markdown("These two cannot be compared"), ":material/compare:")
        return
    figures: list[charts.ClassFigure] = ["IoU", "precision", "recall"]
    figure = st.segmented_control(
        _("Figure of each class"), figures, default="IoU", format_func=_figure, required=True, key="compared"
    )
    chart, name = charts.comparison_chart(first, second, figure), stem(first, f"and-{second.model}")
    saved_chart(
        chart,
        name,
        _("Dots: {figure} of each class for both models, the largest difference first.").format(
            figure=figure
        ),
        "chart_compare",
    )
    table = pd.DataFrame([row | {"figure": tables.figure_words(row["figure"])} for row in rows])
    st.dataframe(
        in_percent(in_percent(table, first.model, second.model), "difference", signed=True),
        hide_index=True,
        placeholder="",
        column_config=heads(("figure", "difference")),
        key="table_compare",
        alt=_("Figures of {model} and {model2} and their differences.").format(
            model=first.model, model2=second.model
        ),
    )
    st.caption(
        markdown(
            "Both on {source}.{sizes} Difference: {second} minus {first}.",
            source=tables.measured_on(first),
            sizes=_sizes(first, second),
            second=second.model,
            first=first.model,
        )
    )
    files(first, name, lambda: rows, chart)


def _sizes(first: SplitEvaluation, second: SplitEvaluation) -> str:
    """Says so where the second saw the same frames at another size."""
    if first.size == second.size:
        return ""
    return _(" {model} saw them at {size}: each is measured at the size that it was trained at.").format(
        model=second.model, size=second.size
    )


def _grouping(evaluation: SplitEvaluation, opened: OpenedSet) -> str:
    classes = opened.dataset.class_list
    truth, model = len(classes), len(evaluation.class_names)
    without_void = [name for number, name in enumerate(classes.names) if number != classes.void]
    if truth == model or sorted(without_void) == sorted(evaluation.class_names):
        return ""  # Void counts nowhere: with it or without, the figures are the same
    return _(
        "The data set's {truth} classes were grouped into the network's {model} first: an accuracy over "
        "{model} classes cannot be compared with one over {truth} classes."
    ).format(truth=truth, model=model)


def _sureness(confidence: float, accuracy: float) -> str:
    gap = 100 * (confidence - accuracy)
    if abs(gap) < 0.5:
        return _("about as sure as right")
    return filled(
        _("{abs:.1f} points {value}"), abs=abs(gap), value=_("too sure") if gap > 0 else _("not sure enough")
    )


def _percent(value: float) -> str:
    return _("none") if np.isnan(value) else in_digits(value, ".1%")
