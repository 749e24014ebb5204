"""Our network served by other servers, each in an environment of its own."""
