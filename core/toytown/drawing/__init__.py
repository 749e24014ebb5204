"""Shapes, colours, light and chance: what everything in Toytown is drawn with."""
