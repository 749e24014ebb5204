"""Following a recipe: fastai's Learner, its data, its callbacks and its checkpoints."""
