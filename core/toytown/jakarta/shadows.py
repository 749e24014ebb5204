"""Shadows on the ground of Jakarta's street: under a high sun they are short."""

from __future__ import annotations

from PIL import Image

from core.toytown.drawing.canvas import NEAR, Canvas
from core.toytown.drawing.ground import Shadows
from core.toytown.drive.shadows import cast_thing
from core.toytown.jakarta.street import Piece, Street

LEAN = {"noon": 0.26, "morning": 0.8, "dusk": 1.2}
"""Metres that a shadow is long for each metre of height, by the weather; in other weathers there is none."""
DARK = {"noon": 128, "morning": 96, "dusk": 40}


def cast(canvas: Canvas, street: Street, pieces: list[Piece]) -> Image.Image:
    """All shadows on the ground, for `ground.grain`."""
    shadows, light, near = Shadows(canvas), street.light, canvas.view.z
    reach = LEAN.get(light.weather, 0.0)
    lean = (-light.sun * reach, (-0.4 if light.ahead else 0.5) * reach)
    dark = DARK.get(light.weather, 0)
    for plot in street.plots:
        far = plot.z + plot.house.width
        if far < near:
            continue
        start, front = max(near, plot.z), plot.x
        edge = front - plot.side * 0.7
        shadows.add([(front, start), (front, far), (edge, far), (edge, start)], 50)
        if dark and light.sun == plot.side:
            out, along = (part * plot.house.height for part in lean)
            shadows.add(
                [(front, start), (front, far), (front + out, far + along), (front + out, start + along)], dark
            )
    for start, stop in street.spans:
        if stop > near and stop - start > 2.5:
            shadows.add([(-60, start), (60, start), (60, stop), (-60, stop)], 120 if stop - start > 5 else 60)
    for piece in pieces:
        if piece.shade and piece.size[0] and near + NEAR < piece.z < near + 55:
            cast_thing(shadows, piece, lean, dark)
    return shadows.image()
