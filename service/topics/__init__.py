"""Requests over topics: a broker that loses nothing, and workers that take one request after the other."""
