"""The processes that do long work for others; each begins in a module of its own."""
