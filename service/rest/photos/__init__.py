"""Photos on the HTTP side: which answers are kept, whose request is whose, and many photos at once."""
