"""What several pages show: the pixel viewer, and what will join it."""
