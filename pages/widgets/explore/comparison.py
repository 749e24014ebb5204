"""What the Compare page shows of two segmentations: linked places, the difference, the changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
import streamlit as st

from core.languages import gettext as _
from core.languages import mark
from core.photos import images
from core.photos.photo import Photo
from core.reports import tables
from core.reports.export import file_stem
from core.segmentation.comparison import Comparison, compare
from core.segmentation.sizes import SIZES, TRAINED, WorkingSize, size_called
from pages.widgets.segmentation.models import SegmentedPhoto
from pages.widgets.segmentation.sizes import size_trained_at
from pages.widgets.shared.figures import heads, shown
from pages.widgets.shared.markdown import Markdown, escape, markdown
from pages.widgets.viewer.pixel_viewer import Pixel, ViewerPicture, viewer_picture


def _squares() -> Markdown:
    return markdown(
        "A *squashed square* ignores the photo's shape, as the article did: a wide photo is pressed "
        "together, and so is every car in it."
    )


def _sizes() -> Markdown:
    return markdown(
        "The photo's longer side in pixels while it is segmented; Full is the photo's own size, up to 2048. "
        "{squares}",
        squares=_squares(),
    )


TITLES = {"first": mark("the first"), "second": mark("the second"), "difference": mark("where they differ")}
_CHOSEN = "compare_chosen"
_SHOWN_CHANGES = 12


@dataclass(frozen=True, eq=False)
class Difference:
    """A comparison and its picture: changed pixels in the second's colours, the rest as in the photo."""

    comparison: Comparison
    picture: ViewerPicture


def size_menu(key: str, default: str, model: str) -> WorkingSize:
    """Let the visitor choose the size of one side: also the model's own, if it says at which it was trained.

    default: its name.
    """
    trained = size_trained_at(model)
    names = [*SIZES] if trained is None else [TRAINED, *SIZES]
    chosen = st.selectbox(
        _("Working size"),
        names,
        names.index(default),
        format_func=lambda name: escape(_(size_called(name, trained).title)),
        key=key,
        bind="query-params",
        help=_sizes(),
    )
    return size_called(chosen, trained)


def explain_squares(sides: Sequence[tuple[WorkingSize, str]]) -> None:
    """One line about the article's squares, if a side is one."""
    if any(size.square for size, __ in sides):
        st.caption(_squares())


def difference(first: SegmentedPhoto, second: SegmentedPhoto) -> Difference:
    """Compare two segmentations of a photo; the session keeps the last comparison."""
    key = (first.picture.identity, second.picture.identity)
    kept = st.session_state.get("compare_difference")
    if kept is None or kept[0] != key:
        kept = st.session_state["compare_difference"] = (key, _difference(first, second))
    made: Difference = kept[1]
    return made


def _difference(first: SegmentedPhoto, second: SegmentedPhoto) -> Difference:
    comparison = compare(first.segmentation, second.segmentation)
    colours = [*map(tuple, comparison.palette.tolist()), None]
    picture = viewer_picture(
        images.encode_jpeg(comparison.image),
        comparison.difference_labels(),
        (*comparison.names, _("the same")),
        colours,
    )
    return Difference(comparison, picture)


def places(pictures: Sequence[ViewerPicture]) -> list[Pixel]:
    """The chosen pixel in each picture: the one clicked, and those at the same point of the others."""
    middle = (pictures[0], (pictures[0].height // 2, pictures[0].width // 2))
    clicked, pixel = st.session_state.get(_CHOSEN, middle)
    return [clicked.same_place(pixel, picture) for picture in pictures]


def choose(picture: ViewerPicture) -> Callable[[Pixel], None]:
    """What to do when a pixel of `picture` is chosen."""
    return partial(_choose, picture)


def _choose(picture: ViewerPicture, pixel: Pixel) -> None:
    st.session_state[_CHOSEN] = (picture, pixel)


def show_changes(difference: Difference, sides: Sequence[tuple[WorkingSize, str]], photo: Photo) -> None:
    """From which class to which pixels changed, largest first."""
    st.subheader(_("What became of what"), anchor=False)
    comparison = difference.comparison
    rows = tables.transition_rows(comparison)
    if not rows:
        st.markdown(_("Both give every pixel the same class."))
        _say_what_counts_as_what(comparison)
        return
    st.dataframe(
        pd.DataFrame(shown(rows[:_SHOWN_CHANGES])),
        hide_index=True,
        placeholder="",
        column_config=heads(
            rows[0], {"share": st.column_config.NumberColumn(_("of all pixels"), format="percent")}
        ),
        key="changes",
        alt=_("Classes that pixels changed from and to, with the number of pixels, largest first."),
    )
    (first_size, first_model), (second_size, second_model) = sides
    second = second_size.name if first_model == second_model else f"{second_model}-{second_size.name}"
    st.download_button(
        markdown("All {count} changes (CSV)", count=len(rows)),
        lambda: tables.to_csv(rows),
        f"{file_stem(photo.name, first_model, first_size.name)}-to-{second}-changes.csv",
        icon=":material/download:",
        on_click="ignore",
    )
    _say_what_counts_as_what(comparison)


def _say_what_counts_as_what(comparison: Comparison) -> None:
    """How classes are compared of which only one of the two models tells more apart."""
    if comparison.merged:
        merged = {
            other: [own for own, it in comparison.merged if it == other] for __, other in comparison.merged
        }
        sets = "; ".join(
            _("{other} includes {own}").format(other=other, own=", ".join(own))
            for other, own in merged.items()
        )
        st.caption(markdown("One of the two tells more classes apart. To compare, {sets}.", sets=sets))
    if comparison.alone:
        names = ", ".join(comparison.alone)
        st.caption(
            markdown("Only one of the two has these classes, which always differ: {names}.", names=names)
        )
