"""Results as tables: rows of plain values, and CSV for whoever wants them in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.segmentation import PixelReading, Segmentation


def reading_rows(reading: PixelReading) -> list[dict[str, Any]]:
    """A row for each pixel: where it is, its class, the runner-up and the margin between the two.

    Probabilities and margins are in [0, 1]. The margin is missing where there is only one class.
    """
    rows = []
    for pixel in reading.pixels:
        second = pixel.top[1] if len(pixel.top) > 1 else None
        rows.append(
            {
                "row": pixel.row,
                "column": pixel.col,
                "chosen": pixel.chosen,
                "class": pixel.label,
                "probability": pixel.probability,
                "runner-up": second.name if second else None,
                "margin": pixel.probability - second.probability if second else None,
            }
        )
    return rows


def reading_csv(reading: PixelReading) -> str:
    """`reading_rows` and the probability of every class, as CSV."""
    names = reading.class_list.names
    rows = [
        row | dict(zip((f"p({name})" for name in names), probabilities.tolist(), strict=True))
        for row, probabilities in zip(reading_rows(reading), reading.probabilities, strict=True)
    ]
    return to_csv(rows)


def class_share_rows(segmentation: Segmentation) -> list[dict[str, Any]]:
    """A row for each class that occurs: its pixels and their share in [0, 1], largest first."""
    shares = segmentation.class_shares()
    pixels = segmentation.labels.size
    return [
        {"class": name, "pixels": round(share * pixels), "share": float(share)}
        for name, share in sorted(
            zip(segmentation.class_list.names, shares, strict=True), key=lambda p: -p[1]
        )
        if share > 0
    ]


def to_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Rows with the same keys as CSV with a header; empty when there are none."""
    if not rows:
        return ""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()
