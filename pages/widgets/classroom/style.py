"""How both pages look: fingers on a phone, and large type on a projector."""

from __future__ import annotations

from pathlib import Path

from pages.widgets.shared.html import Html, style_sheet

STYLE: Html = style_sheet(Path(__file__).with_name("classroom.css"))
