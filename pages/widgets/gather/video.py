"""Frames of a video as photos: it is looked at first, and says how many there will be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.errors import StreetScopeError
from core.files import signature
from core.languages import gettext as _
from core.languages import translated
from core.photos.gather.store import PhotoSet
from core.photos.gather.videos import (
    EVERY,
    LONGEST,
    MOST,
    SHORTEST,
    clock_time,
    fitting,
    frame_count,
    known_frames,
    still_missing,
)
from core.photos.video.formats import ENDINGS
from core.photos.video.messages import Overview
from core.photos.video.reading import Video, key_of, look, video_at, video_of
from pages.widgets.gather.work import is_fetching, take_frames
from pages.widgets.photos.visitor_session import MAX_BYTES
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import Markdown, joined, markdown

_SEEN, _DROPPED, _TAKEN = "video_seen", "video_dropped", "video_taken"


@dataclass(frozen=True)
class _Seen:
    """What a video is, or why it is none. given: which one it was, as the visitor gave it."""

    given: object
    key: str = ""
    overview: Overview | None = None
    size: int = 0
    error: str = ""


def give_video(file: UploadedFile) -> None:
    """Take a video that was dropped on the page as photos are."""
    st.session_state[_DROPPED] = file


def say_dropped() -> None:
    """Say where the video is that was dropped on the page."""
    file = st.session_state.get(_DROPPED)
    if file is not None and file.file_id != st.session_state.get(_TAKEN):
        words = markdown("{name} is a video: choose its frames under Video.", name=file.name[:120])
        st.info(words, icon=":material/movie:")


def video_source(photos: PhotoSet) -> bool:
    """Let the visitor give a video; returns whether its frames are now on their way into the set."""
    given = _given()
    if given is None:
        return False
    video, mark = given
    seen = _seen(video, mark)
    if seen.overview is None:
        show_error(seen.error, icon=":material/movie_off:")
        return False
    return _choose(photos, video, seen, seen.overview)


def _given() -> tuple[Video, object] | None:
    """The video, and what changes when another one is given."""
    st.caption(
        _(
            "A ride that a phone filmed gives a photo every few seconds. Frames that show the same, as at "
            "a red light, are found and dropped."
        )
    )
    left, right = st.columns(2, gap="medium")
    with left:
        file: UploadedFile | None = st.file_uploader(
            _("A video: MP4, MOV, WebM, MKV or AVI"),
            type=list(ENDINGS),
            max_upload_size=MAX_BYTES // 2**20,
            key="gather_video",
        )
    with right:
        path = st.text_input(
            _("or a larger one, by its path on this machine"),
            placeholder=_("/home/me/Videos/ride.mp4"),
            key="gather_video_path",
        )
    if file is None and not path.strip():
        file = st.session_state.get(_DROPPED)
    if file is not None:
        return video_of(file.name, file.getbuffer()), file.file_id
    place = Path(path.strip().strip("\"'"))
    return (video_at(place), (path, signature(place))) if path.strip() else None


def _seen(video: Video, given: object) -> _Seen:
    """What a video is; looked at once."""
    seen = st.session_state.get(_SEEN)
    if not isinstance(seen, _Seen) or seen.given != given:
        with st.spinner(_("Looking at the video")):
            seen = st.session_state[_SEEN] = _look(video, given)
    return seen


def _look(video: Video, given: object) -> _Seen:
    try:
        with video.open() as file:
            return _Seen(given, key_of(file), look(file), file.seek(0, 2))
    except StreetScopeError as error:
        return _Seen(given, error=translated(error))


def _choose(photos: PhotoSet, video: Video, seen: _Seen, overview: Overview) -> bool:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        every = st.number_input(
            _("A frame every … seconds"), SHORTEST, LONGEST, EVERY, step=1.0, format="%g", width=200
        )
        known = known_frames(photos, seen.key)
        missing = still_missing(overview.milliseconds, every, known)
        pressed = st.button(
            _("Go on") if known and missing else _("Gather the frames"),
            type="primary",
            icon=":material/movie:",
            disabled=is_fetching(photos) or not missing,
        )
    st.caption(_said(photos, video, seen, overview, every, missing))
    if not pressed:
        return False
    st.session_state[_TAKEN] = seen.given
    take_frames(photos, video, every)
    return True


def _said(
    photos: PhotoSet, video: Video, seen: _Seen, overview: Overview, every: float, missing: int
) -> Markdown:
    """How long and large a video is, and how many frames will come."""
    about = markdown(
        "{name}: {length} long, {width} x {height} pixels, {size:,.1f} MB.",
        name=video.name[:120],
        length=clock_time(overview.milliseconds),
        width=overview.width,
        height=overview.height,
        size=seen.size / 10**6,  # as the uploader counts it
    )
    count = frame_count(overview.milliseconds, every)
    return joined(" ", (about, _coming(photos.name, count, missing, fitting(overview.milliseconds))))


def _coming(name: str, count: int, missing: int, fit: float) -> Markdown:
    """How many frames will come into the set of that name."""
    if not missing:
        return markdown("All its frames at this pace are in {name} already.", name=name)
    if missing > MOST:
        return markdown(
            "That gives {missing:,} frames, of which the first {most} come now. With one every {fit:g} s, "
            "all fit.",
            missing=missing,
            most=MOST,
            fit=fit,
        )
    frames = markdown("1 frame") if missing == 1 else markdown("{missing} frames", missing=missing)
    if missing < count:
        here = count - missing
        return markdown("That gives {frames} more; {name} has {here}.", frames=frames, name=name, here=here)
    return markdown("That gives {frames}.", frames=frames)
