"""Times in words and on a clock's face, for pages, tables and terminals."""

from __future__ import annotations

from core.languages import gettext as _
from core.languages import in_digits, mark

_UNITS = (("s", 1, 100), ("min", 60, 100), (mark("hours"), 3600, 48), (mark("days"), 86400, float("inf")))
"""Each with its length in seconds, and the amount from which the next one is easier to read."""


def duration(seconds: float) -> str:
    """A time of at least 0 seconds in two digits, in the unit that people would use: "42 s", "1.7 min"."""
    if seconds < 1:
        return _("less than a second")
    amount, unit = next(
        (_two_digits(seconds / length), unit)
        for unit, length, enough in _UNITS
        if _two_digits(seconds / length) < enough
    )
    decimals = 1 if amount < 10 and unit != "s" else 0
    return f"{in_digits(amount, f'.{decimals}f')} {_(unit)}"


def estimate(seconds: float) -> str:
    """A time that nobody knows exactly: "about 1.7 min"."""
    return duration(seconds) if seconds < 1 else _("about {time}").format(time=duration(seconds))


def clock(seconds: float) -> str:
    """A time as fastai writes it: minutes and seconds, and hours when there are any."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes:02d}:{whole % 60:02d}"


def _two_digits(amount: float) -> float:
    return float(f"{amount:.2g}")
