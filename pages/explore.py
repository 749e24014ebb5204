"""Explore: segment photos, choose a pixel and read the network's probabilities for it."""

from functools import partial

import streamlit as st

from core.languages import gettext as _
from core.languages import translated
from pages.widgets.photos import added
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.front_door import front_door
from pages.widgets.shared.html import html
from pages.widgets.top.title import page_title

front_door()
page_title(
    html("What is in this street?"),
    html(
        "Every pixel gets a <strong>class</strong> such as Road, Car or Sky. "
        "Tap or click one to read how sure the network is."
    ),
    news=added.news(),
)
with st.spinner(_("Loading the network")):
    # After the title, not at the top: importing takes a moment in which somebody is waiting.
    from pages.widgets.explore import address, pins, reading
    from pages.widgets.explore.downloads import download_menu
    from pages.widgets.explore.share import share_menu
    from pages.widgets.photos.input import camera_input, listen_for_files, photo_upload
    from pages.widgets.photos.opened_set import set_line
    from pages.widgets.photos.strip import photo_strip
    from pages.widgets.photos.visitor_session import keep_visitor_session, visitor_session
    from pages.widgets.segmentation.models import (
        class_marks,
        figures,
        model_picker,
        or_say_why,
        segment,
        warn_of_missing,
    )
    from pages.widgets.segmentation.sizes import size_picker
    from pages.widgets.shared.markdown import markdown
    from pages.widgets.viewer.pixel_viewer import pixel_viewer

address.follow()
address.say_missing()
warn_of_missing("model")
set_line()
with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="photo_bar"):
    strip = st.container()
    if visitor_session().opened() is None:
        camera_input()
    model = model_picker(compact=True)
    size = size_picker(model)
photo_upload()
added.show_refused()

here = visitor_session().here()
waiting = markdown("Segmenting {photo}", photo=translated(here.name)[:80])
with or_say_why(here.name), st.spinner(waiting, show_time=True):
    photo = here.read()
    shown = segment(photo, model, size)
with strip:
    photo_strip(model, size)


@fragment
def look_inside() -> None:
    """Viewer and reading: choosing a pixel runs only this part again."""
    segmentation, picture = shown.segmentation, shown.picture
    shape = reading.shape()
    chosen = reading.keep_inside(picture)
    pixel_viewer(
        picture,
        chosen=chosen,
        shape=shape,
        view=address.view(),
        entropy=segmentation.entropy_steps,
        segmentation=segmentation,
        pins=pins.in_picture(photo, segmentation, size),
        on_pin=pins.keeper(photo, segmentation, size),
        subject=photo.key,
        look=address.look(photo, picture),
        temperature=address.temperature(),
        marks=class_marks(model),
        key="viewer",
        on_choose=reading.keep_pixel,
        on_view=address.keep_view,
        on_shape=reading.keep_shape,
        on_look=partial(address.keep_look, photo, picture),
        label=_("{photo} with its classes").format(photo=translated(photo.name)),
    )
    read = segmentation.read_pixel(*chosen, shape=shape)
    address.write(photo, chosen)
    with st.container(horizontal=True, vertical_alignment="center"):
        said = translated(photo.credit) if photo.photo_set else _(photo.credit)
        credit = said or _("your photo: the page's address does not include it")
        st.caption(
            markdown(
                "{photo} at {width} x {height} · {credit}",
                photo=translated(photo.name)[:80],
                width=segmentation.width,
                height=segmentation.height,
                credit=credit,
            )
        )
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            address.inside_link()
            address.correct_link(photo)
            share_menu(photo)
            download_menu(shown, read, photo, model, size)
    reading.explain()
    pins.show_pins()


look_inside()
st.caption(figures(shown.segmentation))
listen_for_files()
keep_visitor_session(address.take_up)
