"""Tests of what the bench computes, not of what it measures."""
