"""The views by name: what each shows, what it does not, and who draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.errors import StreetScopeError
from core.languages import gettext as _
from core.languages import mark
from pages.widgets.inside.corruption import corruption_view
from pages.widgets.inside.features import features_view
from pages.widgets.inside.field import field_view
from pages.widgets.inside.occlusion import occlusion_view
from pages.widgets.inside.subject import Subject
from pages.widgets.inside.temperature import temperature_view
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import Markdown, escape, markdown

_LENS, _VIEW = "inside_lens", "view"


@dataclass(frozen=True)
class Lens:
    """A view. name: as in the address. shows, hides: one sentence each, said
    when they are shown, in the visitor's language.

    quick: it answers at once, so that it runs again alone; the others may start long work.
    """

    name: str
    title: str
    shows: Callable[[], Markdown]
    hides: Callable[[], Markdown]
    draw: Callable[[Subject], None]
    quick: bool = False


LENSES = {
    lens.name: lens
    for lens in (
        Lens(
            "occlude",
            mark("Hide a patch"),
            lambda: markdown("how much the chosen pixel's answer needs what lies under the patch."),
            lambda: markdown(
                "what the network would say if the thing had never been there: a grey square is itself "
                "something that no street has."
            ),
            occlusion_view,
            quick=True,
        ),
        Lens(
            "corrupt",
            mark("Spoil the photo"),
            lambda: markdown("which labels survive worse weather, light or files."),
            lambda: markdown(
                "whether a label was right before, or is now: labels are compared with the unspoilt photo's."
            ),
            corruption_view,
        ),
        Lens(
            "field",
            mark("Receptive field"),
            lambda: markdown("where a tiny change of the photo would move the chosen class's score most."),
            lambda: markdown(
                "what a large change would do, or which thing the network recognised: a gradient is about "
                "tiny steps only."
            ),
            field_view,
        ),
        Lens(
            "features",
            mark("Feature maps"),
            lambda: markdown("which parts of the photo each channel answers to, from edges to things."),
            lambda: markdown(
                "what a channel is for: most answer to several things, and the answer is made of all of them "
                "together."
            ),
            features_view,
        ),
        Lens(
            "temperature",
            mark("Temperature"),
            lambda: markdown(
                "by which number to divide the scores so that 90% sure is right nine times in ten."
            ),
            lambda: markdown(
                "which answers are wrong: no label changes, and on photos of another kind the number may be "
                "another."
            ),
            temperature_view,
        ),
    )
}
"""All views, by name."""


def _title(name: str) -> Markdown:
    return escape(_(LENSES[name].title))


def lens_picker() -> Lens:
    """Let the visitor choose a view; the address names it."""
    asked = st.query_params.get(_VIEW, "")
    if _LENS not in st.session_state:
        st.session_state[_LENS] = asked if asked in LENSES else next(iter(LENSES))
    name = str(
        st.segmented_control(
            _("View"),
            [*LENSES],
            format_func=_title,
            required=True,
            key=_LENS,
            label_visibility="collapsed",
        )
    )
    st.query_params[_VIEW] = name
    return LENSES[name]


def explain(lens: Lens, subject: Subject) -> None:
    """What a view shows, and what it does not."""
    st.markdown(
        markdown("**Shows** {shows} **Does not show** {hides}", shows=lens.shows(), hides=lens.hides())
    )
    if subject.untrained:
        st.info(
            _(
                "You look through the untrained twin: the same layers, with weights drawn by chance. What "
                "looks alike here does not come from training."
            ),
            icon=":material/casino:",
        )


def show(lens: Lens, subject: Subject) -> None:
    """Draw a view; an error becomes its sentence."""
    try:
        lens.draw(subject)
    except StreetScopeError as error:
        show_error(error, markdown("This view cannot be shown"))
