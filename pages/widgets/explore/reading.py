"""Which pixel and neighbours are read, and what a reading means; the viewer draws it."""

from __future__ import annotations

import streamlit as st

from core.languages import gettext as _
from core.languages import mark
from core.segmentation.reading import Shape
from pages.widgets.photos.visitor_session import VisitorSession, visitor_session
from pages.widgets.viewer.pixel_viewer import SHAPES, Pixel, ViewerPicture

ROW, COLUMN, SHAPE = "pixel_row", "pixel_column", "neighbours"


def keep_pixel(pixel: Pixel) -> None:
    """Remember the pixel chosen in the viewer."""
    st.session_state[ROW], st.session_state[COLUMN] = pixel


def keep_inside(picture: ViewerPicture) -> Pixel:
    """The chosen pixel, moved to the same place in a new picture; the middle of the first picture."""
    mine, now = visitor_session(), (picture.height, picture.width)
    row, col = st.session_state.get(ROW), st.session_state.get(COLUMN)
    if row is None or col is None:
        row, col = now[0] // 2, now[1] // 2
    elif mine.pixel_in is not None and mine.pixel_in != now:
        row, col = row * now[0] // mine.pixel_in[0], col * now[1] // mine.pixel_in[1]
    mine.pixel = (min(max(row, 0), now[0] - 1), min(max(col, 0), now[1] - 1))
    mine.pixel_in = now
    keep_pixel(mine.pixel)
    return mine.pixel


def take_up(session: VisitorSession) -> None:
    """Return to the pixel that was chosen before the page was reloaded."""
    if session.pixel is not None:
        keep_pixel(session.pixel)


def shape() -> Shape:
    """Which neighbours are read."""
    return next((shape for shape in SHAPES if shape == st.session_state.get(SHAPE)), SHAPES[0])


def keep_shape(shape: Shape) -> None:
    """Remember the neighbours picked beside the picture."""
    st.session_state[SHAPE] = shape


def explain() -> None:
    """For the curious: where probabilities come from."""
    section = st.expander(
        _("What do these numbers mean?"), icon=":material/school:", on_change="rerun", key="explanation"
    )
    if section.open:  # nothing is drawn while it is closed
        section.markdown(_(_EXPLANATION))


_EXPLANATION = mark("""
**From scores to probabilities.** For each pixel the network gives every class a score, the *logit* $z$. The
*softmax* turns scores into probabilities: $e$ to the power of each score, divided by the sum of all of these.
So they are all above zero and add up to 100%, and only the differences between the scores matter.

**What a temperature does.** It divides every score by a number $T$ before the softmax: $p_i = e^{z_i / T}
/ \\sum_j e^{z_j / T}$. Above 1 the probabilities get flatter, below 1 sharper; the order of the classes
stays. A network's makers can choose $T$ after training, on pictures it was not trained on, so that it is
right nine times in ten when it says 90%. Try it with the slider below the bars.

**What the entropy adds up.** Each class adds its probability times its surprise, $\\log_2 (1 / p)$ bits:
a class of 50% surprises by 1 bit, one of 25% by 2 bits. Press the bits in the reading, or hold `E`, to
see the sum for the pixel.

**Why neighbours change class at a boundary.** The network uses the surroundings of each pixel. From one
side of a kerb to the other the surroundings change little by little, and so do the scores: one class's
score falls, the other's rises, and the class changes where they cross. Close to that place the network is
undecided, and the *entropy* (0 bits: sure; 1 bit: as undecided as a tossed coin) is high.

**What confidence is not.** It is the network's probability for the class, not the chance that the class is
right. A network that has never seen a rickshaw must call it something, and may be sure of it. Whether "90%"
is right nine times in ten has to be measured on labelled pictures.
""")
