"""Shapes: drawing on a correction with a drawable canvas."""
