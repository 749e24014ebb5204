"""Shapes, colours, light and randomness: what everything in Toytown is drawn with."""
