"""Paint: label a drawn street by hand, graded with every stroke, and then the network beside you."""

import streamlit as st

from core.languages import gettext as _
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.front_door import front_door
from pages.widgets.shared.html import html
from pages.widgets.top.title import page_title

front_door()
page_title(
    html("How well can you do it?"),
    html(
        "Give every pixel its class by hand: the score follows each stroke, and there is no clock. Pixels "
        "without a class <em>count as wrong</em>. Then have the network graded on the same picture."
    ),
)
with st.spinner(_("Drawing the street")):
    from pages.widgets.paint.canvas import choose_frame, paint
    from pages.widgets.paint.comparison import grade_network_too
    from pages.widgets.paint.score import show_classes, show_score
    from pages.widgets.photos.visitor_session import keep_visitor_session, renew_visitor_session
    from pages.widgets.segmentation.models import model_picker, warn_of_missing

    warn_of_missing("model")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        subject = choose_frame()
        model = model_picker(compact=True)


@fragment
def paint_and_grade() -> None:
    """What is painted and every figure of it: each stroke runs only this part again."""
    figures = st.container()  # above the picture, where they can be seen while one paints
    paint(subject)
    yours = subject.grade()
    with figures:
        show_score(yours)
    network = grade_network_too(subject, yours, model)
    show_classes(yours, network)
    renew_visitor_session()


paint_and_grade()
keep_visitor_session()
