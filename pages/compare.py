"""Compare: one photo segmented twice, at two sizes or by two models, side by side."""

import streamlit as st

from pages.widgets.shared.front_door import front_door

front_door()
st.header("What changes with size or model?", anchor=False)
st.markdown(
    "The same photo, segmented twice. Zoom, drag or click in any of the pictures, and the others follow. "
    "[The article](about#article) behind StreetScope squashed its photos into squares: see what that does."
)

with st.spinner("Loading the network"):
    from pages.widgets.explore import comparison
    from pages.widgets.photos.input import photo_picker
    from pages.widgets.photos.visitor_session import keep_visitor_session
    from pages.widgets.segmentation.models import model_picker, or_say_why, segment, warn_of_missing
    from pages.widgets.segmentation.sizes import size_picker
    from pages.widgets.shared.markdown import markdown
    from pages.widgets.viewer.pixel_viewer import pixel_viewer

photo = photo_picker()
warn_of_missing("model1", "model2")
columns = st.columns(2, gap="medium")
sides = []
for number, (column, size) in enumerate(zip(columns, ("512", "1024"), strict=True), start=1):
    with column, st.container(horizontal=True, vertical_alignment="bottom"):
        sides.append(
            (
                size_picker(f"size{number}", size, squares=True),
                model_picker(markdown("Model {number}", number=number), f"model{number}"),
            )
        )
waiting = markdown("Segmenting {photo} twice", photo=photo.name[:80])
with or_say_why(photo), st.spinner(waiting, show_time=True):
    first, second = (segment(photo, model, size) for size, model in sides)
    difference = comparison.difference(first, second)


@st.fragment
def side_by_side() -> None:
    """Three linked pictures and what they say about the chosen pixel."""
    pictures = (first.picture, second.picture, difference.picture)
    places = comparison.places(pictures)
    entropies = (first.segmentation.entropy_steps, second.segmentation.entropy_steps, None)
    keys = ("first", "second", "difference")
    slots = [*st.columns(2, gap="medium"), *st.columns([1, 1], gap="medium")]
    for slot, key, picture, place, entropy in zip(slots, keys, pictures, places, entropies, strict=False):
        with slot:
            if key == "difference":
                st.subheader("Where they differ", anchor=False)
            pixel_viewer(
                picture,
                chosen=place,
                key=f"compare_{key}",
                link="compare",
                entropy=entropy,
                on_choose=comparison.choose(picture),
                label=f"{photo.name}, {comparison.TITLES[key]}",
            )
    for slot, shown, place in zip(slots, (first, second), places, strict=False):
        slot.markdown(markdown("**{reading}**", reading=shown.segmentation.read_pixel(*place).sentence()))
    with slots[3]:
        comparison.show_changes(difference, sides, photo)


side_by_side()
keep_visitor_session()
