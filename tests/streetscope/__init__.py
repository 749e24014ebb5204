"""Tests of the client: against servers that say what a test wants. tests/service asks the real one."""
