"""The share of labels that spoilt pictures keep, as plain data."""

from __future__ import annotations

from collections.abc import Sequence

from core.inside.corruptions import CORRUPTIONS
from core.inside.kept import Curve
from core.languages import gettext as _
from core.reports.run_charts import COLOURS, Chart, Line


def corruption_chart(found: Sequence[Curve]) -> Chart:
    """A curve for each corruption: strengths across, the share of labels kept up, in [0, 1]."""
    lines = tuple(
        Line(
            _(CORRUPTIONS[curve.corruption].title),
            tuple(float(strength) for strength in range(len(curve.shares))),
            curve.shares,
            colour,
            dots=True,
        )
        for curve, colour in zip(found, COLOURS, strict=False)
    )
    return Chart(_("Labels kept"), _("strength"), lines, kind="percent")
