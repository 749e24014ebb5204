"""All key functions by the names that lessons call them."""

from __future__ import annotations

from core.lessons.keys import confidence
from core.lessons.keys.key import Hunt, Key

PHOTOS = ("toytown-rain", "toytown-noon", "toytown-50001-4", "toytown-60006-2", "jakarta-70002-4")
"""What is asked about where a lesson names no photos: drawn, so that the truth is known exactly."""

MODELS = ("street-lite0", "street32-lite0")
"""What is asked about where a lesson names no models: those that come with StreetScope."""

KEYS: dict[str, Key] = {
    "wrong_where_sure": Key(
        confidence.wrong_where_sure,
        options=4,
        values=("share", "wrong", "count", "sure"),
        parameters={"sure": 90, "edges": (0.001, 0.01, 0.1)},
    ),
}


HUNTS: dict[str, Hunt] = {
    "sure_and_wrong": Hunt(confidence.sure_and_wrong, parameters={"sure": 90}),
}
