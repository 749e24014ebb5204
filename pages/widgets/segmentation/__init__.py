"""Models, working sizes and segmentations that several pages choose and share."""
