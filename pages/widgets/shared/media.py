"""Files for the browser: fetched once by their address instead of sent with every run."""

from __future__ import annotations

import streamlit as st
from streamlit import runtime

File = tuple[bytes, str]

_NAMED = "media_named"
"""The files that this run of the page has named, by place."""

_EARLIER = "media_earlier"
"""The files of the last whole run, and of the runs since then that were cut short."""


def media_url(content: bytes, media_type: str, place: str) -> str:
    """The address of `content` in Streamlit's media store, which `st.image` uses too.

    A component's own data is sent again with every run; a media file is fetched once, because its
    address is a hash of its content. Each run must name it again, or the store drops it. `place` tells the
    files of one page apart. The address is relative, so that it works below any base path.
    """
    named: dict[str, File] = st.session_state.setdefault(_NAMED, {})
    if place in named and named[place][0] is not content:
        _add(named[place], f"before.{place}")
    named[place] = (content, media_type)
    return _add(named[place], place).lstrip("/")


def keep_earlier_files() -> None:
    """Call first in each run of the whole page: keeps what the browser may still show or be fetching.

    Streamlit forgets a session's files when a run begins, and drops those that have not been named again
    whenever any session's run ends, one that was cut short too: a slow browser would ask for a picture that
    is gone. So the files of the last whole run stay, and those that cut runs have named since.
    """
    earlier: dict[str, File] = {
        **st.session_state.get(_EARLIER, {}),
        **st.session_state.get(_NAMED, {}),
    }
    for place, file in earlier.items():
        _add(file, f"before.{place}")
    st.session_state[_EARLIER] = earlier
    st.session_state[_NAMED] = {}


def forget_earlier_files() -> None:
    """Call last in each run of the whole page: what it has not named is wanted for one more run only.

    The store itself keeps the earlier files until the next run begins.
    """
    st.session_state[_EARLIER] = {}


def _add(file: File, place: str) -> str:
    return runtime.get_instance().media_file_mgr.add(*file, f"streetscope.{place}")
