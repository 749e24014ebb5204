"""Explore: a photo is segmented; choose a pixel and read what the network believes about it."""

import streamlit as st

from core.errors import ImageError, ModelError
from core.samples import CHINA_CREDIT, china
from pages.widgets.downloads import download_menu
from pages.widgets.pixel_viewer import pixel_viewer
from pages.widgets.reading import keep_inside, pixel_inputs, show_chosen, show_neighbours, sync_inputs

SIZES = {"512": 512, "1024": 1024, "Full": None}

st.title("What is in this street?", anchor=False)
st.markdown(
    "StreetScope gives every pixel of a photo a **class** such as Road, Car or Sky. "
    "Point at the picture to see the class, click a pixel to read how sure the network is about it "
    "and its neighbours."
)

with st.spinner("Waking the network"):
    # After the title, not at the top: importing torch takes seconds, and somebody is waiting.
    from pages.widgets.models import figures, model_picker, segment

with st.container(horizontal=True, vertical_alignment="bottom"):
    upload = st.file_uploader(
        "Your street photo",
        type=["jpg", "jpeg", "png", "webp", "heic", "heif", "bmp", "gif"],
        max_upload_size=40,
        help="It stays on the machine that runs StreetScope, and only as long as this page is open.",
    )
    size = st.segmented_control(
        "Working size",
        list(SIZES),
        default="512",
        required=True,
        help="The photo's longer side in pixels while it is segmented. Larger finds smaller things and takes "
        "longer; Full is the photo's own size, up to 2048.",
    )
    model = model_picker()

name, source = ("china.jpg", CHINA_CREDIT) if upload is None else (upload.name, "your photo")
try:
    with st.spinner(f"Segmenting {name}", show_time=True):
        photo = segment(upload.getvalue() if upload else china().read_bytes(), model, SIZES[size])
except ImageError as error:
    st.error(str(error), title=f"{name} cannot be used", icon=":material/broken_image:")
    name, source = "china.jpg", CHINA_CREDIT
    photo = segment(china().read_bytes(), model, SIZES[size])
except ModelError as error:
    st.error(str(error), title="The model cannot be used", icon=":material/error:")
    st.stop()


@st.fragment
def look_inside() -> None:
    """Viewer and reading: choosing a pixel runs only this again."""
    segmentation, picture = photo.segmentation, photo.picture
    chosen = keep_inside(picture)
    reading = segmentation.read(*chosen)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        pixel_viewer(
            picture,
            chosen=chosen,
            window=[(pixel.row, pixel.col) for pixel in reading.pixels],
            key="viewer",
            on_choose=sync_inputs,
            label=f"{name} with its classes",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{name} at {segmentation.width} x {segmentation.height} · {source}")
            download_menu(segmentation, reading, name)
    with right:
        pixel_inputs(picture)
        show_chosen(reading)
    show_neighbours(reading)


look_inside()
st.caption(figures(model))
