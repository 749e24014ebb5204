"""The light over Jakarta: hard noon, haze, rain, a short dusk; random within each, further than in life."""

from __future__ import annotations

from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import Light, Triple

SKIES = ("noon", "haze", "rain", "dusk", "morning")


def any_light(dice: Dice, sky: str, rides: bool) -> Light:
    """The light under one of SKIES. rides: whether the camera is on a vehicle with headlights."""
    sun, ahead = dice.pick((-1, 1)), dice.chance(0.35)
    bright, warm = dice.between(0.85, 1.18), dice.between(-0.08, 0.08)
    cast = (bright * (1 + warm), bright * dice.between(0.97, 1.03), bright * (1 - warm))
    noise, haze = dice.between(1.0, 6.0), dice.between(70, 420)
    if sky == "noon":
        ambient = _about(dice, (0.46, 0.50, 0.57))
        direct = _about(dice, (0.80, 0.75, 0.62))
        return Light(
            "noon",
            ambient,
            direct,
            sun,
            ahead,
            _about(dice, (104, 156, 216)),
            _about(dice, (214, 224, 230)),
            (250, 250, 250),
            dice.between(0.2, 0.7),
            haze,
            cast,
            noise,
            rides,
        )
    if sky == "haze":
        grey = _about(dice, (214, 212, 206))
        return Light(
            "overcast",
            _about(dice, (0.72, 0.72, 0.72)),
            (0.08, 0.08, 0.07),
            0,
            False,
            _about(dice, (200, 204, 206)),
            grey,
            (190, 192, 194),
            dice.between(0.4, 0.9),
            dice.between(22, 120),
            cast,
            noise,
            rides,
        )
    if sky == "rain":
        return Light(
            "rain",
            _about(dice, (0.54, 0.57, 0.60)),
            (0.0, 0.0, 0.0),
            0,
            False,
            _about(dice, (150, 156, 164)),
            _about(dice, (196, 200, 204)),
            (130, 136, 144),
            0.85,
            dice.between(45, 170),
            cast,
            noise + 1,
            rides,
        )
    if sky == "dusk":
        late = dice.between(0.7, 1.15) * (1.0 if rides else 1.3)
        top: Triple = (58 * late, 68 * late, 118 * late)
        horizon = _about(dice, (250 * min(1.0, late), 164 * late, 108 * late))
        return Light(
            "dusk",
            (0.38 * late, 0.37 * late, 0.46 * late),
            (0.2, 0.12, 0.06),
            sun,
            True,
            top,
            horizon,
            (140, 100, 124),
            dice.between(0.3, 0.7),
            dice.between(120, 320),
            cast,
            noise + 2,
            rides,
        )
    return Light(
        "morning",
        _about(dice, (0.50, 0.53, 0.60)),
        _about(dice, (0.74, 0.60, 0.40)),
        sun,
        ahead,
        _about(dice, (130, 164, 204)),
        _about(dice, (240, 226, 204)),
        (255, 242, 222),
        dice.between(0.3, 0.6),
        dice.between(60, 220),
        cast,
        noise,
        rides,
    )


def _about(dice: Dice, values: Triple, share: float = 0.08) -> Triple:
    red, green, blue = (min(250.0, value * dice.between(1 - share, 1 + share)) for value in values)
    return red, green, blue
