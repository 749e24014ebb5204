"""The HTTP interface: bodies within limits, problem details, documentation without the internet."""
