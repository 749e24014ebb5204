"""Look inside: views of what the network makes of a photo, beside each other's limits."""
