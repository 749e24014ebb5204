"""Training: a recipe and a data set in, a model out. Nothing that only predicts imports this."""
