"""Which of a data set's frames a visitor looks at: by split, classes and name, and in which order.

The gallery has the filter's widgets on the page, the Frame tab in a menu. They are bound to the address, so
the filter stays while a frame is looked at, and a link opens the same frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.datasets import SPLITS, Frame, Split
from core.datasets.contents.statistics import Statistics, frames_having, ordered_by_share
from core.languages import class_name, mark
from core.languages import gettext as _
from pages.widgets.shared.dataset_state import CLASSES, FRAMES, NAMED, REFILTERED, SORT
from pages.widgets.shared.datasets import OpenedSet
from pages.widgets.shared.markdown import markdown

SPLIT_TITLES = {
    "all": mark("All"),
    "train": mark("Training"),
    "valid": mark("Validation"),
    "test": mark("Test"),
}
_MOST_LETTERS = 80


@dataclass(frozen=True)
class FrameFilter:
    """split: or "all". classes: a frame has all of them. named: part of its name, in any case of letters.

    sort: the class whose share decides the order, largest first; None for the data set's own.
    """

    split: Split = "all"
    classes: tuple[str, ...] = ()
    named: str = ""
    sort: str | None = None

    @property
    def leaves_out(self) -> bool:
        """Whether it may leave a frame out."""
        return self.split != "all" or bool(self.classes or self.named)

    @property
    def words(self) -> str:
        """What the frames have in common, such as "with Car and Tree, for training"; empty if nothing."""
        said = []
        if self.classes:
            *most, last = map(class_name, self.classes)
            said.append(
                _("with {names} and {last}").format(names=", ".join(most), last=last)
                if most
                else _("with {last}").format(last=last)
            )
        if self.split != "all":
            said.append(_("for {split}").format(split=_(SPLIT_TITLES[self.split]).lower()))
        if self.named:
            said.append(_("named “{named}”").format(named=self.named))
        if self.sort is not None:
            said.append(_("most {sort} first").format(sort=class_name(self.sort)))
        return ", ".join(said)


def filter_asked_for_classes() -> bool:
    """Whether the filter cannot be applied before the classes are counted."""
    return any(st.session_state.get(key) or key in st.query_params for key in (CLASSES, SORT))


def choose_filter(opened: OpenedSet, counted: Statistics | None) -> FrameFilter:
    """Draw the filter's widgets; those for classes need the counts."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = _split(opened)
        named = st.text_input(
            _("Name contains"),
            key=NAMED,
            bind="query-params",
            placeholder=_("any name"),
            max_chars=_MOST_LETTERS,
            width=180,
            on_change=_note,
        )
        classes, sort = _classes(counted) if counted else ([], None)
    return FrameFilter(split, tuple(classes), named.strip()[:_MOST_LETTERS], sort)


def warn_of_missing_classes(counted: Statistics) -> None:
    """Name the classes that a link filters by and that no frame has; before the filter leaves them out."""
    asked = {*st.query_params.get_all(CLASSES), *st.query_params.get_all(SORT)}
    for name in sorted(asked.difference(_occurring(counted)))[:3]:
        words = markdown("No frame here has the class {name}: the filter leaves it out.", name=name[:80])
        st.warning(words, icon=":material/search_off:")


def filtered(opened: OpenedSet, counted: Statistics | None, chosen: FrameFilter) -> list[Frame]:
    """The frames that the filter leaves, in its order."""
    frames = opened.dataset.frames()
    if counted is None:
        return [frame for frame in opened.dataset.frames(chosen.split) if _is_named(frame, chosen)]
    names = opened.dataset.class_list
    having = frames_having(counted.counts, [names.index(name) for name in chosen.classes])
    left = counted.within(chosen.split) & having
    left &= np.array([_is_named(frame, chosen) for frame in frames], dtype=bool)
    if chosen.sort is None:
        return [frames[number] for number in np.flatnonzero(left)]
    return [frames[number] for number in ordered_by_share(counted.shares, names.index(chosen.sort), left)]


def _occurring(counted: Statistics) -> list[str]:
    """The classes that at least one frame has."""
    frames = counted.frames_with_class().tolist()
    return [name for name, having in zip(counted.class_list.names, frames, strict=True) if having]


def _is_named(frame: Frame, chosen: FrameFilter) -> bool:
    return chosen.named.casefold() in frame.name.casefold()


def _note() -> None:
    """The visitor has changed the filter: the Frame tab then goes to a frame that passes it."""
    st.session_state[REFILTERED] = True


def _split(opened: OpenedSet) -> Split:
    counted: dict[Split, int] = {split: len(opened.dataset.frames(split)) for split in SPLITS}
    offered: list[Split] = ["all", *(split for split in SPLITS if counted[split])]
    if len(offered) < 3:
        return "all"
    chosen: Split = st.segmented_control(
        _("Split"),
        offered,
        default="all",
        format_func=lambda split: _(SPLIT_TITLES[split]),
        required=True,
        key=FRAMES,
        bind="query-params",
        width="content",
        on_change=_note,
        help=_(
            "A network learns from the training frames. It is evaluated on frames that it never saw: on the "
            "validation frames while you work on it, on the test frames at the very end."
        ),
    )
    return chosen


def _classes(counted: Statistics) -> tuple[Sequence[str], str | None]:
    occurring = _occurring(counted)
    classes = st.multiselect(
        _("Frames with"),
        occurring,
        key=CLASSES,
        bind="query-params",
        placeholder=_("any class"),
        on_change=_note,
        help=_("Only frames with at least one pixel of every class chosen here."),
    )
    sort = st.selectbox(
        _("Largest share first of"),
        occurring,
        index=None,
        key=SORT,
        bind="query-params",
        placeholder=_("as in the data set"),
        on_change=_note,
    )
    return classes, sort
