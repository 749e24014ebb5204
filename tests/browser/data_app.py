"""The Data page with a download server of this machine in place of fastai's; its address comes from outside.

STREETSCOPE_TEST_SOURCE: the archive's address, its bytes, and the MD5 hash of its first mebibyte.
"""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import streamlit as st

from core.datasets.acquire import download
from pages.widgets.shared.front_door import enter

url, size, head_md5 = os.environ["STREETSCOPE_TEST_SOURCE"].split()
download.SOURCES = {"camvid-tiny": download.Source("camvid-tiny", url, int(size), head_md5)}
download.ALLOWED = (url,)

enter()
st.set_page_config(page_title="Data", layout="wide")
runpy.run_path(str(Path(__file__).parents[2] / "pages" / "data.py"))
