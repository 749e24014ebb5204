"""The Data page as a newcomer finds it, with a download server of this machine and a small Toytown.

STREETSCOPE_TEST_SOURCE: the archive's address, its bytes, and the MD5 hash of its first mebibyte. A second
data set, `nowhere`, lies behind a port that nobody listens at.
"""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import streamlit as st

from core.datasets.acquire import download
from pages.widgets.shared import towns
from pages.widgets.shared.front_door import enter

url, size, head_md5 = os.environ["STREETSCOPE_TEST_SOURCE"].split()
nowhere = download.Source("nowhere", "http://127.0.0.1:9/nowhere.tgz", 1000, "none")
download.SOURCES = {
    "camvid-tiny": download.Source("camvid-tiny", url, int(size), head_md5),
    "nowhere": nowhere,
}
download.ALLOWED = (url, nowhere.url)
towns._FRAMES = 24

enter()
st.set_page_config(page_title="Data", layout="wide")
runpy.run_path(str(Path(__file__).parents[2] / "pages" / "data.py"))
