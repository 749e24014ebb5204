"""The Annotate page: a picture under its mask, which people put right by hand."""
