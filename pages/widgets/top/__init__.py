"""The top of every page: the way to the other pages, and the page's title with its explanation."""
