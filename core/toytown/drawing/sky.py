"""The sky on the canvas, before anything else is drawn."""

from __future__ import annotations

import numpy as np
from PIL import Image

from core.toytown.drawing import kinds
from core.toytown.drawing.canvas import FINER, Canvas
from core.toytown.drawing.light import Floats, sky


def draw_sky(canvas: Canvas, clouds: Floats, drift: float) -> None:
    """Fill the canvas with the sky. clouds: a street's; drift: how far they have moved on."""
    view = canvas.view
    middle = view.middle[0] / FINER, view.middle[1] / FINER
    colours = sky(canvas.light, clouds, view.width, view.height, middle, drift)
    pixels = np.empty((view.height, view.width, 4), dtype=np.uint8)
    pixels[..., :3] = np.clip(colours, 0, 255)
    pixels[..., 3] = kinds.SKY
    canvas.image.paste(Image.fromarray(pixels.repeat(FINER, axis=0).repeat(FINER, axis=1)), (0, 0))
