"""What all formats of annotations are made of: labelled pictures, zips, documents, runs of pixels, outlines."""
