"""How a data set comes onto this machine: downloaded, unpacked, imported."""
