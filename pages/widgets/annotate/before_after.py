"""One picture as the old model and the new one see it, side by side with linked zoom, and what is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from core.annotation.manifest import Picture
from core.annotation.store import open_set
from core.datasets import Frame
from core.datasets.layouts.opening import open_dataset
from core.errors import DatasetError, StreetScopeError
from core.evaluation.metrics import pixel_accuracy
from core.languages import gettext as _
from core.models.store import list_models, read_card
from core.training.corrections.figures import Learned, points_between
from core.training.corrections.replay import known_reference
from pages.widgets.data.truth import truth_picture, truth_viewer
from pages.widgets.segmentation.predictions import Prediction, predict
from pages.widgets.shared.datasets import OpenedSet
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.markdown import Markdown, markdown
from pages.widgets.viewer.pixel_viewer import ViewerPicture, linked_toolbar

_CHOSEN, _LINK = "learnt_picture", "learnt"

Part = Literal["held out", "taught", "not taught", "known before"]


def _part_words() -> dict[Part, Markdown]:
    return {
        "held out": markdown("held out"),
        "taught": markdown("it learnt from this"),
        "not taught": markdown("corrected since"),
        "known before": markdown("where it lost most"),
    }


def _what_it_shows() -> dict[Part, Markdown]:
    return {
        "held out": markdown("The network had never seen this picture: what it gains here, it has learnt."),
        "taught": markdown(
            "The network learnt from this very picture, so it shows that something was learnt, and not how "
            "well that works on others."
        ),
        "not taught": markdown("This picture was corrected after the network had learnt: it never saw it."),
        "known before": markdown(
            "Of all the frames that it was measured on before, it lost most in this one."
        ),
    }


@dataclass(frozen=True)
class _Shown:
    """A picture that can be looked at. frame: the name of its frame. title: what people call it."""

    frame: str
    title: str
    part: Part

    @property
    def words(self) -> Markdown:
        return markdown("{title} · {part}", title=self.title[:60], part=_part_words()[self.part])


@fragment
def before_after(learned: Learned, new: str, set_name: str) -> None:
    """A picture before and after, one of the set or the one in which most was lost; choosing runs only this.

    new: the new model's name.
    """
    st.markdown(_("##### The same picture, before and after"), anchors=False)
    gone = [name for name in (learned.start, new) if name not in list_models()]
    if gone:
        st.caption(
            markdown("The model {name} has been deleted, so there is nothing to compare.", name=gone[0])
        )
        return
    choices = _choices(learned, set_name)
    if not choices:
        st.caption(_("None of the pictures is here any more."))
        return
    picker, tools = st.columns([1, 2], vertical_alignment="center")  # on a phone one above the other
    with picker:
        shown = _choose(choices)
    try:
        opened, frame = _open(shown, learned, set_name)
        with st.spinner(markdown("Segmenting {title} twice", title=shown.title[:60]), show_time=True):
            classes = read_card(new).class_list.restored()
            before, after = (predict(opened.dataset, frame, name, classes) for name in (learned.start, new))
            truth = truth_picture(opened, frame)
    except StreetScopeError as error:
        show_error(error, markdown("{title} cannot be shown", title=shown.title[:60]))
        return
    with tools:
        linked_toolbar(
            _LINK,
            views=("photo", "overlay", "mask", "confidence"),
            subject=shown.frame,
            label=_("View of all three pictures"),
        )
    _pictures(shown, (before.picture, after.picture, truth), (learned.start, new), before, after)


def _choices(learned: Learned, set_name: str) -> list[_Shown]:
    """The pictures that are still here: those held out first, then the one in which most was lost."""
    parts: dict[str, Part] = dict.fromkeys(learned.taught, "taught")
    parts |= dict.fromkeys(learned.held_out, "held out")
    try:
        found: Sequence[Picture] = open_set(set_name).pictures
    except StreetScopeError:
        found = ()  # what is wrong with the set is said above, where one learns from it
    shown = [
        _Shown(picture.frame, picture.name, parts.get(picture.frame, "not taught"))
        for picture in found
        if picture.reviewed
    ]
    shown.sort(key=lambda each: list(_part_words()).index(each.part))
    known = learned.on_reference
    if known is not None and known.fell_most:
        shown.append(
            _Shown(
                known.fell_most,
                _("{fell_most} of {dataset}").format(fell_most=known.fell_most, dataset=known.dataset),
                "known before",
            ),
        )
    return shown


def _choose(choices: Sequence[_Shown]) -> _Shown:
    by_key = {(each.part, each.frame): each for each in choices}
    chosen = st.selectbox(
        _("Picture"),
        list(by_key),
        format_func=lambda key: by_key[key].words,
        key=_CHOSEN,
        label_visibility="collapsed",
        filter_mode=None,  # a phone would show its keyboard
    )
    return by_key[chosen]


def _open(shown: _Shown, learned: Learned, set_name: str) -> tuple[OpenedSet, Frame]:
    """The data set of a picture and its frame in it. StreetScopeError if it is gone."""
    if shown.part == "known before":
        dataset = known_reference(read_card(learned.start))
    else:
        dataset = open_dataset(open_set(set_name).path)
    frame = next((each for each in dataset.frames() if each.name == shown.frame), None) if dataset else None
    if dataset is None or frame is None:
        raise DatasetError(_("It is not on this machine any more; choose another picture."))
    return OpenedSet(dataset, f"{dataset.root} at {dataset.longest}", ()), frame


def _pictures(
    shown: _Shown,
    pictures: tuple[ViewerPicture, ViewerPicture, ViewerPicture],
    models: tuple[str, str],
    before: Prediction,
    after: Prediction,
) -> None:
    titles = (
        markdown("Before: {model}", model=models[0]),
        markdown("After: {model}", model=models[1]),
        markdown("The true classes") if shown.part == "known before" else markdown("What was corrected"),
    )
    slots = [*st.columns(2, gap="medium"), *st.columns(2, gap="medium")]
    for number, (slot, title, picture) in enumerate(zip(slots, titles, pictures, strict=False)):
        with slot:
            st.markdown(markdown("**{title}**", title=title), anchors=False)
            truth_viewer(
                picture,
                f"learnt_{number}",
                f"{shown.title}: {('before', 'after', 'truth')[number]}",
                link=_LINK,
                subject=shown.frame,
            )
    with slots[3]:
        _figures(shown, before, after)


def _figures(shown: _Shown, before: Prediction, after: Prediction) -> None:
    old, new = (pixel_accuracy(each.evaluation.confusion) for each in (before, after))
    points = points_between(old, new)
    counted = _("labelled pixels") if shown.part == "known before" else _("corrected pixels")
    st.markdown(markdown("**How many of the {counted} are right**", counted=counted), anchors=False)
    with st.container(horizontal=True):
        st.metric(_("Before"), markdown("{share:.1%}", share=old), border=True, width="content")
        st.metric(
            _("After"),
            markdown("{share:.1%}", share=new),
            markdown("{points:+.1f} points", points=points) if points else _("unchanged"),
            delta_color="normal" if points else "off",
            delta_arrow="auto" if points else "off",
            border=True,
            width="content",
        )
    st.caption(_what_it_shows()[shown.part])
