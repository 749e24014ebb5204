"""The four layouts that data sets of street scenes come in, recognised by looking.

Each layout has a module of its own with a `LAYOUT`: what a folder must have, and how it is read.
"""

from core.datasets.layouts.recognition import LAYOUTS, recognise

__all__ = ["LAYOUTS", "recognise"]
