"""What is left of a picture's file once all that makes no pixel is gone, and the refusals of odd files."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import TruncatedImageError
from core.languages import sentence


@dataclass(frozen=True)
class Essence:
    """A picture's file without what makes no pixel: profiles, texts, previews, later frames, checksums.

    data: what the decoder is given. orientation: 1..8 as in EXIF, 1 where nothing is to be turned.
    doubtful: the file has no end marker, so somebody must find out whether pixels are missing.
    """

    data: bytes
    orientation: int = 1
    doubtful: bool = False


def too_many(photo_format: str, parts: str, most: int) -> TruncatedImageError:
    """The refusal of a file with more parts of a kind than any photo has, which would only cost time."""
    return TruncatedImageError(
        sentence(
            "This {photo_format} file has more than {most:,} {parts}, as no photo does; give the "
            "picture saved again as an ordinary {photo_format}.",
            photo_format=photo_format,
            most=most,
            parts=sentence(parts),
        )
    )


def damaged(photo_format: str) -> TruncatedImageError:
    """The refusal of a file in which something that makes pixels is broken or missing."""
    return TruncatedImageError(
        sentence(
            "This {photo_format} file is damaged, incomplete or of a kind that we cannot read; give "
            "a complete copy, or the picture saved again as JPEG or PNG.",
            photo_format=photo_format,
        )
    )
