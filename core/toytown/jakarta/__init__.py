"""Toytown's second town: streets of Jakarta, with traffic on the left and motorcycles everywhere."""
