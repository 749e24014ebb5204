"""A visitor's photos: how they come in, the strip they are shown in, and the session that keeps them."""
