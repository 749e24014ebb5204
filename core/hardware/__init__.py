"""What this machine can do, and what it does at the moment. Knows nothing of pictures."""
