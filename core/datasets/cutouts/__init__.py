"""A data set of real motorcycles: photos under free licences, and frames with motorcycles pasted in."""

MOTORCYCLES = "motorcycles"
"""The name by which the recipe `street32-motorcycles` asks for the first data set, which may have any."""

OTHER_THINGS = "other-things"
"""The name of the second data set, which lies beside the first."""
