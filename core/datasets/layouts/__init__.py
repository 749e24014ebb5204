"""The layouts of street-scene data sets: how to recognise them, and how to open a folder in one.

Each layout has its own module with a `LAYOUT`: what a folder must have, and how it is read.
"""
