"""The QR code of a link, as the path that the browser draws."""

from __future__ import annotations

import re

from pages.widgets.explore.share import qr_path

FINDER = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
"""The pattern in three of a code's corners. Source: ISO/IEC 18004, section 6.3.3."""


def drawn(text: str) -> list[str]:
    """The modules of a code, row by row: 1 is dark."""
    code = qr_path(text)
    side = code["side"]
    dark = {(int(y), int(x)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", code["path"])}
    return ["".join(str(int((y, x) in dark)) for x in range(side)) for y in range(side)]


def test_a_code_has_its_finders_within_four_white_modules():
    rows = drawn("http://192.168.1.20:8501/?row=171&col=256&view=overlay&photo=china")
    side = len(rows)

    assert (side - 8 - 17) % 4 == 0  # a version's number of modules, and the white around it
    assert all(set(rows[y]) == {"0"} for y in (*range(4), *range(side - 4, side)))
    assert all(row[:4] == row[-4:] == "0000" for row in rows)
    corners = ((4, 4), (4, side - 11), (side - 11, 4))
    assert all([row[left : left + 7] for row in rows[top : top + 7]] == FINDER for top, left in corners)


def test_another_link_is_another_code():
    assert drawn("http://192.168.1.20:8501/?row=1") != drawn("http://192.168.1.20:8501/?row=2")


def test_an_address_that_is_too_long_has_no_code():
    assert qr_path("http://localhost/?hide=" + "x" * 3000) == {"side": 0, "path": ""}
