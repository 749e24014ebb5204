"""A data set of real motorcycles: photos under free licences, and frames with motorcycles pasted in."""
