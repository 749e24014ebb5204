"""About: what StreetScope is, whom it follows, what may be done with it, and what is kept of its visitors."""

import streamlit as st

from core.languages import gettext as _
from pages.widgets.shared.front_door import front_door
from pages.widgets.shared.html import html
from pages.widgets.top.title import page_title

front_door()
page_title(
    html("What is StreetScope?"),
    html(
        "A way to look inside <strong>street-scene segmentation</strong>: a network gives every pixel of a "
        "photo a class such as Road, Car or Sky. Here you see what it decided and how sure it was, pixel by "
        "pixel, browse what it learnt from, train it and watch it learn, and measure how good it is. It all "
        "runs on one ordinary computer, without a GPU and without the internet."
    ),
)

with st.spinner(_("Reading the model's card")):
    from pages.widgets.about.article import show_article
    from pages.widgets.about.facts import show_licences, show_privacy, show_versions

show_article()
st.subheader(_("What is kept of you"), anchor="privacy")
show_privacy()
st.subheader(_("What you may use"), anchor="licences")
show_licences()
st.subheader(_("Versions"), anchor="versions")
show_versions()
st.subheader(_("Read more"), anchor=False)
st.markdown(
    _(
        "The folder that StreetScope was installed from has the rest: `README.md` says how to use it, from "
        "the command line too, and how fast and how robust it is; `docs/architecture.md` shows how it is "
        "built; `models/street-lite0/README.md` says what was tried and where the model fails; "
        "`CONTRIBUTING.md` helps whoever wants to change it."
    )
)
