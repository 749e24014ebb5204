"""A visitor's photos: how they are added, the strip that shows them, and the session that keeps them."""
