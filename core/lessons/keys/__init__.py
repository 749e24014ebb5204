"""The functions that compute which option of a question is right, from the live model and picture.

Each is called by its name in a lesson; `table.KEYS` and `table.HUNTS` have them all.
"""
