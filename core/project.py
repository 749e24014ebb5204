"""Where the project is on this machine."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The folder that holds `core`; our own processes start there."""
