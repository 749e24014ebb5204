"""What is in a data set: its fingerprint, counts, problems and small pictures."""
