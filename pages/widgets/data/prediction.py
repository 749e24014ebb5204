"""A network's prediction beside a frame's truth: where it is wrong, and its figures on this frame."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.datasets import Frame
from core.datasets.dataset import frames_in_words
from core.errors import StreetScopeError
from core.evaluation.metrics import classes_in_mean, mean_iou, per_class_iou, pixel_accuracy
from core.evaluation.results import Evaluation
from core.languages import gettext as _
from core.languages import in_digits, translated
from core.models.store import list_models
from core.segmentation.sizes import trained_working_size
from pages.widgets.data.three_pictures import three_pictures
from pages.widgets.data.truth import truth_picture
from pages.widgets.segmentation.models import model_picker, warn_of_missing
from pages.widgets.segmentation.predictions import Prediction, predict
from pages.widgets.segmentation.sizes import size_trained_at
from pages.widgets.shared.datasets import OpenedSet
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.figures import BAR, for_bars, heads, shown
from pages.widgets.shared.markdown import escape, markdown


def beside_prediction(opened: OpenedSet, frame: Frame) -> None:
    """Truth, prediction and errors as linked pictures at the size at which the model was trained, and the
    frame's figures.
    """
    if not list_models():
        st.info(
            _("There is no model on this machine. Train one, or restore the one that comes with StreetScope.")
        )
        return
    warn_of_missing("model")
    # The models beside the tools: the pictures begin higher by a row. With one model there is no picker.
    models, *rest = st.columns([1, 3] if len(list_models()) > 1 else 1, vertical_alignment="bottom")
    with models:
        model = model_picker()
    try:
        with st.spinner(
            markdown("{model} is segmenting {frame}", model=model, frame=frame.name), show_time=True
        ):
            trained = size_trained_at(model)
            opened = opened.scaled_to(trained and trained_working_size(trained).pixels)
            truth = truth_picture(opened, frame)
            prediction = predict(opened.dataset, frame, model)
    except StreetScopeError as error:
        show_error(error, markdown("The prediction cannot be compared"))
        return
    tools = rest[0] if rest else models
    free = three_pictures("prediction", frame.name, truth, model, prediction, tools=tools)
    with free:
        st.markdown(_("##### How good it is on this frame"), anchors=False)
        _figures(opened, prediction)


def _figures(opened: OpenedSet, prediction: Prediction) -> None:
    evaluation = prediction.evaluation
    confusion = evaluation.confusion
    left, right = st.columns(2)
    left.metric(
        _("Pixel accuracy"),
        in_digits(pixel_accuracy(confusion), ".1%"),
        help=_("The share of pixels whose predicted class is right. Void pixels are not counted."),
    )
    occurring = classes_in_mean(confusion)
    right.metric(
        _("Mean IoU"),
        in_digits(mean_iou(confusion), ".1%"),
        help=markdown(
            "For each class, the pixels that truth and prediction agree on, divided by the pixels that "
            "either of them gives the class (intersection over union). The mean is over the {occurring} "
            "classes in this frame's truth.",
            occurring=occurring,
        ),
    )
    st.caption(escape(_measured_on(opened, evaluation, occurring)))
    rows = _rows(evaluation)
    st.dataframe(
        for_bars(shown(rows), "IoU"),
        hide_index=True,
        placeholder="",
        column_config=heads(
            rows[0],
            {
                "IoU": BAR,
                "true pixels": st.column_config.NumberColumn(format="localized"),
                "predicted": st.column_config.NumberColumn(format="localized"),
            },
        ),
        alt=_(
            "IoU of each class that occurs in the prediction of {model} or in the truth, most pixels first."
        ).format(model=evaluation.model),
    )


def _measured_on(opened: OpenedSet, evaluation: Evaluation, occurring: int) -> str:
    truth, model = len(opened.dataset.class_list), len(evaluation.class_names)
    words = _(
        "{dataset}, {frames_in_words} of {size}; mean over the {occurring} of {model} classes that occur "
        "in it."
    ).format(
        dataset=evaluation.dataset,
        frames_in_words=translated(frames_in_words(evaluation.split, 1)),
        size=evaluation.size,
        occurring=occurring,
        model=model,
    )
    if truth == model:
        return words
    return _(
        "{words} The data set's {truth} classes were grouped into the network's {model} first: an accuracy "
        "over {model} classes cannot be compared with one over {truth} classes."
    ).format(words=words, truth=truth, model=model)


def _rows(evaluation: Evaluation) -> list[dict[str, object]]:
    true, predicted = evaluation.confusion.sum(axis=1), evaluation.confusion.sum(axis=0)
    ious = per_class_iou(evaluation.confusion)
    order = [n for n in np.argsort(-true, kind="stable") if true[n] or predicted[n]]
    return [
        {
            "class": evaluation.class_names[n],
            "IoU": None if np.isnan(ious[n]) else float(ious[n]),
            "true pixels": int(true[n]),
            "predicted": int(predicted[n]),
        }
        for n in order
    ]
