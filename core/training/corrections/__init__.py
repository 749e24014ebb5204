"""Learning from corrections: the photos, the classes that they add, and what is not to be forgotten."""
