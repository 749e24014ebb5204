"""Cameras on a street of Jakarta's: a car's, a motorcycle's, a pedestrian's on a bridge, and CCTV.

The canvas draws a street whose uprights are upright. A camera that looks down or leans over is turned after
the drawing, by the homography of a rotation around the lens (Hartley and Zisserman, "Multiple View Geometry",
2004, section 8.4); colours, classes and depths are turned as one, so they still cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from PIL import Image

from core.toytown.drawing.canvas import FINER, Canvas, View
from core.toytown.drawing.dice import Dice, cosine, sine
from core.toytown.drawing.light import Floats

CameraKind = Literal["car", "motorcycle", "bridge", "cctv"]
KINDS: tuple[CameraKind, ...] = ("car", "motorcycle", "bridge", "cctv")


@dataclass(frozen=True)
class Camera:
    """Where a camera is and where it looks.

    x, eye: in metres; zoom: the focal length as a share of the picture's width; down, left, lean: in turns.
    """

    kind: CameraKind
    x: float
    eye: float
    zoom: float
    down: float
    left: float
    lean: float

    @property
    def rides(self) -> bool:
        """Whether it moves with the traffic."""
        return self.kind in {"car", "motorcycle"}


def any_camera(dice: Dice, kind: CameraKind, lane: float, between: float, kerb: float) -> Camera:
    """A camera of this kind.

    lane: x of our lane's middle; between: x between two lanes; kerb: x of the left kerb.
    """
    if kind == "car":
        eye = dice.between(1.15, 1.6)
        return Camera(
            kind,
            lane + dice.between(-0.3, 0.3),
            eye,
            dice.between(0.72, 1.05),
            dice.between(0.0, 0.018),
            dice.between(-0.012, 0.012),
            dice.between(-0.004, 0.004),
        )
    if kind == "motorcycle":
        x = dice.pick((between, lane, kerb + 0.9))
        return Camera(
            kind,
            x,
            dice.between(1.3, 1.65),
            dice.between(0.55, 0.85),
            dice.between(0.005, 0.035),
            dice.between(-0.02, 0.02),
            dice.between(-0.014, 0.014),
        )
    if kind == "bridge":
        return Camera(
            kind,
            dice.between(kerb, -kerb),
            dice.between(5.6, 7.4),
            dice.between(0.7, 1.1),
            dice.between(0.022, 0.06),
            dice.between(-0.03, 0.03),
            dice.between(-0.005, 0.005),
        )
    return Camera(
        kind,
        dice.pick((kerb - 0.4, 0.0, -kerb + 0.4)),
        dice.between(6.0, 10.0),
        dice.between(0.6, 0.95),
        dice.between(0.05, 0.095),
        dice.between(-0.04, 0.04),
        dice.between(-0.008, 0.008),
    )


@dataclass(frozen=True)
class Aim:
    """A camera's view of the drawing, and what turns the drawing into its picture.

    turn: (3, 3) takes (column, row, 1) of the picture to the drawing's, in fine pixels, up to a factor; its
    last number is 1.
    middle: the point that the street runs to, as column and row in the picture's pixels.
    """

    view: View
    turn: Floats
    middle: tuple[float, float]

    def turned(self, canvas: Canvas) -> None:
        """Turn what was drawn, its depths too: each pixel takes colour and class from one place."""
        coefficients = self.turn.ravel()[:8].tolist()
        for name in ("image", "depth"):
            drawn: Image.Image = getattr(canvas, name)
            turned = drawn.transform(
                drawn.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.NEAREST
            )
            getattr(canvas, name).paste(turned, (0, 0))

    def seen(self, col: float, row: float) -> tuple[float, float]:
        """Where a fine pixel of the drawing is in the picture, in the picture's pixels."""
        u, v, w = np.linalg.solve(self.turn, np.array((col, row, 1.0))).tolist()
        return round(u / w / FINER, 4), round(v / w / FINER, 4)


def aim(camera: Camera, width: int, height: int, z: float, down: float, lean: float) -> Aim:
    """The view at z with the camera turned by `down` and `lean` turns more than it stands.

    The drawing is made as wide as the turned picture needs it: no corner of the picture looks past its edge.
    """
    focal = camera.zoom * width * FINER
    across, up = width * FINER, height * FINER
    turn = _rotation(camera.down + down, camera.left, camera.lean + lean)
    lens = np.array(((1 / focal, 0, -across / 2 / focal), (0, 1 / focal, -up / 2 / focal), (0, 0, 1)))
    rays = _rounded(turn @ lens)
    corners = [rays @ np.array((u, v, 1.0)) for u in (0, across) for v in (0, up)]
    cols, rows = ([c[axis] / c[2] for c in corners] for axis in (0, 1))
    pad = 1.01
    scale = round(min(across / (max(cols) - min(cols)), up / (max(rows) - min(rows))) / pad, 6)
    col = round(across / 2 - scale * (max(cols) + min(cols)) / 2, 6)
    row = round(up / 2 - scale * (max(rows) + min(rows)) / 2, 6)
    view = View(
        width,
        height,
        camera.x,
        z,
        col / across - 0.5,
        (row - 0.46 * up) / across,
        camera.eye,
        scale / across,
    )
    matrix = np.array(((scale, 0, col), (0, scale, row), (0, 0, 1))) @ rays
    made = Aim(view, _rounded(matrix / matrix[2, 2]), (0.0, 0.0))
    return replace(made, middle=made.seen(col, row))


def _rounded(values: Floats) -> Floats:
    """To twelve decimals: the last bit of a product of matrices differs between machines."""
    return np.round(values, 12)


def _rotation(down: float, left: float, lean: float) -> Floats:
    """Turns a ray (right, down, ahead) of the picture into one of the street's."""
    c, s = cosine(down), sine(down)
    tilt = np.array(((1, 0, 0), (0, c, s), (0, -s, c)))
    c, s = cosine(left), sine(left)
    pan = np.array(((c, 0, -s), (0, 1, 0), (s, 0, c)))
    c, s = cosine(lean), sine(lean)
    roll = np.array(((c, -s, 0), (s, c, 0), (0, 0, 1)))
    rotation: Floats = pan @ tilt @ roll
    return rotation
