"""A link to what the page shows: to copy, and as a QR code for the phones in the room."""

from __future__ import annotations

import segno
import streamlit as st

from core.languages import gettext as _
from core.photos.photo import Photo
from pages.widgets.shared.front_end import component
from pages.widgets.shared.markdown import Markdown, markdown
from pages.widgets.shared.page_address import Reach, page_link

_QUIET = 4
"""Modules of white around a QR code. Source: ISO/IEC 18004, section 6.3.8."""

_mount = component("share", __file__)


def _reaches() -> dict[Reach, Markdown]:
    return {
        "others": markdown("Scan the code with a phone in the same network, or send the link."),
        "closed": markdown(
            "StreetScope is open to this machine alone; started with `make run HOST=0.0.0.0`, it lets "
            "others in the room open this link."
        ),
        "alone": markdown("This machine is in no network, so nobody else can open this link now."),
    }


def share_menu(photo: Photo) -> None:
    """A menu with the link, drawn when opened; call it when the page has written its address."""
    menu = st.popover(_("Share"), icon=":material/share:", on_change="rerun", key="share")
    if not menu.open:
        return
    link = page_link()
    with menu:
        _mount(
            key="share_link",
            data={"address": link.address, "code": qr_path(link.address) if link.reach == "others" else None},
        )
        reach: Markdown = _reaches()[link.reach]
        st.caption(reach)
        if not photo.sample and not photo.photo_set:
            st.caption(_("Your photo stays with you: whoever opens the link sees a sample in its place."))


def qr_path(text: str) -> dict[str, object]:
    """A QR code as the path of an SVG: its dark modules, and how many modules it has on a side.

    An address of more than some 2,300 bytes has none: `path` is then empty.
    """
    try:
        code = segno.make_qr(text, error="m", boost_error=False)
    except segno.DataOverflowError:
        return {"side": 0, "path": ""}
    rows = [list(row) for row in code.matrix_iter(border=_QUIET)]
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return {"side": len(rows), "path": "".join(dark)}
