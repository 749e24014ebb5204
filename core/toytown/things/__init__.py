"""What stands and moves in Toytown, each drawn by its own module."""
