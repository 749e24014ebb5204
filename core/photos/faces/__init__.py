"""Where faces are in a photo, by a detector that a package brings."""
