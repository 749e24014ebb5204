"""The layouts that data sets of street scenes come in, recognised by looking, and opening a folder in one.

Each layout has a module of its own with a `LAYOUT`: what a folder must have, and how it is read.
"""
