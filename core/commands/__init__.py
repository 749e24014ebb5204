"""The commands of `python -m core`, by subject; `core.__main__` gathers them."""
