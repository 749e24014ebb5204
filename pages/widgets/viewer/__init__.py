"""The pixel viewer: its Python and its JavaScript modules."""
