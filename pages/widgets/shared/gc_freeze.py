"""Streamlit collects garbage after every run of a page or of a part of it; libraries are none."""

from __future__ import annotations

import gc
import sys

_frozen = 0
"""How many modules were loaded when their objects were last put aside."""


def gc_freeze_imports() -> None:
    """Said at the end of each run: what was imported stays for good; the collector need not walk through it.

    Half a million objects of torch, pandas and Plotly would hold up everybody's clicks after each run, and on
    a page that is drawn again every two seconds take a tenth of a processor from the training beside it.
    """
    global _frozen
    loaded = len(sys.modules)
    if loaded > _frozen:
        _frozen = loaded
        gc_freeze()


def gc_freeze() -> None:
    """Take what is in memory now, less what is garbage already, out of the collector's sight for good."""
    gc.collect()
    gc.freeze()
