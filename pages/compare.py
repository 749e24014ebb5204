"""Compare: one photo segmented twice, at two sizes or by two models, side by side."""

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
    html("What changes with size or model?"),
    html(
        "The same photo, segmented twice. Zoom, drag or choose a pixel in any picture, and the others "
        "follow. <a href='about#article' target='_self'>The article</a> behind StreetScope squashed its "
        "photos into squares: see what that does."
    ),
    news=added.news(),
)

with st.spinner(_("Loading the network")):
    from pages.widgets.explore import comparison
    from pages.widgets.photos.input import add_photos, camera_input, photo_picker, photo_upload
    from pages.widgets.photos.opened_set import follow_set, set_line, write_set
    from pages.widgets.photos.visitor_session import keep_visitor_session
    from pages.widgets.segmentation.models import (
        class_marks,
        model_picker,
        or_say_why,
        segment,
        warn_of_missing,
    )
    from pages.widgets.shared.markdown import markdown
    from pages.widgets.viewer.pixel_viewer import linked_toolbar, pixel_viewer

follow_set()
set_line()
with st.container(horizontal=True, vertical_alignment="bottom"):
    here = photo_picker()
    add_photos()
    camera_input()
write_set()
photo_upload()
added.show_refused()
warn_of_missing("model1", "model2")
sides = []
for number, (column, size) in enumerate(zip(st.columns(2, gap="medium"), ("512", "1024"), strict=True), 1):
    with column, st.container(horizontal=True):
        model = model_picker(markdown("Model {number}", number=number), f"model{number}")
        sides.append((comparison.size_menu(f"size{number}", size, model), model))
comparison.explain_squares(sides)
waiting = markdown("Segmenting {photo} twice", photo=translated(here.name)[:80])
with or_say_why(here.name), st.spinner(waiting, show_time=True):
    photo = here.read()
    first, second = (segment(photo, model, size) for size, model in sides)
    difference = comparison.difference(first, second)


@fragment
def side_by_side() -> None:
    """Three linked pictures under one toolbar, and what they say about the chosen pixel."""
    pictures = (first.picture, second.picture, difference.picture)
    places = comparison.places(pictures)
    linked_toolbar(
        "compare",
        views=("photo", "overlay", "mask", "confidence", "entropy"),
        subject=photo.key,
        label=_("View of all three pictures"),
    )
    keys = ("first", "second", "difference")
    readings = [side.segmentation for side in (first, second)]
    slots = [*st.columns(2, gap="medium"), *st.columns(2, gap="medium")]
    for slot, key, picture, place, read in zip(
        slots, keys, pictures, places, (*readings, None), strict=False
    ):
        with slot:
            if read is None:
                share = difference.comparison.share_changed
                words = markdown("Where they differ: {share:.1%} of the pixels", share=share)
                st.subheader(words, anchor=False)
            pixel_viewer(
                picture,
                chosen=place,
                key=f"compare_{key}",
                link="compare",
                subject=photo.key,
                toolbar=False,
                words=read.read_pixel(*place).sentence() if read else "",
                entropy=read.entropy_steps if read else None,
                marks=class_marks(read.model_name) if read else {},
                on_choose=comparison.choose(picture),
                label=f"{translated(photo.name)}, {_(comparison.TITLES[key])}",
            )
    with slots[3]:
        comparison.show_changes(difference, sides, photo)


side_by_side()
keep_visitor_session()
