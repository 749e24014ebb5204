"""Results as tables: rows of plain values, and CSV for whoever wants them in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from core.classes import class_groups
from core.segmentation.probabilities import percent

if TYPE_CHECKING:
    from core.segmentation.comparison import Comparison
    from core.segmentation.pins import Pin
    from core.segmentation.reading import PixelReading
    from core.segmentation.segmentation import Segmentation


def reading_rows(reading: PixelReading) -> list[dict[str, Any]]:
    """A row for each pixel: its place, its class, the runner-up, the margin between the two, the entropy.

    Probabilities and margins are in [0, 1], the entropy is in bits. The margin is missing if there is only
    one class.
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
                "entropy": pixel.entropy,
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


def pin_rows(pins: Iterable[Pin]) -> list[dict[str, Any]]:
    """A row for each pin, in their order; the prediction as in `reading_rows`, and in words."""
    rows = []
    for pin in pins:
        second = pin.top[1] if len(pin.top) > 1 else None
        rows.append(
            {
                "name": pin.name,
                "photo": pin.photo,
                "model": pin.model,
                "size": pin.size,
                "row": pin.row,
                "column": pin.col,
                "class": pin.label,
                "probability": pin.probability,
                "runner-up": second.name if second else None,
                "margin": pin.probability - second.probability if second else None,
                "entropy": pin.entropy,
                "certainty": pin.certainty,
                "top classes": ", ".join(f"{best.name} {percent(best.probability)}" for best in pin.top),
            }
        )
    return rows


def class_share_rows(segmentation: Segmentation) -> list[dict[str, Any]]:
    """A row for each class that occurs, largest first: its pixels, their share and their mean confidence.

    Share and mean confidence are in [0, 1]. Where there are many classes, each also says its group; see
    `core.classes.class_groups`.
    """
    shares, confidence = segmentation.class_shares(), segmentation.mean_confidence()
    names = segmentation.class_list.names
    groups = {number: group.name for group in class_groups(names) for number in group.numbers}
    return [
        {
            "class": names[number],
            **({"group": groups.get(number, "")} if groups else {}),
            "pixels": round(shares[number] * segmentation.labels.size),
            "share": float(shares[number]),
            "mean confidence": float(confidence[number]),
        }
        for number in sorted(range(len(shares)), key=lambda number: -shares[number])
        if shares[number] > 0
    ]


def transition_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """A row for each pair of classes between which pixels changed, most pixels first; share in [0, 1]."""
    return [
        {"from": change.first, "to": change.second, "pixels": change.pixels, "share": change.share}
        for change in comparison.transitions
    ]


def to_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Rows with the same keys as CSV with a header; empty when there are none.

    A text that a spreadsheet would take for a formula gets a leading apostrophe, since names come from files.
    Source: OWASP, "CSV Injection".
    """
    if not rows:
        return ""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(map(_cell, rows[0]))
    writer.writerows(map(_cell, row.values()) for row in rows)
    return buffer.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.replace("\r", "\n")  # the csv module quotes a newline, but not a carriage return
    return f"'{text}" if text.startswith(tuple("=+-@\t\n")) else text
