"""How good a model is: pixels are counted first, and every metric comes from the counts."""
