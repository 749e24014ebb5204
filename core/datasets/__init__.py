"""Data sets on disk: pairs of a street picture and its label map, and how they are split."""

from core.datasets.camvid import Frame, SegmentationDataset, Split, open_dataset

__all__ = ["Frame", "SegmentationDataset", "Split", "open_dataset"]
