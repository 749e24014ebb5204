"""The page "Lessons": choose one, predict, see, say the rule."""
