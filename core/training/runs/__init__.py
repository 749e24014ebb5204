"""Runs on disk: their folders, their status, the queue, and what pages and commands read of them. No torch."""
