"""What may be asked of a network, and its answers: no HTTP and no topics here."""
