"""What all formats of annotations are made of: pictures, zips, documents, runs, outlines."""
