"""The editor: a Components v2 front end over a correction, and what the server answers it."""
