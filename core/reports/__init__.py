"""Charts, tables and files of everything that the other rooms find out, as plain data."""
