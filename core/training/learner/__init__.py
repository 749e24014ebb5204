"""A recipe followed: fastai's Learner, its data, its callbacks and its checkpoints."""
