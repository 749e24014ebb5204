"""What came of learning from corrections: figures, old and new; a loss is shown as large as a gain."""

from __future__ import annotations

import streamlit as st

from core.datasets.dataset import frames_in_words
from core.languages import class_name, filled, ngettext
from core.languages import gettext as _
from core.segmentation.sizes import TRAINED
from core.training.corrections.figures import BeforeAfter, Figures, Learned, points_between
from pages.widgets.annotate.before_after import before_after
from pages.widgets.shared.markdown import Markdown, escape, markdown


def show_learned(learned: Learned, model: str, set_name: str) -> None:
    """What a model gained and lost, a loss as large as a gain.

    model: its name. set_name: that of the corrections.
    """
    st.markdown(markdown("##### {model} has learnt", model=model))
    photos, known = st.columns(2, gap="medium")
    with photos:
        _metrics(_where(learned, learned.on_photos), learned.on_photos)
    if learned.on_reference is not None:
        with known:
            _metrics(_where(learned, learned.on_reference), learned.on_reference)
    if learned.is_anecdote:
        st.info(
            _("The gain is an anecdote: the network was asked about the very pictures that it learnt from."),
            icon=":material/info:",
        )
    for new in learned.added:
        iou = learned.on_photos.after.per_class_iou.get(new.name)
        st.markdown(
            markdown(
                "**{name}** is a new class. It started as a copy of {start}; its IoU is now {iou}.",
                name=new.name,
                start=new.started_as,
                iou=_percent(iou),
            )
        )
    before_after(learned, model, set_name)
    with st.container(horizontal=True):
        st.page_link(
            "pages/compare.py",
            label=_("Compare old and new on another photo"),
            icon=":material/compare:",
            query_params={"model1": learned.start, "model2": model, "size1": TRAINED, "size2": TRAINED},
            width="content",
        )
        st.page_link(
            "pages/explore.py",
            label=markdown("Explore with {model}", model=model),
            icon=":material/search:",
            query_params={"model": model},
            width="content",
        )
    with st.expander(_("Each class before and after")):
        _class_table(learned)


def _where(learned: Learned, compared: BeforeAfter) -> Markdown:
    if compared is learned.on_reference:
        frames = frames_in_words(compared.split, compared.images)
        return markdown("What it knew before: {data}, {frames}", data=compared.dataset, frames=frames)
    count = filled(ngettext("{count} picture", "{count} pictures", compared.images), count=compared.images)
    if learned.is_anecdote:
        return markdown("The {count} that it learnt from", count=count)
    return markdown("{count} held out", count=count)


def _metrics(title: Markdown, compared: BeforeAfter) -> None:
    st.caption(title)
    with st.container(horizontal=True):
        for name, before, after in (
            (_("Pixel accuracy"), compared.before.accuracy, compared.after.accuracy),
            (_("Mean IoU"), compared.before.mean_iou, compared.after.mean_iou),
        ):
            points = 0.0 if before is None or after is None else points_between(before, after)
            st.metric(
                name,
                _percent(after),
                markdown("{points:+.1f} points", points=points) if points else _("unchanged"),
                delta_color="normal" if points else "off",
                delta_arrow="auto" if points else "off",
                width="content",
                border=True,
            )


def _class_table(learned: Learned) -> None:
    photos, reference = learned.on_photos, learned.on_reference
    names = list(photos.after.per_class_iou)
    st.table(
        {
            _("Class"): [escape(class_name(name)) for name in names],
            _("Pictures, before"): [_iou(photos.before, name) for name in names],
            _("Pictures, after"): [_iou(photos.after, name) for name in names],
            _("Known data, before"): [
                _iou(None if reference is None else reference.before, name) for name in names
            ],
            _("Known data, after"): [
                _iou(None if reference is None else reference.after, name) for name in names
            ],
        },
        border="horizontal",
        hide_index=True,
        alt=_("IoU of each class before and after learning."),
    )


def _iou(figures: Figures | None, name: str) -> Markdown:
    return _percent(None if figures is None else figures.per_class_iou.get(name))


def _percent(share: float | None) -> Markdown:
    return markdown("none") if share is None else markdown("{share:.1%}", share=share)
