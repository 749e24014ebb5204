"""Speeds on this machine. `make bench` measures; the tests never do."""
