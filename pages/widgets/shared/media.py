"""Files for the browser: fetched once by their address, not sent again with every run."""

from __future__ import annotations

import streamlit as st
from streamlit import runtime

File = tuple[bytes, str]

_NAMED = "media_named"
"""The files that the present run of the page has named, by their place."""


def media_url(content: bytes, media_type: str, place: str) -> str:
    """Where the browser can fetch `content`: Streamlit's media store, as `st.image` does it.

    A component's own data is sent again with every run; a media file is fetched once, for its address
    is a hash of its content. Each run must name it again, or the store drops it. `place` tells the uses of
    one page apart. The address is relative, so that it holds below any base path too.
    """
    named: dict[str, File] = st.session_state.setdefault(_NAMED, {})
    if place in named and named[place][0] is not content:
        _add(named[place], f"before.{place}")
    named[place] = (content, media_type)
    return _add(named[place], place).lstrip("/")


def keep_last_files() -> None:
    """Said first at each run of the whole page: keep what the run before has named for one run more.

    Streamlit forgets all of a session's files when a run begins, and drops those that nobody has named again
    whenever any session's run ends: a slow browser would ask for a picture that is gone.
    """
    for place, file in st.session_state.get(_NAMED, {}).items():
        _add(file, f"before.{place}")
    st.session_state[_NAMED] = {}


def _add(file: File, place: str) -> str:
    return runtime.get_instance().media_file_mgr.add(*file, f"streetscope.{place}")
