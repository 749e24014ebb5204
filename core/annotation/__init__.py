"""Masks under the hand: edits and their history, suggestions, the store of corrections, formats."""
