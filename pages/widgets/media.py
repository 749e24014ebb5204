"""Files for the browser: fetched once by their address, not sent again with every run."""

from __future__ import annotations

from streamlit import runtime


def media_url(content: bytes, media_type: str, place: str) -> str:
    """Where the browser can fetch `content`: Streamlit's media store, as `st.image` does it.

    A component's own data is sent again with every run; a media file is fetched once, for its address
    is a hash of its content. Each run must name it again, or the store drops it. `place` tells the uses of
    one page apart. The address is relative, so that it holds below any base path too.
    """
    store = runtime.get_instance().media_file_mgr
    return store.add(content, media_type, f"streetscope.{place}").lstrip("/")
