"""The heart: a photo becomes a Segmentation, and a Segmentation answers for any of its pixels."""
