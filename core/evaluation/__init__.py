"""Evaluating a model: pixels are counted first, and every metric comes from the counts."""
