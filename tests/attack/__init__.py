"""An attack on StreetScope with hostile files, dying processes and full disks: `python -m tests.attack`.

Each part is a module here with one function, `attack(tally, folder)`: it tries what somebody malicious or
unlucky would, in a folder of its own, and counts what came of it. `make attack` runs all parts.
"""
