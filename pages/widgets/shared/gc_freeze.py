"""Streamlit collects garbage after every run of a page or fragment; imported libraries are never garbage."""

from __future__ import annotations

import gc
import sys

_frozen = 0
"""How many modules were loaded at the last freeze."""


def gc_freeze_imports() -> None:
    """Call at the end of each run: imported objects stay for good, so the collector need not visit them.

    Half a million objects of torch, pandas and Plotly would delay every click, and on a page
    that refreshes every two seconds take a tenth of a processor from the training beside it.
    """
    global _frozen
    loaded = len(sys.modules)
    if loaded > _frozen:
        _frozen = loaded
        gc_freeze()


def gc_freeze() -> None:
    """Collect garbage, then hide everything that is in memory from the collector for good."""
    gc.collect()
    gc.freeze()
