"""The model for other programs: an HTTP interface, keys, and workers. Uses `core`, knows no page."""
