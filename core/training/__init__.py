"""Training: a recipe and a data set in, a model out. Code that only predicts does not import this."""
