"""A drive through Toytown: its street, who is on it, and the frames seen from the driver's seat."""
