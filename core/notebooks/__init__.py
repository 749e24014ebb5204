"""The article's walk as a notebook: what one takes home to change."""
