"""Runs on disk: their folders, their status, the queue, and what others read of them. No torch."""
