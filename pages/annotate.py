"""Annotate: put right what the network got wrong, pixel by pixel; everything is saved as it is drawn."""

import streamlit as st

from core.languages import gettext as _
from pages.widgets.photos import added
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.front_door import front_door
from pages.widgets.shared.html import html
from pages.widgets.top.title import page_title

front_door()
page_title(
    html("What did it get wrong?"),
    html(
        "Draw the right class over what the network got wrong. What shows faintly is <em>not reviewed</em>: "
        "nobody has judged it yet."
    ),
    news=added.news(),
)
with st.spinner(_("Loading the network")):
    # After the title, not at the top: importing takes a moment in which somebody is waiting.
    from pages.widgets.annotate.after import after_correcting, show_first_stroke
    from pages.widgets.annotate.editor.packing import identity
    from pages.widgets.annotate.editor.presence import beat, keep_beat
    from pages.widgets.annotate.picture import choose_picture
    from pages.widgets.annotate.ways import draw
    from pages.widgets.photos.visitor_session import keep_visitor_session
    from pages.widgets.shared.guests import host_sentence, is_guest

opened = choose_picture()
read_only = host_sentence(_("change the corrections")) if is_guest() else ""


def edit() -> None:
    """What is drawn on: each stroke runs only this part again."""
    draw(opened, read_only)
    show_first_stroke(opened.correction)
    keep_beat(identity(opened.correction))


fragment(edit, every=beat(identity(opened.correction)))()
after_correcting(opened.correction)
keep_visitor_session()
