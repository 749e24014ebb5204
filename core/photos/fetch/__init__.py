"""Files from the internet by address, fetched politely, and never from a private network."""
