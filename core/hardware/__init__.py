"""What this machine can do, and what it is doing now. Knows nothing about pictures."""
