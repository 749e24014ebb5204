"""Processes that do long work for others; each module here is the entry point of one."""
