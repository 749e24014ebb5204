"""Networks by name, the model store, and what makes a network ready to predict."""
