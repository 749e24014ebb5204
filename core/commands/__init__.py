"""Commands of `python -m core`, by what they are about; `core.__main__` puts them together."""
