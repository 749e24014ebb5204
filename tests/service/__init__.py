"""Tests of the service for other programs: over real HTTP and a real broker."""
