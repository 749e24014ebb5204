"""Explore: segment photos, choose a pixel and read the network's probabilities for it."""

from functools import partial

import streamlit as st

from pages.widgets.shared.front_door import front_door

front_door()
st.header("What is in this street?", anchor=False)
st.markdown(
    "Every pixel of a photo gets a **class** such as Road, Car or Sky. Point at the picture to see it; "
    "choose a pixel to read how sure the network is, there and at its neighbours."
)

with st.spinner("Loading the network"):
    # After the title, not at the top: importing torch takes seconds while somebody is waiting.
    from pages.widgets.explore import address, pins, reading
    from pages.widgets.explore.downloads import download_menu
    from pages.widgets.explore.share import share_menu
    from pages.widgets.photos.input import listen_for_pasted, photo_input, show_refused
    from pages.widgets.photos.strip import photo_strip
    from pages.widgets.photos.visitor_session import keep_visitor_session, visitor_session
    from pages.widgets.segmentation.models import (
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
with st.container(horizontal=True, vertical_alignment="bottom"):
    photo_input()
    strip = st.container()
    model = model_picker()
    size = size_picker(model)
show_refused()

photo = visitor_session().photo()
waiting = markdown("Segmenting {photo}", photo=photo.name[:80])
with or_say_why(photo), st.spinner(waiting, show_time=True):
    shown = segment(photo, model, size)
with strip:
    photo_strip(model, size)


@st.fragment
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
        key="viewer",
        on_choose=reading.keep_pixel,
        on_view=address.keep_view,
        on_shape=reading.keep_shape,
        on_look=partial(address.keep_look, photo, picture),
        label=f"{photo.name} with its classes",
    )
    read = segmentation.read_pixel(*chosen, shape=shape)
    address.write(photo, chosen)
    with st.container(horizontal=True, vertical_alignment="center"):
        credit = photo.credit or "your photo: the page's address does not include it"
        st.caption(
            markdown(
                "{photo} at {width} x {height} · {credit}",
                photo=photo.name[:80],
                width=segmentation.width,
                height=segmentation.height,
                credit=credit,
            )
        )
        with st.container(horizontal=True, width="content"):
            share_menu(photo)
            download_menu(shown, read, photo, model, size)
    reading.explain()
    pins.show_pins()


look_inside()
st.caption(figures(shown.segmentation))
listen_for_pasted()
keep_visitor_session(address.take_up)
