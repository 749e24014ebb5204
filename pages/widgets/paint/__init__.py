"""The Paint page: a drawn frame on the editor's canvas, its grade, and the network's beside it."""
