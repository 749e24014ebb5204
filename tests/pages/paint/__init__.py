"""The Paint page."""
