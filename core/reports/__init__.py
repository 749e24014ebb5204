"""Charts, tables and files of the other rooms' results, as plain data."""
