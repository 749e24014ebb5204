"""Which video files are read: told from their first bytes, never from their names.

FFmpeg would find out by itself, and be talked into playlists, which name other files and hosts to read. So it
is told the format, and what is none of these few is refused before FFmpeg sees it.
"""

from __future__ import annotations

from core.errors import VideoError
from core.languages import mark, sentence

ENDINGS = (".mp4", ".mov", ".webm", ".mkv", ".avi", ".m4v", ".3gp")
"""The endings that a file chooser offers."""

HEAD = 64
"""Bytes from a file's beginning that tell its format."""

DECODERS = (
    "h264", "hevc", "mpeg4", "mjpeg", "mpeg1video", "mpeg2video", "h263", "msmpeg4", "msmpeg4v2", "prores",
    "vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d",
)  # fmt: skip
"""FFmpeg's decoders that are used: what phones, cameras, browsers and editors write."""

_QUICKTIME = frozenset((b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"))
"""Boxes that a QuickTime file from before `ftyp` may begin with."""

_PHOTOS = frozenset((b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"avis"))
"""Brands of still pictures in the same container."""

_GIVE = mark("give an MP4, MOV, WebM, MKV or AVI file")


def format_of(head: bytes) -> str:
    """FFmpeg's name of the container that a file with these first bytes is. VideoError if it is none of ours.

    Sources: ISO/IEC 14496-12 section 4.3; RFC 8794 section 11.2; Microsoft, "AVI RIFF File Reference".
    """
    if not head:
        raise VideoError(sentence("This file is empty; {advice}.", advice=sentence(_GIVE)))
    if head[4:8] == b"ftyp" and head[8:12] in _PHOTOS:
        raise VideoError(sentence("This is a photo, not a video; give it as a file."))
    if head[4:8] == b"ftyp" or head[4:8] in _QUICKTIME:
        return "mov"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"  # WebM too
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi"
    raise VideoError(sentence("This is no video in a format that we read; {advice}.", advice=sentence(_GIVE)))


def is_video(head: bytes) -> bool:
    """Whether a file with these first bytes is a video that we read."""
    try:
        format_of(head)
    except VideoError:
        return False
    return True
