"""Look inside: what the network makes of a photo, each view beside what it does not show."""

import streamlit as st

from core.languages import gettext as _
from pages.widgets.photos import added
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.front_door import front_door
from pages.widgets.shared.html import html
from pages.widgets.top.title import page_title

front_door()
page_title(
    html("What did the network look at?"),
    html(
        "Choose a pixel, then hide, spoil and trace what the network makes its answer of. Each view says "
        "what it shows, and what it does not."
    ),
    news=added.news(),
)
with st.spinner(_("Loading the network")):
    from pages.widgets.explore import address
    from pages.widgets.inside import lenses
    from pages.widgets.inside.subject import look_at, twin_toggle
    from pages.widgets.photos.input import photo_picker
    from pages.widgets.photos.opened_set import set_line
    from pages.widgets.photos.visitor_session import keep_visitor_session
    from pages.widgets.segmentation.models import model_picker, or_say_why, warn_of_missing
    from pages.widgets.segmentation.sizes import size_picker
    from pages.widgets.shared.markdown import markdown

address.follow()
address.say_missing()
warn_of_missing("model")
set_line()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    here = photo_picker("collapsed")
    model = model_picker(compact=True)
    size = size_picker(model)
    untrained = twin_toggle()
lens = lenses.lens_picker()
waiting = markdown("Segmenting {photo}", photo=here.name[:80])
with or_say_why(here.name), st.spinner(waiting, show_time=True):
    subject = look_at(here.read(), model, size, untrained)


def look_inside() -> None:
    """The view, with what it shows and what it does not."""
    lenses.explain(lens, subject)
    lenses.show(lens, subject)
    address.write_place(subject.photo, subject.pixel())
    address.explore_link()


if lens.quick:
    fragment(look_inside)()
else:
    look_inside()
keep_visitor_session(address.take_up)
