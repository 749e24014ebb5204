"""The Gather page: where photos come from, what becomes of each, and which are kept."""
