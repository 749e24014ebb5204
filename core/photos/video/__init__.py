"""Frames of a stranger's video, decoded in a process of its own."""
