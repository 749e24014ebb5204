"""Sets of photos without labels, gathered from addresses, searches and files, checked and kept."""
