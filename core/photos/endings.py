"""The endings of picture files: one list, of the formats that `core.photos.images.decode` reads."""

from __future__ import annotations

from pathlib import PurePath

ENDINGS: dict[str, tuple[str, ...]] = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".jfi", ".jif"),
    "PNG": (".png",),
    "WebP": (".webp",),
    "HEIC": (".heic", ".heif", ".hif"),
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
}
"""The endings of each format, in lower case. Chrome on Windows saves JPEGs as .jfif."""

PICTURE_ENDINGS = frozenset(ending for endings in ENDINGS.values() for ending in endings)
"""Endings of the files that count as pictures, in lower case. What a file is, its bytes say."""


def is_picture_name(name: str) -> bool:
    """Whether a file's name ends as a picture's does, in upper or lower case."""
    return PurePath(name).suffix.lower() in PICTURE_ENDINGS
