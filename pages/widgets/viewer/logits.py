"""A segmentation's logits on their way to the browser, which reads pixels from them itself (`logits.js`)."""

from __future__ import annotations

import math
import zlib

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.segmentation.segmentation import Segmentation

LARGEST = 24 * 1024**2
"""Bytes of logits that a browser is asked to keep: a photo of 2048 x 2048 with 11 classes has 22 MB."""


def fit_a_browser(logits: NDArray[np.float16]) -> bool:
    """Whether the logits are small enough to be sent."""
    return logits.nbytes <= LARGEST


def megabytes(logits: NDArray[np.float16]) -> int:
    """The size of the logits in millions of bytes, as people say it."""
    return math.ceil(logits.nbytes / 1e6)


@st.cache_resource(max_entries=8, show_spinner=False)
def packed_logits(identity: str, _segmentation: Segmentation) -> bytes:
    """The packed logits of the picture of this identity, made once for all sessions."""
    return pack(_segmentation.logits)


def pack(logits: NDArray[np.float16]) -> bytes:
    """(C, h, w) half-precision logits as bytes: the low bytes of all, then the high bytes of all, deflated.

    Neighbours have much the same high bytes, which lie beside each other so: 63 % of the size, against 75 %.
    """
    halves = np.frombuffer(logits.astype("<f2").tobytes(), dtype=np.uint8).reshape(-1, 2)
    return zlib.compress(halves.T.tobytes(), level=1)
