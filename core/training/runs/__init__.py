"""Runs on disk: their folders, their status, the queue, and reading them. No torch."""
