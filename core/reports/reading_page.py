"""A reading as a page of HTML for a file: its sentence, its chart and the chart's numbers as a table.

The page needs nothing else, neither a library nor the internet, so it can be kept, sent and printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from core.languages import class_name, current, filled, in_digits, translated
from core.languages import gettext as _
from core.reports.charts import FRAME, PixelAxis, Stack, class_stacks, pixel_axis
from core.segmentation.reading import PixelReading

# In the chart's own units, which the browser scales to the width of the page.
_LEFT, _TOP, _BAR, _GAP, _HEIGHT = 52, 26, 36, 3, 300
_SHARES = (0, 25, 50, 75, 100)

# `Canvas` and `CanvasText` are the browser's own colours, light or dark as the reader has chosen.
_STYLE = """
:root { color-scheme: light dark; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; background: Canvas; color: CanvasText;
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0; }
.about { margin: 0 0 1.25rem; opacity: 0.7; }
svg { display: block; width: 100%; min-width: 36rem; height: auto; }
svg text { fill: CanvasText; font: 12px system-ui, sans-serif; }
svg line { stroke: CanvasText; stroke-opacity: 0.2; }
ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0.5rem 0 1.5rem; padding: 0;
  list-style: none; }
li span { display: inline-block; width: 0.85em; height: 0.85em; margin-right: 0.4em; border: 1px solid gray;
  border-radius: 0.2em; vertical-align: -0.08em; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
caption { padding-bottom: 0.5rem; text-align: left; white-space: normal; }
th, td { padding: 0.15rem 0.75rem 0.15rem 0; text-align: right;
  border-bottom: 1px solid rgb(128 128 128 / 35%); }
th:first-child, th:nth-child(2), td:first-child, td:nth-child(2) { text-align: left; }
tr.chosen { font-weight: 700; }
"""


def reading_page(reading: PixelReading, about: str, classes: int = 6) -> str:
    """The whole page.

    about: what was read, such as the names of photo and model; any text. classes: how many of the most
    probable classes get a colour of their own in the chart and a column of the table; the rest are summed up.
    """
    stacks, axis = class_stacks(reading, classes), pixel_axis(reading)
    chosen = reading.chosen
    title = filled(_("Pixel ({row}, {col})"), row=chosen.row, col=chosen.col)
    bits = filled(_("{entropy:.2f} bits of entropy"), entropy=chosen.entropy)
    return "".join(
        (
            f'<!doctype html>\n<html lang="{current()}">\n<head>\n<meta charset="utf-8">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            f"<title>{escape(title)} · {escape(about)}</title>\n<style>{_STYLE}</style>\n",
            f"</head>\n<body>\n<h1>{escape(reading.sentence())}</h1>\n",
            f'<p class="about">{escape(about)} · {escape(bits)}, '
            f"{escape(translated(chosen.certainty))}</p>\n",
            _chart(reading, stacks, axis),
            _legend(stacks),
            _table(reading, stacks, axis),
            "</body>\n</html>\n",
        )
    )


def _chart(reading: PixelReading, stacks: Sequence[Stack], axis: PixelAxis) -> str:
    count = len(reading.pixels)
    # Labels lie aslant below the bars; those of a square are the longest.
    below = 26 + 7 * max(map(len, axis.labels))
    right, bottom = _LEFT + count * _BAR, _TOP + _HEIGHT
    words = filled(
        _("Class probabilities of {count} pixels, stacked: the same as in the table below."), count=count
    )
    return "".join(
        (
            '<div class="wide">\n',
            f'<svg viewBox="0 0 {right + 4} {bottom + below + 18}" role="img" ',
            f'aria-label="{escape(words)}">\n',
            *(_share_line(share, right) for share in _SHARES),
            *_bars(stacks, axis),
            _frame(reading.chosen_index),
            *(_label(number, label) for number, label in enumerate(axis.labels)),
            f'<text x="{(_LEFT + right) / 2:g}" y="{bottom + below + 10}" text-anchor="middle">'
            f"{escape(axis.title)}</text>\n</svg>\n</div>\n",
        )
    )


def _share_line(share: int, right: int) -> str:
    y = _TOP + _HEIGHT * (100 - share) / 100
    return (
        f'<line x1="{_LEFT}" x2="{right}" y1="{y:g}" y2="{y:g}"/>'
        f'<text x="{_LEFT - 6}" y="{y + 4:g}" text-anchor="end">{share}%</text>\n'
    )


def _bars(stacks: Sequence[Stack], axis: PixelAxis) -> Iterable[str]:
    """Each pixel's bar from the bottom upwards; its classes and their shares appear under the mouse."""
    tops = [float(_TOP + _HEIGHT)] * len(axis.labels)
    for stack in stacks:
        yield f'<g fill="{stack.colour}" stroke="gray" stroke-width="0.5">\n'
        for number, (label, height) in enumerate(zip(axis.labels, stack.heights, strict=True)):
            tops[number] -= height * _HEIGHT
            words = f"{axis.pixel.format(label)}: {stack.name} {in_digits(height, '.1%')}"
            yield (
                f'<rect x="{_left_of(number)}" y="{tops[number]:.1f}" width="{_BAR - _GAP}" '
                f'height="{height * _HEIGHT:.1f}"><title>{escape(words)}</title></rect>\n'
            )
        yield "</g>\n"


def _frame(chosen: int) -> str:
    left, width = _left_of(chosen), _BAR - _GAP
    return (
        f'<rect x="{left}" y="{_TOP}" width="{width}" height="{_HEIGHT}" fill="none" stroke="{FRAME}" '
        f'stroke-width="3"/><path d="M{left + width / 2 - 6:g} {_TOP - 14}h12l-6 9z" fill="{FRAME}"/>\n'
    )


def _label(number: int, label: str) -> str:
    x, y = _left_of(number) + (_BAR - _GAP) / 2 + 4, _TOP + _HEIGHT + 14
    turned = f'text-anchor="end" transform="rotate(-60 {x:g} {y})"'
    return f'<text x="{x:g}" y="{y}" {turned}>{escape(label)}</text>\n'


def _left_of(number: int) -> int:
    return _LEFT + number * _BAR + _GAP // 2


def _legend(stacks: Sequence[Stack]) -> str:
    entries = (
        f'<li><span style="background:{stack.colour}"></span>{escape(stack.name)}</li>' for stack in stacks
    )
    return f"<ul>{''.join(entries)}</ul>\n"


def _table(reading: PixelReading, stacks: Sequence[Stack], axis: PixelAxis) -> str:
    names = (_("pixel"), _("class"), *(stack.name for stack in stacks), _("entropy in bits"))
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    rows = []
    for number, (pixel, label) in enumerate(zip(reading.pixels, axis.labels, strict=True)):
        shares = (in_digits(stack.heights[number], ".1%") for stack in stacks)
        cells = (axis.pixel.format(label), class_name(pixel.label), *shares, in_digits(pixel.entropy, ".2f"))
        mark = ' class="chosen" aria-current="true"' if pixel.chosen else ""
        rows.append(f"<tr{mark}>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>\n")
    caption = escape(_("The same in numbers; the chosen pixel is in bold."))
    return (
        f'<div class="wide"><table>\n<caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody>\n</table></div>\n"
    )
