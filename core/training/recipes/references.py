"""Accuracies that others published for CamVid's 32 classes, to draw beneath one's own curves.

Sources: Andi Sama, "Image Segmentation with Deep Learning", 2019 (the last epoch printed for each
stage, and the final model); fast.ai, course v3, lesson 3 (the last epoch of each stage). Both train fastai's
U-Net on ResNet-34 and measure on `valid.txt`.
"""

from __future__ import annotations

from typing import NamedTuple

from core.languages import filled, mark
from core.languages import gettext as _

ARTICLE, LESSON = mark("The article"), mark("fast.ai lesson 3")


class Reference(NamedTuple):
    """One published figure. size: how large the pictures were. accuracy: acc_camvid in [0, 1]."""

    source: str
    stage: str
    size: str
    accuracy: float

    @property
    def label(self) -> str:
        """The figure's name in the language that is spoken here, with what it was measured on."""
        return filled(
            _("{source}, {stage}: {accuracy:.1%} (CamVid-32, {size})"),
            source=_(self.source),
            stage=_(self.stage),
            accuracy=self.accuracy,
            size=_(self.size),
        )


REFERENCES = (
    Reference(ARTICLE, mark("stage 1"), mark("half size"), 0.8704),
    Reference(ARTICLE, mark("stage 2"), mark("half size"), 0.8977),
    Reference(ARTICLE, mark("stages at full size"), mark("full size"), 0.9221),
    Reference(ARTICLE, mark("final model"), mark("full size"), 0.9215),
    Reference(LESSON, mark("stage 1"), mark("half size"), 0.8929),
    Reference(LESSON, mark("stage 2"), mark("half size"), 0.9270),
    Reference(LESSON, mark("stage 1, big"), mark("full size"), 0.9298),
    Reference(LESSON, mark("stage 2, big"), mark("full size"), 0.9333),
)
SOURCES = (ARTICLE, LESSON)


def references(*sources: str) -> list[Reference]:
    """The figures of these sources, stage by stage."""
    return [reference for reference in REFERENCES if reference.source in sources]
