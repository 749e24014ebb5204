"""Data sets on disk: pairs of a street picture and its label map, and how they are split."""

from core.datasets.dataset import SPLITS, Frame, FrameSplit, SegmentationDataset, Split
from core.datasets.listing import Listing, Problem

__all__ = [
    "SPLITS",
    "Frame",
    "FrameSplit",
    "Listing",
    "Problem",
    "SegmentationDataset",
    "Split",
]
