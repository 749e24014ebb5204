"""Annotations in and out of other tools: a file for each format, all as one zip with a README."""
