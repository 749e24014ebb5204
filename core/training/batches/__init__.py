"""Batches of pictures with their labels, and what a network loses on them."""
