"""Ask a StreetScope service from Python: `from streetscope.client import Client`. Needs only httpx."""
