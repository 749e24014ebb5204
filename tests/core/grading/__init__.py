"""Grading what was painted."""
